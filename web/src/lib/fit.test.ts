import { expect, it } from "vitest";
import { largestThatFits } from "./fit";

it("finds the largest size that fits, to half a pixel", () => {
  const size = largestThatFits({ max: 40, min: 10 }, (size) => size <= 23.3);
  expect(size).toBeLessThanOrEqual(23.3);
  expect(size).toBeGreaterThan(22.8);
});

it("takes the largest when there is room, and the smallest when there is none", () => {
  expect(largestThatFits({ max: 40, min: 10 }, () => true)).toBe(40);
  expect(largestThatFits({ max: 40, min: 10 }, () => false)).toBe(10);
});
