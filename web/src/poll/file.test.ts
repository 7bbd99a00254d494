import { expect, it } from "vitest";
import type { PollFile } from "../generated/PollFile";
import { copyOf } from "./file";

const common = {
  kind: "single" as const,
  options: ["a", "b"],
  changeable: true,
  hidden: false,
  seconds: null,
};

it("a copy has its own name and no results", () => {
  const file: PollFile = {
    format: "chorus-poll/1",
    title: "x".repeat(200),
    questions: [{ ...common, text: "?", results: { voted: 1, counts: [1, 0] } }],
  };
  const copy = copyOf(file, (title) => `Copy: ${title}`);
  expect(copy.questions).toEqual([{ ...common, text: "?" }]);
  expect(copy.title).toHaveLength(200);
  expect(copy.title.startsWith("Copy: ")).toBe(true);
});
