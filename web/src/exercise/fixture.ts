/** A small scenario, for tests. */
import type { ExerciseChanges, GameView, ScenarioDocument, Settings, Threat } from "./wire";

export const SETTINGS: Settings = {
  budget: 6000,
  support: 55,
  support_min: 0,
  support_max: 100,
  duration: "75:00",
  speed: 100,
  carry_over: false,
  delivery: "manual",
  resale: "preparation",
  restart: "pause",
};

export const threat = (more: Partial<Threat> & { id: string }): Threat => ({
  title: `Threat ${more.id}`,
  description: "",
  at: "1:00",
  place: "party",
  kind: "table",
  to: [],
  disables: [],
  support: 0,
  responses: [],
  advice: "",
  ...more,
});

const response = (id: string) => ({
  id,
  text: `Response ${id}`,
  at: "hq" as const,
  restores: [] as string[],
});

export const SCENARIO: ScenarioDocument = {
  format: "chorus-scenario/1",
  title: "A small scenario",
  summary: "",
  language: "en",
  settings: SETTINGS,
  places: { hq: "Head office", local: "Branch" },
  words: [],
  systems: [
    { id: "S1", name: "Website", description: "", at: "hq" },
    { id: "S2", name: "E-mail", description: "", at: "party" },
  ],
  mitigations: [
    { id: "M1", name: "Two-step login", category: "Accounts", cost: { hq: 900, local: 500 } },
    { id: "M2", name: "Backups", category: "Devices", cost: 700 },
    { id: "M3", name: "Guest network", category: "Devices", cost: { local: 300 } },
  ],
  responses: [
    { ...response("R1"), cost: 150, restores: ["S1"] },
    { ...response("R2"), mitigation: "M1" },
    { ...response("R3"), requires: "M2" },
  ],
  threats: [
    threat({ id: "T2", at: "4:30", place: "local", followup: "T3" }),
    threat({ id: "T1", at: "1:00", place: "hq", kind: "background" }),
    threat({ id: "T3", at: "10:00", prevented_by: "M1", prevented_at: "hq" }),
  ],
  roles: [
    { id: "L1", name: "Manager", at: "hq", briefing: "You lead." },
    { id: "L2", name: "Helper", at: "party", briefing: "" },
  ],
  actions: [
    { id: "A1", text: "Advertise", at: "hq", cost: 400, gain: 0, support: 2, needs: ["S1"], roles: ["L1"] },
  ],
  curveballs: [{ id: "C1", text: "A gift", lose_budget: false, budget: 1000, support: 0 }],
  learning: [],
};

export const GAME: GameView = {
  code: "ABCDEF",
  title: "Tabletop",
  phase: "simulation",
  clock: { elapsed: 0, running_since: null, speed: 100 },
  budget: 1000,
  support: 55,
  settings: SETTINGS,
  locked: false,
  undo: null,
};

export const changes = (more: Partial<ExerciseChanges>): ExerciseChanges => ({
  offset: 1,
  now: 0,
  whole: false,
  ...more,
});
