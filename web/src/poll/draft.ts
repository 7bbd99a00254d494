/** A question while it is being written, with what is still wrong with it. */
import type { Question } from "../generated/Question";
import { type KindName, LIMITS } from "./question";

export interface Draft {
  kind: KindName;
  text: string;
  options: string[];
  max: number;
  scale: number;
  low: string;
  high: string;
  changeable: boolean;
  hidden: boolean;
  /** Null is none; NaN is something that is no number. */
  seconds: number | null;
}

/** What is wrong, by the name of a message. */
export type Fault =
  | "text_missing"
  | "text_long"
  | "option_missing"
  | "option_long"
  | "option_twice"
  | "label_long"
  | "max_range"
  | "seconds_range";

export interface Faults {
  text?: Fault;
  /** By position. */
  options: (Fault | undefined)[];
  max?: Fault;
  low?: Fault;
  high?: Fault;
  seconds?: Fault;
}

export function emptyDraft(): Draft {
  return {
    kind: "single",
    text: "",
    options: ["", ""],
    max: 2,
    scale: 5,
    low: "",
    high: "",
    changeable: true,
    hidden: false,
    seconds: null,
  };
}

export function draftOf(question: Question): Draft {
  const { text, changeable, hidden, seconds, kind } = question;
  const draft = { ...emptyDraft(), text, changeable, hidden, seconds, kind };
  switch (question.kind) {
    case "single":
      return { ...draft, options: [...question.options] };
    case "multiple":
      return { ...draft, options: [...question.options], max: question.max };
    case "rating":
      return { ...draft, scale: question.scale, low: question.low, high: question.high };
  }
}

/** The question as it would be sent; only meaningful when there are no faults. */
export function questionOf(draft: Draft): Question {
  const { changeable, hidden, seconds } = draft;
  const common = { text: oneLine(draft.text), changeable, hidden, seconds };
  const options = draft.options.map((option) => option.trim());
  switch (draft.kind) {
    case "single":
      return { ...common, kind: "single", options };
    case "multiple":
      return { ...common, kind: "multiple", options, max: draft.max };
    case "rating":
      return {
        ...common,
        kind: "rating",
        scale: draft.scale,
        low: draft.low.trim(),
        high: draft.high.trim(),
      };
  }
}

/** The question with something in the place of what is not written yet, to be looked at. */
export function inWords(question: Question, text: string, option: (n: number) => string): Question {
  const whole: Question = { ...question, text: question.text || text };
  if (whole.kind === "rating") return whole;
  return { ...whole, options: whole.options.map((written, index) => written || option(index + 1)) };
}

export function faultsOf(draft: Draft): Faults {
  const faults: Faults = { options: [] };
  faults.text = textFault(draft.text, LIMITS.text, "text_missing", "text_long");
  faults.seconds = secondsFault(draft.seconds);
  if (draft.kind === "rating") {
    faults.low = textFault(draft.low, LIMITS.label, null, "label_long");
    faults.high = textFault(draft.high, LIMITS.label, null, "label_long");
    return faults;
  }
  faults.options = draft.options.map((option, index) => optionFault(draft.options, option, index));
  if (draft.kind === "multiple" && !(draft.max >= 1 && draft.max <= draft.options.length)) {
    faults.max = "max_range";
  }
  return faults;
}

export function isFaultless(faults: Faults): boolean {
  const { options, ...single } = faults;
  return !options.some(Boolean) && !Object.values(single).some(Boolean);
}

/** The server takes no line breaks. */
function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, " ");
}

function optionFault(options: string[], option: string, index: number): Fault | undefined {
  const wrong = textFault(option, LIMITS.option, "option_missing", "option_long");
  if (wrong) return wrong;
  const first = options.findIndex((other) => other.trim() === option.trim());
  return first < index ? "option_twice" : undefined;
}

function textFault(text: string, most: number, missing: Fault | null, long: Fault): Fault | undefined {
  const length = [...text.trim()].length;
  if (length === 0) return missing ?? undefined;
  return length > most ? long : undefined;
}

function secondsFault(seconds: number | null): Fault | undefined {
  if (seconds === null) return undefined;
  const { least, most } = LIMITS.seconds;
  return Number.isInteger(seconds) && seconds >= least && seconds <= most ? undefined : "seconds_range";
}
