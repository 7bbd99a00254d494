import { expect, it } from "vitest";
import { readNumber, writeNumber } from "./numbers";

it.each([
  ["5", 5],
  [" -0,5 ", -0.5],
  ["−2", -2],
  ["+3", 3],
  ["1 000", 1000],
  [".5", 0.5],
  ["", null],
  ["-", null],
  ["1e3", null],
  ["1.2.3", null],
  ["five", null],
])("reads “%s” as %s", (text, number) => expect(readNumber(text)).toBe(number));

it("takes only whole numbers, or none below zero, where others make no sense", () => {
  expect(readNumber("1.5", { whole: true })).toBeNull();
  expect(readNumber("-1", { signed: false })).toBeNull();
  expect(readNumber("7", { whole: true, signed: false })).toBe(7);
});

it("writes numbers, and nothing where there is none", () => {
  expect([writeNumber(-0.5), writeNumber(undefined)]).toEqual(["-0.5", ""]);
});
