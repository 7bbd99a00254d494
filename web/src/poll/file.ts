/** Polls as files. */
import type { PollFile } from "../generated/PollFile";
import { LIMITS } from "./question";

/** A poll to be imported as a copy: without results, and named so. */
export function copyOf(file: PollFile, name: (title: string) => string): PollFile {
  const questions = file.questions.map(({ results: _, ...question }) => question) as PollFile["questions"];
  return { ...file, title: [...name(file.title)].slice(0, LIMITS.title).join(""), questions };
}
