/** Where a threat stands, as facilitators think of it. */
import { parseGameTime } from "./clock";
import type { ExercisePhase, Place, Reach, ScenarioDocument, Threat, ThreatView } from "./wire";

export type Standing =
  | "upcoming"
  /** Due within three minutes. */
  | "soon"
  | "due"
  /** Delivered, and nobody has answered. */
  | "open"
  /** Delivered in the background: nobody answers it. */
  | "quiet"
  | "answered"
  /** Answered wrongly, or given up. */
  | "mishandled"
  | "prevented";

export interface ThreatRow {
  threat: Threat;
  /** When it is due, in milliseconds of game time. */
  at: number;
  view: ThreatView | undefined;
  standing: Standing;
}

export const SOON = 3 * 60_000;

/** What belongs together in a list, in its order. */
export const SECTIONS = {
  due: ["due"],
  open: ["open"],
  coming: ["soon", "upcoming"],
  dealt: ["answered", "mishandled", "quiet"],
  prevented: ["prevented"],
} as const satisfies Record<string, readonly Standing[]>;

export type Section = keyof typeof SECTIONS;
export const SECTION_NAMES = Object.keys(SECTIONS) as Section[];

export function standingOf(
  { kind }: Pick<Threat, "kind">,
  at: number,
  view: ThreatView | undefined,
  elapsed: number,
  phase: ExercisePhase,
): Standing {
  if (view && view.delivered_at !== null) {
    if (kind === "background") return "quiet";
    if (!view.answer) return "open";
    return view.answer.correct ? "answered" : "mishandled";
  }
  if (view && view.prevented_at !== null) return "prevented";
  if (phase === "preparation" || elapsed < at - SOON) return "upcoming";
  return elapsed < at ? "soon" : "due";
}

/** All threats by the time at which they are due. */
export function timeline(scenario: ScenarioDocument): { threat: Threat; at: number }[] {
  return scenario.threats
    .map((threat) => ({ threat, at: parseGameTime(threat.at) ?? 0 }))
    .sort((a, b) => a.at - b.at);
}

/** Whether something is at a place, or concerns it. */
export function includes(reach: Reach, place: Place | "all"): boolean {
  return place === "all" || reach === "party" || reach === place;
}

/** Those of a section, in the order in which they matter: what is done, the latest first. */
export function rowsOf(rows: readonly ThreatRow[], section: Section): ThreatRow[] {
  const standings: readonly Standing[] = SECTIONS[section];
  const found = rows.filter(({ standing }) => standings.includes(standing));
  const doneAt = ({ view }: ThreatRow) =>
    Math.max(view?.answered_at ?? 0, view?.delivered_at ?? 0, view?.prevented_at ?? 0);
  return section === "dealt" ? found.sort((a, b) => doneAt(b) - doneAt(a)) : found;
}
