/** The server's words for faults in the language of the page; those that are not known stay. */
import { language, t } from "../lib/language.svelte";
import { known } from "./faultPatterns";
import { faultAt } from "./faults";
import type { Fault } from "./types";

/** In English the server's own words, which may say more. */
export function faultWords(message: string): string {
  if (language.current === "en") return message;
  const found = known(message);
  return found ? t(found.key, found.params) : message;
}

/** What is wrong with a field, in words; null when nothing is. */
export function faultTextAt(
  faults: readonly Fault[],
  table: string,
  row: string,
  field: string,
): string | null {
  const fault = faultAt(faults, table, row, field);
  return fault && faultWords(fault.message);
}
