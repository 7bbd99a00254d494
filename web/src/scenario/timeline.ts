/** Threats on a line of time, in lanes by place. */
import { millisOf } from "./time";
import type { Reach, Threat } from "./types";

export const LANES = ["hq", "party", "local"] as const satisfies Reach[];

export interface Item {
  threat: Threat;
  at: number;
  /** In pixels. */
  x: number;
  /** From the top of its lane. */
  row: number;
}

export interface Lane {
  place: Reach;
  rows: number;
  items: Item[];
}

/** Lays threats out so that none covers another; each lane has at least one row. */
export function lanesOf(threats: readonly Threat[], perMinute: number, width: number): Lane[] {
  return LANES.map((place) => {
    const ends: number[] = [];
    const items = threats
      .filter((threat) => threat.place === place)
      .map((threat) => ({ threat, at: millisOf(threat.at) }))
      .sort((a, b) => a.at - b.at)
      .map(({ threat, at }) => {
        const x = (at / 60_000) * perMinute;
        const free = ends.findIndex((end) => end <= x);
        const row = free < 0 ? ends.length : free;
        ends[row] = x + width;
        return { threat, at, x, row };
      });
    return { place, rows: Math.max(1, ends.length), items };
  });
}

/** How long the line is: the duration, or to the last threat. */
export function lengthOf(threats: readonly Threat[], duration: unknown): number {
  return Math.max(60_000, millisOf(duration), ...threats.map(({ at }) => millisOf(at)));
}

const STEP = 5_000;

/** The nearest round moment on the line. */
export function snapped(millis: number, end: number): number {
  return Math.max(0, Math.min(Math.round(millis / STEP) * STEP, end));
}

/** Where a key moves a moment to; null for other keys. */
export function stepTime(key: string, shift: boolean, at: number, end: number): number | null {
  const step = shift ? 60_000 : 10_000;
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return snapped(at + step, end);
    case "ArrowLeft":
    case "ArrowDown":
      return snapped(at - step, end);
    case "PageUp":
      return snapped(at + 300_000, end);
    case "PageDown":
      return snapped(at - 300_000, end);
    case "Home":
      return 0;
    case "End":
      return end;
    default:
      return null;
  }
}
