/** What a list says of a row beside its name. */
import { formatNumber } from "../../lib/language.svelte";
import { costWords } from "../cost";
import type { Cost, Document, Row, Table } from "../types";
import { choiceLabel } from "../words";

const signed = (points: number) =>
  formatNumber(points, { signDisplay: "exceptZero", maximumFractionDigits: 2 }).replace("-", "−");

export function factsOf(table: Table, row: Row, document: Document): string[] {
  const reach = (value: unknown) => choiceLabel("reach", String(value), document);
  const support = Number(row.support ?? 0) === 0 ? [] : [signed(Number(row.support))];
  switch (table) {
    case "threats":
      return [String(row.at), reach(row.place), ...support];
    case "mitigations":
      return [String(row.category), costWords(row.cost as Cost, formatNumber)].filter(Boolean);
    case "learning":
      return [String(row.theme)].filter(Boolean);
    case "curveballs":
      return support;
    case "actions":
      return [reach(row.at), ...support];
    default:
      return [reach(row.at)];
  }
}
