/** What an item has to do with others, in words. */
import { t } from "../lib/language.svelte";
import { labelOf, rowOf } from "./edit";
import type { Edge, GraphTable, Relation } from "./graph";
import type { Document, Place } from "./types";

export interface Tie {
  /** `prevents`, or from the other end: is prevented by. */
  words: string;
  others: (Place & { key: string; label: string })[];
}

/** Its relations, each with all items at the other end. */
export function tiesOf(document: Document, edges: readonly Edge[], key: string): Tie[] {
  const ties = new Map<string, Tie>();
  for (const { from, to, relation } of edges) {
    if (from === key) put(ties, document, relation, "out", to);
    if (to === key) put(ties, document, relation, "in", from);
  }
  return [...ties.values()];
}

function put(
  ties: Map<string, Tie>,
  document: Document,
  relation: Relation,
  side: "in" | "out",
  key: string,
) {
  const name = `${relation}.${side}` as const;
  const tie = ties.get(name) ?? { words: t(`scenario.relation.${name}`), others: [] };
  const place = placeOf(key);
  const row = rowOf(document, place);
  if (row) tie.others.push({ ...place, key, label: labelOf(place.table, row) });
  if (tie.others.length > 0) ties.set(name, tie);
}

function placeOf(key: string): Place {
  const [table = "", id = ""] = key.split("/");
  return { table: table as GraphTable, id };
}
