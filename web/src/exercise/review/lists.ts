/** The lists of a review: what was decided, what became of threats, what was bought. */
import type { Outcome, Purchase, Review, ReviewEvent, ReviewNote, ThreatOutcome } from "./types";

/** What everybody may see: a projector may be run by somebody who could read the notes. */
export function forAll(review: Review): Review {
  return { ...review, notes: [], people: [], events: review.events.filter(({ kind }) => kind !== "noted") };
}

/** What kinds of events a list can be narrowed to. */
export const TOPICS = ["purchases", "threats", "answers", "actions", "run", "notes"] as const;
export type Topic = (typeof TOPICS)[number];

const TOPIC_OF: Partial<Record<string, Topic>> = {
  bought: "purchases",
  sold: "purchases",
  delivered: "threats",
  prevented: "threats",
  responded: "answers",
  restored: "answers",
  acted: "actions",
  thrown: "actions",
  noted: "notes",
};

export const topicOf = (kind: string): Topic => TOPIC_OF[kind] ?? "run";

/** An event or a note, in the order of the log. */
export type Item =
  | { kind: "event"; key: string; at: number; by: string; topic: Topic; event: ReviewEvent }
  | { kind: "note"; key: string; at: number; by: string; topic: "notes"; note: ReviewNote };

export interface Filter {
  topic: Topic | null;
  by: string | null;
  undone: boolean;
}

/**
 * What happened with the notes beside it; a note that is among the events is there once. `unnamed`
 * says who somebody without a name was.
 */
export function itemsOf(review: Review, unnamed: (person: number) => string): Item[] {
  const events = review.events
    .filter(({ kind }) => kind !== "noted" || review.notes.length === 0)
    .map((event, place) => ({ order: [event.entry, place], item: eventItem(event, place, unnamed) }));
  const notes = review.notes.map((note) => ({ order: [note.entry, 0], item: noteItem(note) }));
  return [...events, ...notes]
    .sort((a, b) => a.order[0]! - b.order[0]! || a.order[1]! - b.order[1]!)
    .map(({ item }) => item);
}

export function filtered(items: readonly Item[], { topic, by, undone }: Filter): Item[] {
  return items.filter(
    (item) =>
      (topic === null || item.topic === topic) &&
      (by === null || item.by === by) &&
      (undone || item.kind === "note" || !item.event.undone),
  );
}

/** Everybody who decided or noted something. */
export function peopleIn(items: readonly Item[]): string[] {
  return [...new Set(items.map(({ by }) => by).filter(Boolean))].sort((a, b) => a.localeCompare(b));
}

/** The order in which outcomes are told: first what there is most to learn from. */
export const OUTCOMES = [
  "missed",
  "mishandled",
  "handled",
  "prevented",
  "pending",
] as const satisfies Outcome[];

export function byOutcome(
  threats: readonly ThreatOutcome[],
): { outcome: Outcome; threats: ThreatOutcome[] }[] {
  return OUTCOMES.map((outcome) => ({
    outcome,
    threats: threats.filter((threat) => threat.outcome === outcome),
  })).filter(({ threats }) => threats.length > 0);
}

/** How long it took to answer. */
export function responseTime({ delivered_at, answered_at }: ThreatOutcome): number | null {
  return delivered_at === null || answered_at === null ? null : answered_at - delivered_at;
}

/** Purchases by whether the other side has them too. */
export interface Compared {
  item: Purchase;
  both: boolean;
}

export function compared(items: readonly Purchase[], others: readonly Purchase[]): Compared[] {
  return items.map((item) => ({ item, both: others.some((other) => covers(other, item)) }));
}

function covers(one: Purchase, other: Purchase): boolean {
  return one.id === other.id && other.at.every((place) => one.at.includes(place));
}

/** The times in which it did not work, as shares of the whole. */
export function bars(
  down: readonly { from: number; to: number | null }[],
  end: number,
): { start: number; share: number; from: number; to: number | null }[] {
  if (end <= 0) return [];
  return down.map(({ from, to }) => {
    const until = Math.min(to ?? end, end);
    return { start: from / end, share: Math.max(0, until - from) / end, from, to };
  });
}

export function downtime(down: readonly { from: number; to: number | null }[], end: number): number {
  return down.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to ?? end, end) - from), 0);
}

function eventItem(event: ReviewEvent, place: number, unnamed: (person: number) => string): Item {
  const { at, kind, person } = event;
  const by = event.by || (person === null ? "" : unnamed(person));
  return { kind: "event", key: `e${event.entry}.${place}`, at, by, topic: topicOf(kind), event };
}

function noteItem(note: ReviewNote): Item {
  return { kind: "note", key: `n${note.entry}`, at: note.at, by: note.by, topic: "notes", note };
}
