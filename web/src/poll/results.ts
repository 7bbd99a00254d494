/** Numbers into bars. */
import type { Question } from "../generated/Question";
import type { QuestionTally } from "../generated/QuestionTally";
import { choicesOf } from "./question";

export interface Bar {
  label: string;
  count: number;
  /** Of the people who voted, rounded. */
  percent: number;
  /** Length, 0 to 1. */
  share: number;
  leading: boolean;
}

/** One bar a choice, or null when the counts may not be seen; without a tally nobody has voted. */
export function bars(question: Question, tally: QuestionTally | undefined): Bar[] | null {
  const { voted, counts } = tally ?? { voted: 0, counts: [] };
  if (!counts) return null;
  const most = Math.max(...counts, 0);
  return choicesOf(question).map((label, choice) => {
    const count = counts[choice] ?? 0;
    const share = voted > 0 ? Math.min(1, count / voted) : 0;
    return { label, count, share, percent: Math.round(share * 100), leading: count > 0 && count === most };
  });
}

/** The mean value of a rating, or null without votes. */
export function average(question: Question, counts: readonly number[] | null | undefined): number | null {
  if (question.kind !== "rating" || !counts) return null;
  const votes = counts.reduce((sum, count) => sum + count, 0);
  if (votes === 0) return null;
  return counts.reduce((sum, count, choice) => sum + count * (choice + 1), 0) / votes;
}
