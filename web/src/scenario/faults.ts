/** Faults by where they are. */
import { rowsOf } from "./edit";
import { type Document, type Fault, type Place, type Table, TABLES } from "./types";

export type Tab = "general" | Table | "timeline" | "graph";

/** The tab in which a fault is mended. */
export function tabOf({ table }: Fault): Tab {
  return TABLES.find((name) => name === table) ?? "general";
}

/** The row a fault is in; rows without an id are named by their number, as `#3`. */
export function placeOf(fault: Fault, document: Document): Place | null {
  const table = TABLES.find((name) => name === fault.table);
  if (!table || !fault.row) return null;
  const number = /^#(\d+)$/.exec(fault.row)?.[1];
  const rows = rowsOf(document, table);
  const row = number === undefined ? rows.find(({ id }) => id === fault.row) : rows[Number(number) - 1];
  return row ? { table, id: row.id } : null;
}

/** What is wrong with a field; null when nothing is. */
export function faultAt(faults: readonly Fault[], table: string, row: string, field: string): Fault | null {
  return faults.find((fault) => fault.table === table && fault.row === row && fault.field === field) ?? null;
}

/** How many faults there are in each tab. */
export function faultsByTab(faults: readonly Fault[]): Map<Tab, number> {
  const counts = new Map<Tab, number>();
  for (const fault of faults) counts.set(tabOf(fault), (counts.get(tabOf(fault)) ?? 0) + 1);
  return counts;
}

/** The rows of a table in which there are faults. */
export function faultyRows(faults: readonly Fault[], table: Table): Set<string> {
  return new Set(faults.filter((fault) => fault.table === table).map(({ row }) => row));
}
