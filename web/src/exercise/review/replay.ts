/** What stood at a moment of the game. */
import type { CurvePoint, Outcome, Review, ReviewEvent, SystemOutcome, ThreatOutcome } from "./types";

/** `open`: it came and waits for an answer; `coming`: it did not come yet. */
export type Standing = Exclude<Outcome, "pending"> | "open" | "coming";

export interface Moment {
  at: number;
  budget: number;
  support: number;
  /** The systems that do not work. */
  down: SystemOutcome[];
  standings: Record<Standing, number>;
  /** What happened last, the newest first. */
  last: ReviewEvent[];
}

const LAST = 5;

export function momentAt(review: Review, at: number): Moment {
  const { budget, support } = valuesAt(review.curve, at);
  return {
    at,
    budget,
    support,
    down: review.systems.filter((system) => isDown(system, at)),
    standings: standingsAt(review, at),
    last: review.events
      .filter((event) => !event.undone && event.kind !== "undone" && event.at <= at)
      .slice(-LAST)
      .reverse(),
  };
}

/** The values from the last point on that is not after the moment. */
export function valuesAt(curve: readonly CurvePoint[], at: number): { budget: number; support: number } {
  const point = curve.findLast((point) => point.at <= at) ?? curve[0];
  return { budget: point?.budget ?? 0, support: point?.support ?? 0 };
}

export function isDown(system: SystemOutcome, at: number): boolean {
  return system.down.some(({ from, to }) => from <= at && (to === null || at < to));
}

export function standingAt(threat: ThreatOutcome, at: number, over: boolean): Standing {
  const { outcome, prevented_at, delivered_at, answered_at } = threat;
  if (delivered_at !== null && delivered_at <= at) {
    if (answered_at !== null && answered_at <= at) return outcome === "mishandled" ? "mishandled" : "handled";
    if (outcome === "handled" && answered_at === null) return "handled";
    return over && answered_at === null ? "missed" : "open";
  }
  return outcome === "prevented" && prevented_at !== null && prevented_at <= at ? "prevented" : "coming";
}

/** Whether the game was over at the moment. */
export function isOver(review: Review, at: number): boolean {
  return review.phase === "review" && at >= review.elapsed;
}

/** The moment a while of real time later, at so many times the game's speed. */
export function advance(at: number, passed: number, times: number, end: number): number {
  return Math.min(end, at + passed * times);
}

/** A speed that plays the whole in a minute or so. */
export function fittingSpeed(elapsed: number, speeds: readonly number[]): number {
  const wanted = elapsed / 60_000;
  return speeds.find((speed) => speed >= wanted) ?? speeds.at(-1) ?? 1;
}

function standingsAt(review: Review, at: number): Record<Standing, number> {
  const count = { prevented: 0, handled: 0, mishandled: 0, missed: 0, open: 0, coming: 0 };
  const over = isOver(review, at);
  for (const threat of review.threats) count[standingAt(threat, at, over)] += 1;
  return count;
}
