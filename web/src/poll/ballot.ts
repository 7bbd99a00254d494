/** When a question shows its form, and when what was cast. */
import type { Problem } from "../lib/problem";

export interface Ballot {
  phase: "draft" | "open" | "closed";
  changeable: boolean;
  mine: readonly number[] | undefined;
  sending: readonly number[] | undefined;
  /** Whether the person has asked to change the vote. */
  changing: boolean;
  /** Why the last vote was refused, until the person has left the form. */
  problem: Problem | undefined;
}

export function isVoting({ phase, changeable, mine, sending, changing, problem }: Ballot): boolean {
  if (phase !== "open" || sending || problem?.code === "already_voted") return false;
  if (mine === undefined) return true;
  return changeable && (changing || problem !== undefined);
}
