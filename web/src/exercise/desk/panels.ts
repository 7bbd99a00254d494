/** The parts of the console, by phase; the first is the one that the phase is about. */
import type { MessageKey } from "../../messages/en";
import type { IconName } from "../../ui/icons";
import type { ExercisePhase } from "../wire";

export type PanelName =
  "shop" | "threats" | "actions" | "systems" | "curveballs" | "log" | "people" | "notes" | "review";

export const PANEL: Record<PanelName, { label: MessageKey; icon: IconName }> = {
  shop: { label: "exercise.panel.shop", icon: "shield" },
  threats: { label: "exercise.panel.threats", icon: "warning" },
  actions: { label: "exercise.panel.actions", icon: "arrowRight" },
  systems: { label: "exercise.panel.systems", icon: "monitor" },
  curveballs: { label: "exercise.panel.curveballs", icon: "bolt" },
  log: { label: "exercise.panel.log", icon: "clock" },
  people: { label: "exercise.panel.people", icon: "people" },
  notes: { label: "exercise.panel.notes", icon: "edit" },
  review: { label: "exercise.panel.review", icon: "chart" },
};

const PHASES: Record<ExercisePhase, readonly PanelName[]> = {
  preparation: ["shop", "people", "threats", "log"],
  simulation: ["threats", "actions", "systems", "shop", "curveballs", "log", "people"],
  review: ["review", "log", "people"],
};

/** Observers have their notes at hand instead of what only facilitators do. */
export function panelsFor(phase: ExercisePhase, observer: boolean): PanelName[] {
  const [main, ...more] = PHASES[phase];
  if (!main) return [];
  return observer ? [main, "notes", ...more.filter((name) => name !== "curveballs")] : [main, ...more];
}
