/** What prevents what: items of a scenario as nodes in columns, and what leads from one to another. */
import { labelOf } from "./edit";
import type { Document, Row, Table } from "./types";

export const GRAPH_TABLES = ["mitigations", "threats", "responses", "systems"] as const satisfies Table[];
export type GraphTable = (typeof GRAPH_TABLES)[number];

/** What an edge says, from its first end to its second. */
export type Relation =
  "prevents" | "followup" | "answers" | "disables" | "restores" | "installs" | "requires";

export interface Node {
  key: string;
  table: GraphTable;
  id: string;
  label: string;
  /** Threats that follow from others stand further right. */
  column: number;
  row: number;
}

export interface Edge {
  from: string;
  to: string;
  relation: Relation;
}

export interface Graph {
  nodes: Node[];
  edges: Edge[];
  /** How many rows the longest column has. */
  rows: number;
  columns: { table: GraphTable; column: number }[];
}

export const keyOf = (table: GraphTable, id: string) => `${table}/${id}`;

export function edgesOf(document: Document): Edge[] {
  const edges: Edge[] = [];
  const add = (relation: Relation, from: [GraphTable, string], to: [GraphTable, string]) =>
    edges.push({ relation, from: keyOf(...from), to: keyOf(...to) });
  for (const threat of document.threats) {
    const me: [GraphTable, string] = ["threats", threat.id];
    if (threat.prevented_by) add("prevents", ["mitigations", threat.prevented_by], me);
    if (threat.followup) add("followup", me, ["threats", threat.followup]);
    for (const response of threat.responses) add("answers", ["responses", response], me);
    for (const system of threat.disables) add("disables", me, ["systems", system]);
  }
  for (const response of document.responses) {
    const me: [GraphTable, string] = ["responses", response.id];
    for (const system of response.restores) add("restores", me, ["systems", system]);
    if (response.mitigation) add("installs", me, ["mitigations", response.mitigation]);
    if (response.requires) add("requires", me, ["mitigations", response.requires]);
  }
  return edges;
}

/** The graph of a document, or of only some of its nodes; edges to what is not there are left out. */
export function graphOf(document: Document, only: ReadonlySet<string> | null = null): Graph {
  const depths = depthsOf(document);
  const last = Math.max(0, ...depths.values());
  const found = GRAPH_TABLES.flatMap((table) =>
    (document[table] as unknown as Row[]).map((row) => ({
      key: keyOf(table, row.id),
      table,
      id: row.id,
      label: labelOf(table, row),
      column: columnOf(table, depths.get(row.id) ?? 0, last),
      row: 0,
    })),
  ).filter(({ key }) => !only || only.has(key));
  const there = new Set(found.map(({ key }) => key));
  const edges = edgesOf(document).filter(({ from, to }) => there.has(from) && there.has(to));
  const nodes = ordered(found, edges);
  const columns = [...new Map(nodes.map(({ column, table }) => [column, { column, table }])).values()];
  return {
    nodes,
    edges,
    rows: Math.max(0, ...nodes.map(({ row }) => row + 1)),
    columns: columns.sort((a, b) => a.column - b.column),
  };
}

/** What an edge leads to or comes from, itself not included. */
export function neighbours(edges: readonly Edge[], key: string): Set<string> {
  const found = new Set<string>();
  for (const { from, to } of edges) {
    if (from === key) found.add(to);
    if (to === key) found.add(from);
  }
  found.delete(key);
  return found;
}

/** An item with its neighbours and what follows from threats among them, however far. */
export function around(edges: readonly Edge[], key: string): Set<string> {
  const found = new Set([key, ...neighbours(edges, key)]);
  const chain = edges.filter(({ relation }) => relation === "followup");
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const { from, to } of chain) {
      if (found.has(from) || found.has(to)) found.add(from).add(to);
    }
  }
  return found;
}

/** The node that an arrow key leads to: up and down in the column, else the nearest beside it. */
export function stepNode({ nodes }: Graph, key: string, arrow: string): string | null {
  const me = nodes.find((node) => node.key === key);
  if (!me) return null;
  const near = (candidates: Node[]) =>
    candidates.sort((a, b) => Math.abs(a.row - me.row) - Math.abs(b.row - me.row))[0]?.key ?? null;
  const inColumn = (column: number) => nodes.filter((node) => node.column === column);
  const columns = [...new Set(nodes.map(({ column }) => column))].sort((a, b) => a - b);
  const place = columns.indexOf(me.column);
  switch (arrow) {
    case "ArrowDown":
      return near(inColumn(me.column).filter(({ row }) => row > me.row));
    case "ArrowUp":
      return near(inColumn(me.column).filter(({ row }) => row < me.row));
    case "ArrowRight":
      return place + 1 < columns.length ? near(inColumn(columns[place + 1]!)) : null;
    case "ArrowLeft":
      return place > 0 ? near(inColumn(columns[place - 1]!)) : null;
    default:
      return null;
  }
}

/** How many threats lead to a threat. A circle, which is a fault, ends where it began. */
function depthsOf({ threats }: Document): Map<string, number> {
  const before = new Map<string, string>();
  for (const { id, followup } of threats) if (followup && followup !== id) before.set(followup, id);
  return new Map(
    threats.map(({ id }) => {
      const seen = new Set([id]);
      let first = before.get(id);
      while (first !== undefined && !seen.has(first)) {
        seen.add(first);
        first = before.get(first);
      }
      return [id, seen.size - 1];
    }),
  );
}

function columnOf(table: GraphTable, depth: number, last: number): number {
  switch (table) {
    case "mitigations":
      return 0;
    case "threats":
      return 1 + depth;
    case "responses":
      return 2 + last;
    case "systems":
      return 3 + last;
  }
}

const ROUNDS = 6;

/** Puts nodes near to what they are tied to: each column by the mean place of its neighbours. */
function ordered(nodes: readonly Node[], edges: readonly Edge[]): Node[] {
  const columns = new Map<number, Node[]>();
  for (const node of nodes) columns.set(node.column, [...(columns.get(node.column) ?? []), { ...node }]);
  const tied = new Map<string, string[]>();
  for (const { from, to } of edges) {
    tied.set(from, [...(tied.get(from) ?? []), to]);
    tied.set(to, [...(tied.get(to) ?? []), from]);
  }
  const places = new Map<string, number>();
  const place = (column: Node[]) => column.forEach((node, row) => places.set(node.key, row / column.length));
  for (const column of columns.values()) place(column);
  const order = [...columns.keys()].sort((a, b) => a - b);
  for (let round = 0; round < ROUNDS; round++) {
    for (const number of round % 2 === 0 ? order : [...order].reverse()) {
      const column = columns.get(number)!;
      const wish = new Map(
        column.map((node) => [node.key, mean(tied.get(node.key), places) ?? places.get(node.key)!]),
      );
      column.sort((a, b) => wish.get(a.key)! - wish.get(b.key)!);
      place(column);
    }
  }
  return order.flatMap((number) => columns.get(number)!.map((node, row) => ({ ...node, row })));
}

function mean(keys: readonly string[] | undefined, places: ReadonlyMap<string, number>): number | null {
  if (!keys || keys.length === 0) return null;
  return keys.reduce((sum, key) => sum + (places.get(key) ?? 0), 0) / keys.length;
}
