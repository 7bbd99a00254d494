/** Which question a person sees first, and what a host may do with one. */
import type { QuestionView } from "../generated/QuestionView";
import { inOrder, type PollState } from "./state";

/** What a participant sees: one question on stage, and earlier ones below. */
export interface Stage {
  now: QuestionView | null;
  earlier: QuestionView[];
}

/** An open question comes first, then what the host shows; closed ones stay to be looked up. */
export function stageOf(state: PollState): Stage {
  const questions = inOrder(state).filter(({ phase }) => phase !== "draft");
  const current = questions.find(({ id }) => id === state.poll?.current);
  const open = questions.filter(({ phase }) => phase === "open");
  const now =
    (current?.phase === "open" ? current : open[0]) ?? (state.poll?.ended ? undefined : current) ?? null;
  return { now, earlier: questions.filter((question) => question !== now) };
}

/** The next step a host would most likely take. */
export type NextStep = "open" | "close" | "reveal" | "again" | null;

export function nextStep({ phase, revealed }: QuestionView, ended: boolean): NextStep {
  if (phase === "open") return "close";
  if (phase === "closed" && !revealed) return "reveal";
  if (ended) return null;
  return phase === "draft" ? "open" : "again";
}
