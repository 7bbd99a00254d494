import { expect, it } from "vitest";
import { stepAlong } from "./menu";

it("arrows go along tabs and around their ends, Home and End to the ends", () => {
  expect(stepAlong(3, 0, "ArrowRight")).toBe(1);
  expect(stepAlong(3, 2, "ArrowRight")).toBe(0);
  expect(stepAlong(3, 0, "ArrowLeft")).toBe(2);
  expect(stepAlong(3, 1, "Home")).toBe(0);
  expect(stepAlong(3, 1, "End")).toBe(2);
  expect(stepAlong(3, 1, "x")).toBeNull();
});
