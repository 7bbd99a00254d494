/** Scenarios over HTTP. */
import type { CheckedFiles } from "../generated/exercise/CheckedFiles";
import type { CheckedScenario } from "../generated/exercise/CheckedScenario";
import type { KeptScenario } from "../generated/exercise/KeptScenario";
import type { ShownScenario } from "../generated/exercise/ShownScenario";
import { request } from "../lib/http";
import type { Document, Entry } from "./types";

export interface File {
  name: string;
  content: string;
}

const at = (id: string) => `/api/scenarios/${encodeURIComponent(id)}`;

export const scenarios = () => request<Entry[]>("GET", "/api/scenarios");
export const scenario = (id: string) => request<ShownScenario>("GET", at(id));
export const addScenario = (document: Document) =>
  request<KeptScenario>("POST", "/api/scenarios", { document });
export const saveScenario = (id: string, version: number, document: Document) =>
  request<KeptScenario>("PUT", at(id), { version, document });
export const deleteScenario = (id: string) => request<void>("DELETE", at(id));
export const check = (document: Document) =>
  request<CheckedScenario>("POST", "/api/scenarios/check", { document });
export const tryImport = (files: readonly File[]) =>
  request<CheckedFiles>("POST", "/api/scenarios/import", { files, check: true });
export const importFiles = (files: readonly File[]) =>
  request<KeptScenario & { title: string }>("POST", "/api/scenarios/import", { files });
export const yamlUrl = (id: string) => `${at(id)}/scenario.yaml`;
export const jsonUrl = (id: string) => `${at(id)}/scenario.json`;
