/** The events of a mark in words. */
import type { Mark } from "./chart";
import { gameTime } from "./format";
import { changeWords, eventWords } from "./events";
import type { Speech } from "./speech.svelte";

/** More than these are only counted. */
export const TOLD = 6;

export function markLines(mark: Mark, say: Speech): { lines: string[]; more: number } {
  const lines = mark.events.slice(0, TOLD).map((event) => {
    const change = changeWords(event, say);
    const words = `${gameTime(event.at)} ${eventWords(event, say)}`;
    return change ? `${words} (${change})` : words;
  });
  return { lines, more: mark.events.length - lines.length };
}

export function markWords(mark: Mark, say: Speech): string {
  const { lines, more } = markLines(mark, say);
  return [...lines, ...(more > 0 ? [say.tn("review.more", more)] : [])].join("; ");
}
