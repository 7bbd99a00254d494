/** What a projector shows one after the other. */
import { byOutcome } from "./lists";
import type { Review, Theme, ThreatOutcome, Outcome } from "./types";

export type Page =
  | { name: "replay"; key: string }
  | { name: "outcome"; key: string; outcome: Outcome; threats: ThreatOutcome[] }
  | { name: "learning"; key: string; theme: Theme }
  | { name: "purchases"; key: string }
  | { name: "systems"; key: string };

/** The replay first, then what there is to learn from; nothing that is empty. */
export function pagesOf(review: Review): Page[] {
  const pages: Page[] = [{ name: "replay", key: "replay" }];
  for (const { outcome, threats } of byOutcome(review.threats)) {
    if (outcome !== "pending") pages.push({ name: "outcome", key: outcome, outcome, threats });
  }
  if (review.best.items.length > 0 || review.bought.items.length > 0) {
    pages.push({ name: "purchases", key: "purchases" });
  }
  if (review.systems.some(({ down }) => down.length > 0)) pages.push({ name: "systems", key: "systems" });
  review.learning.forEach((theme, place) => pages.push({ name: "learning", key: `learning${place}`, theme }));
  return pages;
}
