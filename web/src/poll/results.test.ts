import { describe, expect, it } from "vitest";
import type { Question } from "../generated/Question";
import { average, bars } from "./results";

const common = { text: "?", changeable: true, hidden: false, seconds: null };
const multiple: Question = { ...common, kind: "multiple", options: ["a", "b", "c"], max: 2 };
const rating: Question = { ...common, kind: "rating", scale: 3, low: "", high: "" };

describe("bars", () => {
  it("are shares of the people who voted, so that several choices may exceed 100 together", () => {
    expect(bars(multiple, { id: 1, voted: 3, counts: [3, 2, 0] })).toEqual([
      { label: "a", count: 3, share: 1, percent: 100, leading: true },
      { label: "b", count: 2, share: 2 / 3, percent: 67, leading: false },
      { label: "c", count: 0, share: 0, percent: 0, leading: false },
    ]);
  });

  it("are empty before anyone has voted, and none of them leads", () => {
    expect(bars(multiple, undefined)?.map(({ share, leading }) => [share, leading])).toEqual([
      [0, false],
      [0, false],
      [0, false],
    ]);
  });

  it("are not there while the counts may not be seen", () => {
    expect(bars(multiple, { id: 1, voted: 3, counts: null })).toBeNull();
  });
});

it("the average of a rating counts values from 1", () => {
  expect(average(rating, [1, 0, 3])).toBe(2.5);
  expect(average(rating, [0, 0, 0])).toBeNull();
  expect(average(rating, null)).toBeNull();
  expect(average(multiple, [1, 2, 3])).toBeNull();
});
