import { describe, expect, it } from "vitest";
import type { Changes } from "../generated/Changes";
import type { PollView } from "../generated/PollView";
import type { QuestionView } from "../generated/QuestionView";
import { applyChanges, applyTally, applyVotes, inOrder, NOTHING, opened, voided, without } from "./state";

const question = (id: number, more: Partial<QuestionView> = {}): QuestionView => ({
  id,
  content: {
    text: `Q${id}`,
    kind: "single",
    options: ["a", "b"],
    changeable: true,
    hidden: false,
    seconds: null,
  },
  phase: "draft",
  closes_at: null,
  revealed: true,
  round: 0,
  ...more,
});

const poll = (order: number[]): PollView => ({
  code: "ABCDEF",
  title: "T",
  ends_at: null,
  ended: false,
  order,
  current: null,
});

const changes = (more: Partial<Changes>): Changes => ({
  offset: 1,
  now: 0,
  whole: false,
  poll: null,
  questions: [],
  removed: [],
  ...more,
});

const whole = applyChanges(
  NOTHING,
  changes({ whole: true, offset: 5, poll: poll([2, 1]), questions: [question(1), question(2)] }),
);

describe("changes", () => {
  it("as a whole replace everything, even with an earlier offset", () => {
    const after = applyChanges(
      whole,
      changes({ whole: true, offset: 3, poll: poll([3]), questions: [question(3)] }),
    );
    expect(after.offset).toBe(3);
    expect([...after.questions.keys()]).toEqual([3]);
  });

  it("otherwise replace by id, and leave the rest", () => {
    const after = applyChanges(whole, changes({ offset: 6, questions: [question(1, { phase: "open" })] }));
    expect(after.offset).toBe(6);
    expect(after.poll).toBe(whole.poll);
    expect(after.questions.get(1)?.phase).toBe("open");
    expect(after.questions.get(2)).toBe(whole.questions.get(2));
  });

  it("take questions away", () => {
    const after = applyChanges(whole, changes({ offset: 6, poll: poll([1]), removed: [2] }));
    expect(inOrder(after).map(({ id }) => id)).toEqual([1]);
  });

  it("never take the offset back", () => {
    expect(applyChanges(whole, changes({ offset: 4 })).offset).toBe(5);
  });

  it("are shown in the poll's order, without what is not there", () => {
    const after = applyChanges(whole, changes({ poll: poll([2, 9, 1]) }));
    expect(inOrder(after).map(({ id }) => id)).toEqual([2, 1]);
  });

  it("void what belongs to an earlier round or to a question that is gone", () => {
    const reset = applyChanges(whole, changes({ questions: [question(1, { round: 1 })], removed: [2] }));
    expect(voided(whole, reset)).toEqual([1, 2]);
    expect(
      voided(whole, applyChanges(whole, changes({ questions: [question(1, { phase: "open" })] }))),
    ).toEqual([]);
  });
});

it("a question is opened when it was not open before", () => {
  const open = applyChanges(whole, changes({ questions: [question(1, { phase: "open" })] }));
  expect(opened(whole, open)).toEqual([1]);
  expect(
    opened(open, applyChanges(open, changes({ questions: [question(1, { phase: "open", closes_at: 9 })] }))),
  ).toEqual([]);
});

describe("tallies and votes", () => {
  it("are partial by question", () => {
    const first = applyTally(new Map(), {
      people: 1,
      questions: [
        { id: 1, voted: 1, counts: [1, 0] },
        { id: 2, voted: 0, counts: [0, 0] },
      ],
    });
    const second = applyTally(first, { people: 1, questions: [{ id: 1, voted: 2, counts: null }] });
    expect(second.get(1)).toEqual({ id: 1, voted: 2, counts: null });
    expect(second.get(2)).toBe(first.get(2));
  });

  it("replace all when whole, and merge by question when not", () => {
    const all = applyVotes(new Map([[9, [0]]]), { whole: true, votes: [{ question: 1, choices: [0] }] });
    expect([...all]).toEqual([[1, [0]]]);
    const more = applyVotes(all, { whole: false, votes: [{ question: 2, choices: [1] }] });
    expect([...more]).toEqual([
      [1, [0]],
      [2, [1]],
    ]);
    expect([...applyVotes(more, { whole: false, votes: [{ question: 1, choices: [] }] })]).toEqual([
      [2, [1]],
    ]);
  });

  it("keep the same map when there is nothing to take out", () => {
    const votes = new Map([[1, [0]]]);
    expect(without(votes, [2])).toBe(votes);
    expect([...without(votes, [1])]).toEqual([]);
  });
});
