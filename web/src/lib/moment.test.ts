import { expect, it } from "vitest";
import { fromLocalInput, toLocalInput } from "./moment";

it("goes through an input unharmed, to the minute", () => {
  const moment = new Date(2026, 10, 20, 9, 5).getTime();
  expect(toLocalInput(moment)).toBe("2026-11-20T09:05");
  expect(fromLocalInput(toLocalInput(moment))).toBe(moment);
});

it("is nothing when nothing sensible is there", () => {
  expect(fromLocalInput("")).toBeNull();
  expect(fromLocalInput("tomorrow")).toBeNull();
});
