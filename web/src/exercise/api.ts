/** Exercises and scenarios over HTTP. */
import { request } from "../lib/http";
import type { ExercisePhase, Settings } from "./wire";

export type ExerciseEntry = {
  code: string;
  title: string;
  /** Milliseconds since 1970. */
  created: number;
  ended: boolean;
  /** The title of the scenario. */
  scenario: string;
  phase: ExercisePhase;
  /** Whether the clock runs. */
  running: boolean;
};

export type ScenarioEntry = {
  id: string;
  title: string;
  summary: string;
  language: string;
  from: "chorus" | "server" | "mine";
  version: number;
  counts: Record<
    "threats" | "mitigations" | "responses" | "systems" | "actions" | "roles" | "curveballs",
    number
  >;
  settings: Settings;
};

export const exercises = () => request<ExerciseEntry[]>("GET", "/api/exercises");
export const createExercise = (wanted: { scenario: string; title?: string; settings?: Settings }) =>
  request<{ code: string }>("POST", "/api/exercises", wanted);
export const deleteExercise = (code: string) => request<void>("DELETE", `/api/exercises/${code}`);
export const withdrawKeys = (code: string) => request<void>("DELETE", `/api/exercises/${code}/keys`);
export const scenarios = () => request<ScenarioEntry[]>("GET", "/api/scenarios");
export const reportUrl = (code: string) => `/api/exercises/${code}/review.html`;
export const eventsUrl = (code: string) => `/api/exercises/${code}/events.csv`;
export const logUrl = (code: string) => `/api/exercises/${code}/log.jsonl`;
