/** The parts of a scenario, by the names the editor uses. */
import type { Document } from "../generated/exercise/Document";
import type { Fault } from "../generated/exercise/Fault";
import type { ListedScenario } from "../generated/exercise/ListedScenario";
import type { ScenarioCounts } from "../generated/exercise/ScenarioCounts";
import type { ScenarioFrom } from "../generated/exercise/ScenarioFrom";

export type { Document, Fault, ScenarioFrom };

/** The tables of a document whose rows have ids, in the order of the editor. */
export const TABLES = [
  "threats",
  "mitigations",
  "responses",
  "systems",
  "roles",
  "actions",
  "curveballs",
  "learning",
] as const satisfies (keyof Document)[];

export type Table = (typeof TABLES)[number];
export type RowOf<T extends Table> = Document[T][number];
export type Threat = RowOf<"threats">;
export type Cost = RowOf<"mitigations">["cost"];
export type Reach = Threat["place"];

/** A row of any table. */
export type Row = { id: string } & { readonly [field: string]: unknown };

/** A row's place in a document. */
export interface Place {
  table: Table;
  id: string;
}

/** A scenario in the list. */
export type Entry = ListedScenario;
export type Counts = ScenarioCounts;
