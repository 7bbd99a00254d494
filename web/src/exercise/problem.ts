/** Refusals of an exercise in plain words. */
import { explain, type Problem } from "../lib/problem";
import type { MessageKey } from "../messages/en";
import { en } from "../messages/en";
import type { Params } from "../lib/text";
import type { ExerciseRole } from "./wire";

/** The key of the exercise's own words for a refused connection, if there are some. */
export function refusedKey(code: string, part: ExerciseRole): string {
  return `exercise.refused.${code === "forbidden" && part === "observer" ? "forbidden_observer" : code}`;
}

type Say = (key: MessageKey, params?: Params) => string;

/** By the exercise's own words for the code, else by those of all rooms, else by the server's. */
export function explainRefusal(problem: Problem, say: Say): string {
  const key = `exercise.problem.${problem.code}`;
  if (!(key in en)) return explain(problem);
  return say(key as MessageKey, { name: quoted(problem.message), message: problem.message });
}

/** What the server's words name, as in `This needs “X”, which is not in place.` */
export function quoted(message: string): string {
  return /“([^”]*)”/.exec(message)?.[1] ?? "";
}
