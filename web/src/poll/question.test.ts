import { describe, expect, it } from "vitest";
import type { Question } from "../generated/Question";
import { choicesOf, sameChoices, toggled } from "./question";

const common = { text: "?", changeable: true, hidden: false, seconds: null };
const single: Question = { ...common, kind: "single", options: ["a", "b"] };
const multiple: Question = { ...common, kind: "multiple", options: ["a", "b", "c"], max: 2 };
const rating: Question = { ...common, kind: "rating", scale: 4, low: "", high: "" };

describe("choosing", () => {
  it("replaces a lone choice", () => {
    expect(toggled(single, [0], 1)).toEqual([1]);
    expect(toggled(rating, [3], 0)).toEqual([0]);
  });

  it("switches one of several, up to the most", () => {
    expect(toggled(multiple, [2], 0)).toEqual([0, 2]);
    expect(toggled(multiple, [0, 2], 0)).toEqual([2]);
    expect(toggled(multiple, [0, 2], 1)).toEqual([0, 2]);
  });

  it("is the same in any order", () => {
    expect(sameChoices([0, 2], [2, 0])).toBe(true);
    expect(sameChoices([0], [0, 1])).toBe(false);
    expect(sameChoices(undefined, [])).toBe(false);
  });
});

it("a rating offers its values, from 1", () => {
  expect(choicesOf(rating)).toEqual(["1", "2", "3", "4"]);
});
