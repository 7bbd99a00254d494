import { expect, it } from "vitest";
import { type Ballot, isVoting } from "./ballot";

const ballot = (more: Partial<Ballot> = {}): Ballot => ({
  phase: "open",
  changeable: true,
  mine: undefined,
  sending: undefined,
  changing: false,
  problem: undefined,
  ...more,
});
const refused = (code: string) => ({ code, message: "" });

it("is the form until there is a vote", () => {
  expect(isVoting(ballot())).toBe(true);
  expect(isVoting(ballot({ problem: refused("storage") }))).toBe(true);
  expect(isVoting(ballot({ sending: [1] }))).toBe(false);
  expect(isVoting(ballot({ mine: [1] }))).toBe(false);
});

it("is the form again for a change, and when the change was refused, until it is left", () => {
  expect(isVoting(ballot({ mine: [1], changing: true }))).toBe(true);
  expect(isVoting(ballot({ mine: [1], problem: refused("storage") }))).toBe(true);
  expect(isVoting(ballot({ mine: [1] }))).toBe(false);
});

it("is the receipt for who has voted already, wherever that was", () => {
  const problem = refused("already_voted");
  expect(isVoting(ballot({ changeable: false, problem }))).toBe(false);
  expect(isVoting(ballot({ changeable: false, mine: [1], problem }))).toBe(false);
  expect(isVoting(ballot({ changeable: false, mine: [1], problem: refused("busy") }))).toBe(false);
});

it("is never the form of a question that is not open", () => {
  expect(isVoting(ballot({ phase: "closed", problem: refused("not_open") }))).toBe(false);
});
