/** The game's clock, and game time as people read it. */
import type { ClockView } from "./wire";

/** What the clock shows, in milliseconds of game time; it does not run backwards. */
export function elapsedAt({ elapsed, running_since, speed }: ClockView, now: number): number {
  if (running_since === null) return elapsed;
  return elapsed + (Math.max(0, now - running_since) * speed) / 100;
}

/** `4:30`; hours stay minutes, as in a scenario. Whole seconds, rounded down. */
export function formatGameTime(millis: number): string {
  const seconds = Math.floor(Math.abs(millis) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const MOST = 24 * 60 * 60 * 1000;

/** Milliseconds of `m:ss`, `m:ss.mmm`, `h:mm:ss` or seconds, up to 24 hours; null for anything else. */
export function parseGameTime(text: string): number | null {
  const parts = text.trim().split(":");
  if (parts.length > 3) return null;
  let seconds = 0;
  for (const [place, part] of parts.entries()) {
    if (!/^\d+(\.\d{1,3})?$/.test(part)) return null;
    const number = Number(part);
    if (place > 0 && number >= 60) return null;
    seconds = seconds * 60 + number;
  }
  const millis = Math.round(seconds * 1000);
  return millis <= MOST ? millis : null;
}
