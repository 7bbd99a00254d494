import { describe, expect, it } from "vitest";
import type { Phase } from "../generated/Phase";
import type { QuestionView } from "../generated/QuestionView";
import { nextStep, stageOf } from "./stage";
import type { PollState } from "./state";

const question = (id: number, phase: Phase, revealed = true): QuestionView => ({
  id,
  content: { text: "", kind: "single", options: ["a", "b"], changeable: true, hidden: false, seconds: null },
  phase,
  closes_at: null,
  revealed,
  round: 0,
});

const state = (phases: Phase[], current: number | null, ended = false): PollState => ({
  offset: 1,
  poll: {
    code: "ABCDEF",
    title: "",
    ends_at: null,
    ended,
    order: phases.map((_, index) => index + 1),
    current,
  },
  questions: new Map(phases.map((phase, index) => [index + 1, question(index + 1, phase)])),
});

const staged = (of: PollState) => {
  const { now, earlier } = stageOf(of);
  return [now?.id ?? null, earlier.map(({ id }) => id)];
};

describe("what a participant sees", () => {
  it("is the open question before the one that is only shown", () => {
    expect(staged(state(["closed", "open"], 1))).toEqual([2, [1]]);
    expect(staged(state(["closed", "open"], 2))).toEqual([2, [1]]);
  });

  it("is what the host shows when nothing is open, and else nothing", () => {
    expect(staged(state(["closed", "closed"], 1))).toEqual([1, [2]]);
    expect(staged(state(["closed", "draft"], null))).toEqual([null, [1]]);
  });

  it("is all results once the poll has ended", () => {
    expect(staged(state(["closed", "closed"], 2, true))).toEqual([null, [1, 2]]);
  });
});

it("the host's next step goes from draft to open, closed and revealed", () => {
  expect(nextStep(question(1, "draft"), false)).toBe("open");
  expect(nextStep(question(1, "open"), false)).toBe("close");
  expect(nextStep(question(1, "closed", false), false)).toBe("reveal");
  expect(nextStep(question(1, "closed"), false)).toBe("again");
  expect(nextStep(question(1, "closed"), true)).toBeNull();
  expect(nextStep(question(1, "closed", false), true)).toBe("reveal");
});
