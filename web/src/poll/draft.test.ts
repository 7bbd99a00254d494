import { describe, expect, it } from "vitest";
import type { Question } from "../generated/Question";
import { type Draft, draftOf, emptyDraft, faultsOf, inWords, isFaultless, questionOf } from "./draft";

const good = (more: Partial<Draft> = {}): Draft => ({
  ...emptyDraft(),
  text: "Why?",
  options: ["a", "b"],
  ...more,
});

describe("a draft", () => {
  it("becomes the question and back again", () => {
    const questions: Question[] = [
      { text: "1", kind: "single", options: ["a", "b"], changeable: false, hidden: true, seconds: 30 },
      {
        text: "2",
        kind: "multiple",
        options: ["a", "b"],
        max: 1,
        changeable: true,
        hidden: false,
        seconds: null,
      },
      {
        text: "3",
        kind: "rating",
        scale: 7,
        low: "l",
        high: "h",
        changeable: true,
        hidden: false,
        seconds: null,
      },
    ];
    for (const question of questions) expect(questionOf(draftOf(question))).toEqual(question);
  });

  it("is sent without blanks at the ends", () => {
    expect(questionOf(good({ text: " Why \n not?\n" })).text).toBe("Why not?");
    expect(questionOf(good({ text: " Why? ", options: [" a", "b "] }))).toMatchObject({
      text: "Why?",
      options: ["a", "b"],
    });
  });

  it("has no faults when it is well written", () => {
    expect(isFaultless(faultsOf(good()))).toBe(true);
    expect(isFaultless(faultsOf(good({ kind: "rating", options: ["", ""] })))).toBe(true);
  });

  it("counts characters, not code units", () => {
    expect(faultsOf(good({ text: "🎵".repeat(500) })).text).toBeUndefined();
    expect(faultsOf(good({ text: "🎵".repeat(501) })).text).toBe("text_long");
  });

  it.each<[string, Partial<Draft>, object]>([
    ["no text", { text: " " }, { text: "text_missing" }],
    ["an empty option", { options: ["a", " "] }, { options: [undefined, "option_missing"] }],
    ["a long option", { options: ["a", "x".repeat(201)] }, { options: [undefined, "option_long"] }],
    ["an option twice", { options: ["a", "b", "a "] }, { options: [undefined, undefined, "option_twice"] }],
    ["too many to choose", { kind: "multiple", max: 3 }, { max: "max_range" }],
    ["a long label", { kind: "rating", low: "x".repeat(61) }, { low: "label_long" }],
    ["a short count-down", { seconds: 4 }, { seconds: "seconds_range" }],
    ["no number", { seconds: Number.NaN }, { seconds: "seconds_range" }],
  ])("is faulty with %s", (_, more, faults) => {
    expect(faultsOf(good(more))).toMatchObject(faults);
    expect(isFaultless(faultsOf(good(more)))).toBe(false);
  });

  it("is looked at with words in the place of what is missing", () => {
    const seen = inWords(questionOf(emptyDraft()), "Question", (n) => `Option ${n}`);
    expect(seen).toMatchObject({ text: "Question", options: ["Option 1", "Option 2"] });
  });
});
