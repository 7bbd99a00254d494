/** The state of a poll as a client holds it: last values, put together from what the server sends. */
import type { Changes } from "../generated/Changes";
import type { MyVotes } from "../generated/MyVotes";
import type { PollView } from "../generated/PollView";
import type { QuestionTally } from "../generated/QuestionTally";
import type { QuestionView } from "../generated/QuestionView";
import type { Tally } from "../generated/Tally";

export interface PollState {
  /** The state is complete up to here; 0 is "nothing yet". */
  offset: number;
  poll: PollView | null;
  questions: ReadonlyMap<number, QuestionView>;
}

export type Tallies = ReadonlyMap<number, QuestionTally>;
/** The person's own votes by question. */
export type Votes = ReadonlyMap<number, readonly number[]>;

export const NOTHING: PollState = { offset: 0, poll: null, questions: new Map() };

export function applyChanges(state: PollState, changes: Changes): PollState {
  const questions = new Map(changes.whole ? [] : state.questions);
  for (const question of changes.questions) questions.set(question.id, question);
  for (const id of changes.removed) questions.delete(id);
  const offset = changes.whole ? changes.offset : Math.max(state.offset, changes.offset);
  return { offset, poll: changes.poll ?? (changes.whole ? null : state.poll), questions };
}

/** A tally is partial by question, and whole within one. */
export function applyTally(tallies: Tallies, { questions }: Tally): Tallies {
  const merged = new Map(tallies);
  for (const question of questions) merged.set(question.id, question);
  return merged;
}

/** A vote without choices was taken back. */
export function applyVotes(votes: Votes, { whole, votes: news }: MyVotes): Votes {
  const merged = new Map(whole ? [] : votes);
  for (const { question, choices } of news) {
    if (choices.length > 0) merged.set(question, choices);
    else merged.delete(question);
  }
  return merged;
}

/** Questions whose earlier numbers and votes are void: gone, or reset since. */
export function voided(before: PollState, after: PollState): number[] {
  return [...before.questions.values()]
    .filter(({ id, round }) => after.questions.get(id)?.round !== round)
    .map(({ id }) => id);
}

/** Questions that have just been opened: what was refused before may be tried again. */
export function opened(before: PollState, after: PollState): number[] {
  return [...after.questions.values()]
    .filter(({ id, phase }) => phase === "open" && before.questions.get(id)?.phase !== "open")
    .map(({ id }) => id);
}

export function without<V>(map: ReadonlyMap<number, V>, ids: readonly number[]): ReadonlyMap<number, V> {
  if (!ids.some((id) => map.has(id))) return map;
  return new Map([...map].filter(([id]) => !ids.includes(id)));
}

/** The questions in the poll's order. */
export function inOrder({ poll, questions }: PollState): QuestionView[] {
  return (poll?.order ?? []).flatMap((id) => questions.get(id) ?? []);
}
