/** What fields, choices and faults are called. */
import { t } from "../lib/language.svelte";
import { en, type MessageKey } from "../messages/en";
import type { Choices, Field } from "./fields";
import { choiceKey, fieldKey, type FieldOwner, hintKey } from "./keys";
import type { Document, Fault } from "./types";

export type { FieldOwner };

export const fieldLabel = (owner: FieldOwner, { name }: Pick<Field, "name">) =>
  word(fieldKey(owner, name), name);

export function fieldHint(owner: FieldOwner, { name }: Pick<Field, "name">): string | undefined {
  const key = hintKey(owner, name);
  return key in en ? t(key as MessageKey) : undefined;
}

/** The two places have names of their own. */
export function choiceLabel(of: Choices, value: string, { places }: Document): string {
  if ((of === "reach" || of === "place") && (value === "hq" || value === "local"))
    return places[value] || value;
  return word(choiceKey(of, value), value);
}

/** Where a fault is, in words: the table, the row, the field. */
export function faultPlace({ file, table, row, field }: Fault): string {
  const owner = (table || "head") as FieldOwner;
  const tableWords = table ? word(`scenario.tab.${table}`, word(`scenario.part.${table}`, table)) : "";
  const fieldWords = field ? word(fieldKey(owner, field), field) : "";
  return [file, tableWords, row, fieldWords].filter(Boolean).join(" › ");
}

function word(key: string, otherwise: string): string {
  return key in en ? t(key as MessageKey) : otherwise;
}
