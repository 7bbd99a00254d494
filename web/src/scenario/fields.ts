/** What the rows of each table consist of; forms, references and searches are made from it. */
import type { Table } from "./types";

export type Field = { name: string } & (
  | { type: "line"; most: number; optional?: true; suggest?: true }
  | { type: "text"; most: number }
  | { type: "time" }
  | { type: "points" }
  /** Whole money; signed when it may be taken as well as given. */
  | { type: "money"; optional?: true; signed?: true }
  | { type: "number"; least: number; most: number }
  | { type: "cost" }
  | { type: "flag" }
  | { type: "choice"; of: Choices; optional?: true }
  | { type: "reference"; table: Table }
  | { type: "references"; table: Table }
);

export const CHOICES = {
  reach: ["hq", "local", "party"],
  place: ["hq", "local"],
  kind: ["table", "board", "background"],
  delivery: ["manual", "automatic"],
  resale: ["preparation", "always"],
  restart: ["pause", "keep"],
} as const;

export type Choices = keyof typeof CHOICES;

interface TableShape {
  /** What generated ids begin with. */
  prefix: string;
  /** The field that names a row. */
  label: string;
  fields: readonly Field[];
}

const support: Field = { name: "support", type: "points" };

export const SHAPES: Record<Table, TableShape> = {
  threats: {
    prefix: "T",
    label: "title",
    fields: [
      { name: "title", type: "line", most: 200 },
      { name: "at", type: "time" },
      { name: "place", type: "choice", of: "reach" },
      { name: "kind", type: "choice", of: "kind" },
      { name: "description", type: "text", most: 5_000 },
      support,
      { name: "disables", type: "references", table: "systems" },
      { name: "prevented_by", type: "reference", table: "mitigations" },
      { name: "prevented_at", type: "choice", of: "reach", optional: true },
      { name: "responses", type: "references", table: "responses" },
      { name: "followup", type: "reference", table: "threats" },
      { name: "to", type: "references", table: "roles" },
      { name: "recipient", type: "line", most: 200, optional: true },
      { name: "asset", type: "line", most: 100, optional: true },
      { name: "advice", type: "text", most: 2_000 },
    ],
  },
  mitigations: {
    prefix: "M",
    label: "name",
    fields: [
      { name: "name", type: "line", most: 500 },
      { name: "category", type: "line", most: 100, suggest: true },
      { name: "cost", type: "cost" },
    ],
  },
  responses: {
    prefix: "RP",
    label: "text",
    fields: [
      { name: "text", type: "text", most: 1_000 },
      { name: "at", type: "choice", of: "reach" },
      { name: "cost", type: "money", optional: true },
      { name: "restores", type: "references", table: "systems" },
      { name: "mitigation", type: "reference", table: "mitigations" },
      { name: "mitigation_at", type: "choice", of: "reach", optional: true },
      { name: "requires", type: "reference", table: "mitigations" },
      { name: "requires_at", type: "choice", of: "reach", optional: true },
    ],
  },
  systems: {
    prefix: "S",
    label: "name",
    fields: [
      { name: "name", type: "line", most: 200 },
      { name: "at", type: "choice", of: "reach" },
      { name: "description", type: "text", most: 5_000 },
    ],
  },
  roles: {
    prefix: "R",
    label: "name",
    fields: [
      { name: "name", type: "line", most: 100 },
      { name: "at", type: "choice", of: "reach" },
      { name: "briefing", type: "text", most: 5_000 },
    ],
  },
  actions: {
    prefix: "A",
    label: "text",
    fields: [
      { name: "text", type: "text", most: 500 },
      { name: "at", type: "choice", of: "place" },
      { name: "cost", type: "money" },
      { name: "gain", type: "money" },
      support,
      { name: "needs", type: "references", table: "systems" },
      { name: "roles", type: "references", table: "roles" },
    ],
  },
  curveballs: {
    prefix: "C",
    label: "text",
    fields: [
      { name: "text", type: "text", most: 500 },
      { name: "lose_budget", type: "flag" },
      { name: "budget", type: "money", signed: true },
      support,
    ],
  },
  learning: {
    prefix: "L",
    label: "text",
    fields: [
      { name: "theme", type: "line", most: 100, suggest: true },
      { name: "text", type: "text", most: 2_000 },
      { name: "threats", type: "references", table: "threats" },
    ],
  },
};

export const HEAD_FIELDS: readonly Field[] = [
  { name: "title", type: "line", most: 200 },
  { name: "summary", type: "text", most: 5_000 },
  { name: "language", type: "line", most: 35 },
];

export const SETTINGS_FIELDS: readonly Field[] = [
  { name: "budget", type: "money" },
  { name: "support", type: "points" },
  { name: "support_min", type: "points" },
  { name: "support_max", type: "points" },
  { name: "duration", type: "time" },
  { name: "speed", type: "number", least: 10, most: 2_000 },
  { name: "delivery", type: "choice", of: "delivery" },
  { name: "resale", type: "choice", of: "resale" },
  { name: "restart", type: "choice", of: "restart" },
  { name: "carry_over", type: "flag" },
];

export const PLACES_FIELDS: readonly Field[] = [
  { name: "hq", type: "line", most: 60 },
  { name: "local", type: "line", most: 60 },
];

/** What a field holds when nothing was written yet; undefined where it may be absent. */
export function emptyValue(field: Field): unknown {
  switch (field.type) {
    case "line":
      return field.optional ? undefined : "";
    case "text":
      return "";
    case "time":
      return "0:00";
    case "points":
    case "number":
      return 0;
    case "money":
      return field.optional ? undefined : 0;
    case "cost":
      return 0;
    case "flag":
      return false;
    case "choice":
      return field.optional ? undefined : field.of === "reach" ? "party" : CHOICES[field.of][0];
    case "reference":
      return undefined;
    case "references":
      return [];
  }
}

/** The fields that refer to rows of a table: in which table, which field, one or many. */
export function fieldsTo(table: Table): { from: Table; field: string; many: boolean }[] {
  return (Object.keys(SHAPES) as Table[]).flatMap((from) =>
    SHAPES[from].fields
      .filter((field) => (field.type === "reference" || field.type === "references") && field.table === table)
      .map((field) => ({ from, field: field.name, many: field.type === "references" })),
  );
}
