import { expect, it } from "vitest";
import { moved, placeAt } from "./reorder";

it("moves an item to a place in the list that is left", () => {
  expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(moved(["a", "b"], 1, 9)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], 5, 0)).toEqual(["a", "b"]);
});

it("finds the place under the pointer, not counting the row that is dragged", () => {
  const middles = [10, 30, 50];
  expect(placeAt(0, middles, 1)).toBe(0);
  expect(placeAt(31, middles, 1)).toBe(1);
  expect(placeAt(60, middles, 1)).toBe(2);
  expect(placeAt(60, middles, 0)).toBe(2);
});
