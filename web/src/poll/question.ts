/** Questions: what may be answered, and whether one is well written. */
import type { Kind } from "../generated/Kind";
import type { Question } from "../generated/Question";

export type KindName = Kind["kind"];
export const KINDS: readonly KindName[] = ["single", "multiple", "rating"];

export const LIMITS = {
  title: 200,
  text: 500,
  option: 200,
  label: 60,
  options: { least: 2, most: 12 },
  scale: { least: 2, most: 10 },
  seconds: { least: 5, most: 3600 },
} as const;

/** What can be chosen, in the order of the choices. */
export function choicesOf(question: Question): string[] {
  if (question.kind !== "rating") return question.options;
  return Array.from({ length: question.scale }, (_, step) => String(step + 1));
}

/** The most choices one person may make. */
export function mostChoices(question: Question): number {
  return question.kind === "multiple" ? question.max : 1;
}

/** Whether several of the choices can hold at once, so that percentages may exceed 100 together. */
export function isMultiple(question: Question): boolean {
  return question.kind === "multiple";
}

/** The choices after tapping one: a lone choice is replaced, one of several is switched. */
export function toggled(question: Question, choices: readonly number[], choice: number): number[] {
  if (question.kind !== "multiple") return [choice];
  if (choices.includes(choice)) return choices.filter((other) => other !== choice);
  if (choices.length >= question.max) return [...choices];
  return [...choices, choice].sort((a, b) => a - b);
}

export function sameChoices(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  return (
    a !== undefined && b !== undefined && a.length === b.length && a.every((choice) => b.includes(choice))
  );
}
