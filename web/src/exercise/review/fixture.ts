/** A small review for tests. */
import type { Purchase, Review, ReviewEvent, ThreatOutcome } from "./types";

export function event(more: Partial<ReviewEvent> & Pick<ReviewEvent, "entry" | "at" | "kind">): ReviewEvent {
  return {
    text: "",
    detail: "",
    by: "",
    threat: null,
    budget: 0,
    support: 0,
    undone: false,
    time: 0,
    person: null,
    remark: null,
    budget_after: 0,
    support_after: 0,
    ...more,
  };
}

export function threat(more: Partial<ThreatOutcome> & Pick<ThreatOutcome, "id">): ThreatOutcome {
  return {
    title: more.id,
    description: "",
    advice: "",
    kind: "table",
    place: "party",
    due: 0,
    outcome: "pending",
    delivered_at: null,
    prevented_at: null,
    answered_at: null,
    answer: [],
    right: [],
    support: 0,
    disables: [],
    help: null,
    ...more,
  };
}

export function purchase(id: string, at: Purchase["at"] = ["hq"]): Purchase {
  return { id, name: id, category: "", at, cost: 100, prevents: [], saves: 0 };
}

const nothing = { items: [], cost: 0, saves: 0, failures: 0 };

export function review(more: Partial<Review> = {}): Review {
  return {
    code: "ABCDEF",
    title: "T",
    scenario: "S",
    language: "en",
    phase: "review",
    offset: 9,
    started: 0,
    elapsed: 10_000,
    settings: {} as Review["settings"],
    places: { hq: "Main", local: "Branch" },
    words: [],
    curve: [{ at: 0, budget: 100, support: 50 }],
    events: [],
    threats: [],
    systems: [],
    learning: [],
    notes: [],
    totals: {
      prevented: 0,
      handled: 0,
      mishandled: 0,
      missed: 0,
      pending: 0,
      median_response: null,
      support_start: 50,
      support_end: 50,
      spent: 0,
    },
    bought: nothing,
    best: nothing,
    exact: true,
    people: [],
    ...more,
  };
}
