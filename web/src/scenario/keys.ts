/** The message keys of fields and choices. */
import type { Choices } from "./fields";
import type { Table } from "./types";

/** The parts of a document that have fields: tables, and the document itself. */
export type FieldOwner = Table | "head" | "settings" | "places" | "words";

export const fieldKey = (owner: FieldOwner, field: string) => `scenario.field.${owner}.${field}`;
export const hintKey = (owner: FieldOwner, field: string) => `scenario.hint.${owner}.${field}`;
export const choiceKey = (of: Choices, value: string) => `scenario.choice.${of}.${value}`;
