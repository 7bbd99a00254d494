/** Scales, lines and marks of the chart over time. */
import type { Review, ReviewEvent } from "./types";

export type Scale = (value: number) => number;

export function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const span = to - from;
  return (value) => (span === 0 ? start : start + ((value - from) / span) * (end - start));
}

/** The bounds of an axis that holds the values, on steps of at least `finest`, and its ticks. */
export function axis(
  values: readonly number[],
  wanted = 4,
  finest = 0,
): { domain: [number, number]; ticks: number[] } {
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (!Number.isFinite(least) || !Number.isFinite(most)) return { domain: [0, 1], ticks: [0, 1] };
  const step = Math.max(niceStep((most - least || Math.abs(most) || 1) / wanted), finest);
  const from = Math.floor(least / step) * step;
  const to = Math.max(Math.ceil(most / step) * step, from + step);
  const ticks: number[] = [];
  for (let place = 0; from + place * step <= to + step / 2; place++) ticks.push(tidy(from + place * step));
  return { domain: [tidy(from), tidy(to)], ticks };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const TIME_STEPS = [
  ...[1, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 240, 480].map((n) => n * MINUTE),
];

/** Round moments of the game, `wanted` at most besides the start. */
export function timeTicks(end: number, wanted: number): number[] {
  const step = TIME_STEPS.find((step) => end / step <= wanted) ?? TIME_STEPS.at(-1)!;
  const ticks: number[] = [];
  for (let at = 0; at <= end; at += step) ticks.push(at);
  return ticks;
}

/** A line that keeps each value until the next one, up to the end. */
export function stepPath(
  points: readonly { at: number; value: number }[],
  end: number,
  x: Scale,
  y: Scale,
): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${round(x(first.at))} ${round(y(first.value))}`;
  for (const { at, value } of rest) path += `H${round(x(at))}V${round(y(value))}`;
  return `${path}H${round(x(end))}`;
}

/** Events that are so near to each other that one mark stands for them. */
export interface Mark {
  at: number;
  line: "support" | "budget";
  events: ReviewEvent[];
}

/** The marks on the lines: what happened in the game, the line being that of what it changed. */
export function marks(review: Review, x: Scale, apart: number): Mark[] {
  const last: Partial<Record<Mark["line"], Mark>> = {};
  const all: Mark[] = [];
  for (const event of review.events) {
    if (!isMarked(event)) continue;
    const line = event.support === 0 && event.budget !== 0 ? "budget" : "support";
    const before = last[line];
    if (before && x(event.at) - x(before.at) < apart) before.events.push(event);
    else all.push((last[line] = { at: event.at, line, events: [event] }));
  }
  return all.sort((a, b) => a.at - b.at);
}

const QUIET = new Set(["introduced", "set", "renamed", "locked", "removed", "noted", "undone"]);

function isMarked({ kind, undone }: ReviewEvent): boolean {
  return !undone && !QUIET.has(kind);
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((step) => step * power >= rough * 0.999) ?? 10;
  return step * power;
}

/** Without the dust of binary fractions. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
