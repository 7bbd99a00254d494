import { expect, it } from "vitest";
import { failedFirst, isPossible, possibility, restorers } from "./actions";
import { SCENARIO } from "./fixture";

const action = SCENARIO.actions[0]!;
const failed = new Map([["S1", false]]);

it("an action is possible when its systems work and it can be paid", () => {
  expect(isPossible(possibility(action, SCENARIO, new Map(), 400))).toBe(true);
  expect(possibility(action, SCENARIO, new Map(), 399).short).toBe(1);
  const blocked = possibility(action, SCENARIO, failed, 1000);
  expect(blocked.down.map(({ name }) => name)).toEqual(["Website"]);
  expect(isPossible(blocked)).toBe(false);
});

it("responses that restore something that has failed are ways to restore it", () => {
  expect(restorers(SCENARIO, new Map())).toEqual([]);
  expect(restorers(SCENARIO, failed).map(({ id }) => id)).toEqual(["R1"]);
});

it("failed systems come first", () => {
  const order = failedFirst(SCENARIO.systems, new Map([["S2", false]]));
  expect(order.map(({ id }) => id)).toEqual(["S2", "S1"]);
});
