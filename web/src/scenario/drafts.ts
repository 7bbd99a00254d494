/** What was written and is not saved yet, kept in the browser. */
import type { Document } from "./types";

export interface Draft {
  /** The version it was begun from; 0 for a new scenario. */
  version: number;
  /** When it was written, in milliseconds since 1970. */
  at: number;
  document: Document;
}

const PREFIX = "chorus.scenario.";

export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Where browsers forbid it or have no room, drafts are not kept; `keep` tells. */
export class Drafts {
  readonly #store: () => Store;

  constructor(store: () => Store = () => localStorage) {
    this.#store = store;
  }

  find(id: string): Draft | null {
    try {
      const text = this.#store().getItem(PREFIX + id);
      const draft: unknown = text === null ? null : JSON.parse(text);
      return isDraft(draft) ? draft : null;
    } catch {
      return null;
    }
  }

  /** Whether it is kept. */
  keep(id: string, draft: Draft): boolean {
    try {
      this.#store().setItem(PREFIX + id, JSON.stringify(draft));
      return true;
    } catch {
      return false;
    }
  }

  drop(id: string) {
    try {
      this.#store().removeItem(PREFIX + id);
    } catch {
      // What cannot be written was not kept either.
    }
  }
}

function isDraft(value: unknown): value is Draft {
  const draft = value as Draft | null;
  return (
    typeof draft === "object" &&
    draft !== null &&
    typeof draft.version === "number" &&
    typeof draft.at === "number" &&
    draft.document?.format === "chorus-scenario/1"
  );
}
