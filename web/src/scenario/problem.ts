/** Refusals of scenarios in plain words. */
import { t } from "../lib/language.svelte";
import { explain, type Problem, problemOf } from "../lib/problem";
import { en, type MessageKey } from "../messages/en";

/** By the words for scenarios, else by those for everything. */
export function explainScenario(cause: unknown): string {
  const problem = isProblem(cause) ? cause : problemOf(cause);
  const key = `scenario.problem.${problem.code}`;
  return key in en ? t(key as MessageKey) : explain(problem);
}

function isProblem(cause: unknown): cause is Problem {
  return !(cause instanceof Error) && typeof cause === "object" && cause !== null && "code" in cause;
}
