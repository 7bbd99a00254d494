/** The parts of a review, by the names the screens use. */
import type { Review } from "../../generated/exercise/Review";

export type { Review };
export type CurvePoint = Review["curve"][number];
export type ReviewEvent = Review["events"][number];
export type ReviewNote = Review["notes"][number];
export type ThreatOutcome = Review["threats"][number];
export type Outcome = ThreatOutcome["outcome"];
export type SystemOutcome = Review["systems"][number];
export type Outage = SystemOutcome["down"][number];
export type Theme = Review["learning"][number];
export type Purchases = Review["bought"];
export type Purchase = Purchases["items"][number];
export type Place = Purchase["at"][number];
export type Reach = ThreatOutcome["place"];
