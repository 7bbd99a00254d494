/** Edits of a document; each makes a new one. Ids are there once in each table. */
import { moved } from "../lib/reorder";
import { emptyValue, fieldsTo, SHAPES } from "./fields";
import type { Document, Place, Row, Table } from "./types";

export function rowsOf(document: Document, table: Table): readonly Row[] {
  return document[table] as unknown as readonly Row[];
}

export function rowOf(document: Document, { table, id }: Place): Row | undefined {
  return rowsOf(document, table).find((row) => row.id === id);
}

/** What names a row; empty when nothing is written yet. */
export function labelOf(table: Table, row: Row): string {
  return String(row[SHAPES[table].label] ?? "");
}

/** Undefined takes the field away. */
export function setField(document: Document, place: Place, field: string, value: unknown): Document {
  return mapRows(document, place.table, (row) => (row.id === place.id ? withField(row, field, value) : row));
}

export function addRow(document: Document, table: Table, after?: string): { document: Document; id: string } {
  const id = newId(document, table);
  const row: Record<string, unknown> = { id };
  for (const field of SHAPES[table].fields) {
    const value = emptyValue(field);
    if (value !== undefined) row[field.name] = value;
  }
  return { document: insert(document, table, row as Row, after), id };
}

export function duplicateRow(document: Document, { table, id }: Place): { document: Document; id: string } {
  const row = rowOf(document, { table, id });
  if (!row) return { document, id };
  const copy = newId(document, table);
  return { document: insert(document, table, { ...structuredClone(row), id: copy }, id), id: copy };
}

/** Takes a row out, and all that refers to it. */
export function removeRow(document: Document, { table, id }: Place): Document {
  const rest = rowsOf(document, table).filter((row) => row.id !== id);
  return replaceReferences(withRows(document, table, rest), table, id, null);
}

export function moveRow(document: Document, { table, id }: Place, to: number): Document {
  const rows = rowsOf(document, table);
  const from = rows.findIndex((row) => row.id === id);
  if (from < 0 || from === to || to < 0 || to >= rows.length) return document;
  return withRows(document, table, moved(rows, from, to));
}

/** Gives a row another id, here and wherever it is referred to. */
export function renameId(document: Document, { table, id }: Place, to: string): Document {
  if (id === to || idFault(document, { table, id }, to)) return document;
  const renamed = mapRows(document, table, (row) => (row.id === id ? { ...row, id: to } : row));
  return replaceReferences(renamed, table, id, to);
}

export type IdFault = "form" | "taken";

export function idFault(document: Document, { table, id }: Place, to: string): IdFault | null {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(to)) return "form";
  return to !== id && rowsOf(document, table).some((row) => row.id === to) ? "taken" : null;
}

/** The next number that no id of the table has. */
export function newId(document: Document, table: Table): string {
  const { prefix } = SHAPES[table];
  const numbers = rowsOf(document, table).map(({ id }) => new RegExp(`^${prefix}(\\d{1,9})$`).exec(id)?.[1]);
  return `${prefix}${Math.max(0, ...numbers.map((number) => Number(number ?? 0))) + 1}`;
}

/** A field that refers to a row. */
export interface Use extends Place {
  field: string;
}

/** Everything that refers to a row. */
export function usesOf(document: Document, { table, id }: Place): Use[] {
  return fieldsTo(table).flatMap(({ from, field, many }) =>
    rowsOf(document, from)
      .filter((row) => (many ? (row[field] as string[]).includes(id) : row[field] === id))
      .map((row) => ({ table: from, id: row.id, field })),
  );
}

/** A document with nothing in it. */
export function emptyDocument(language: string): Document {
  return {
    format: "chorus-scenario/1",
    title: "",
    summary: "",
    language,
    settings: {
      budget: 6_000,
      support: 55,
      support_min: 0,
      support_max: 100,
      duration: "75:00",
      speed: 100,
      carry_over: false,
      delivery: "manual",
      resale: "preparation",
      restart: "pause",
    },
    places:
      language === "de" ? { hq: "Zentrale", local: "Vor Ort" } : { hq: "Head office", local: "Local branch" },
    words: [],
    systems: [],
    mitigations: [],
    responses: [],
    threats: [],
    roles: [],
    actions: [],
    curveballs: [],
    learning: [],
  };
}

function replaceReferences(document: Document, table: Table, from: string, to: string | null): Document {
  return fieldsTo(table).reduce(
    (document, { from: table, field, many }) =>
      mapRows(document, table, (row) => {
        const value = row[field];
        if (!many) return value === from ? withField(row, field, to ?? undefined) : row;
        const ids = value as string[];
        if (!ids.includes(from)) return row;
        return { ...row, [field]: ids.flatMap((id) => (id !== from ? id : (to ?? []))) };
      }),
    document,
  );
}

/** Rows that stay as they are stay the same objects, and so does a table in which nothing changed. */
function mapRows(document: Document, table: Table, change: (row: Row) => Row): Document {
  const rows = rowsOf(document, table);
  const changed = rows.map(change);
  return changed.every((row, place) => row === rows[place]) ? document : withRows(document, table, changed);
}

function withRows(document: Document, table: Table, rows: readonly Row[]): Document {
  return { ...document, [table]: rows };
}

function withField(row: Row, field: string, value: unknown): Row {
  if (value !== undefined) return { ...row, [field]: value };
  const { [field]: _, ...rest } = row;
  return rest as Row;
}

function insert(document: Document, table: Table, row: Row, after?: string): Document {
  const rows = rowsOf(document, table);
  const place = after === undefined ? -1 : rows.findIndex(({ id }) => id === after);
  const at = place < 0 ? rows.length : place + 1;
  return withRows(document, table, [...rows.slice(0, at), row, ...rows.slice(at)]);
}
