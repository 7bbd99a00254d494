/** Finding rows by what is written in them. */
import { SHAPES } from "./fields";
import type { Row, Table } from "./types";

/** The rows in which every word occurs, wherever; all when there is none. */
export function search(table: Table, rows: readonly Row[], text: string): readonly Row[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const written = plain(wordsOf(table, row));
    return words.every((word) => written.includes(word));
  });
}

function wordsOf(table: Table, row: Row): string {
  const values = SHAPES[table].fields.map(({ name }) => row[name]);
  return [row.id, ...values.flat()].filter((value) => typeof value === "string").join(" ");
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
