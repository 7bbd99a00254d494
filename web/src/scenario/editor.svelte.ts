/** A scenario that is being edited: the document, its history, its faults, and what is stored of it. */
import type { ShownScenario } from "../generated/exercise/ShownScenario";
import { ApiError } from "../lib/http";
import { type Problem, problemOf } from "../lib/problem";
import { addScenario, check, saveScenario, scenario } from "./api";
import { Checker } from "./checker";
import { Drafts } from "./drafts";
import { addRow, duplicateRow, emptyDocument, moveRow, removeRow, renameId, setField } from "./edit";
import { placeOf, type Tab, tabOf } from "./faults";
import { SHAPES } from "./fields";
import { History } from "./history";
import type { Document, Fault, Place, ScenarioFrom, Table } from "./types";

/** What is looked at: a tab, and in tables a row. */
export interface View {
  tab: Tab;
  row: string | null;
}

export type Loading = "loading" | "ready" | "failed";

const KEEP_AFTER = 600;

export class ScenarioEditor {
  /** Null until it was saved for the first time. */
  id: string | null = $state(null);
  from: ScenarioFrom = $state("mine");
  loading: Loading = $state("loading");
  problem: Problem | null = $state.raw(null);
  document: Document = $state.raw(emptyDocument("en"));
  faults: readonly Fault[] = $state.raw([]);
  /** Whether the server could not be asked for faults. */
  unchecked = $state(false);
  view: View = $state.raw({ tab: "general", row: null });
  /** The field that the focus goes to, when it is shown. */
  wanted: string | null = $state(null);
  saving = $state(false);
  /** Whether somebody else saved it meanwhile. */
  conflict = $state(false);
  /** When the draft was written that the editor began with. */
  restored: number | null = $state(null);
  /** Whether the browser does not keep drafts. */
  unkept = $state(false);
  canUndo = $state(false);
  canRedo = $state(false);

  #version = 0;
  #saved: Document = $state.raw(emptyDocument("en"));
  #history = new History<Document, View>(this.document);
  /** Under what the draft is kept: the id, or `new`. */
  #key: string;
  readonly #language: string;
  readonly #drafts: Drafts;
  readonly #checker = new Checker<Document, Fault[]>(
    async (document) => (await check(document)).faults,
    (faults) => {
      this.unchecked = faults === null;
      if (faults) this.faults = faults;
    },
  );
  #keeping: ReturnType<typeof setTimeout> | null = null;

  constructor(id: string, language: string, drafts = new Drafts()) {
    this.#key = id;
    this.#language = language;
    this.#drafts = drafts;
  }

  readonly dirty = $derived.by(() => this.document !== this.#saved);

  get readonly(): boolean {
    return this.from !== "mine";
  }

  async load() {
    this.loading = "loading";
    this.problem = null;
    try {
      this.#begin(this.#key === "new" ? null : await scenario(this.#key));
      this.loading = "ready";
    } catch (cause) {
      this.problem = problemOf(cause);
      this.loading = "failed";
    }
  }

  /** Makes a change, at the place that is looked at; changes with the same key are undone together. */
  change(document: Document, key = "") {
    if (this.readonly) return;
    this.#history.push(document, this.view, key);
    this.#took(document);
  }

  set(place: Place, field: string, value: unknown) {
    this.change(setField(this.document, place, field, value), `${place.table} ${place.id} ${field}`);
  }

  setHead(part: "settings" | "places" | null, field: string, value: unknown) {
    const { document } = this;
    const changed = part
      ? { ...document, [part]: { ...document[part], [field]: value } }
      : { ...document, [field]: value };
    this.change(changed, `${part ?? ""} ${field}`);
  }

  add(table: Table, after?: string) {
    const { document, id } = addRow(this.document, table, after);
    this.change(document);
    this.show({ tab: table, row: id }, SHAPES[table].fields[0]?.name);
  }

  duplicate(place: Place) {
    const { document, id } = duplicateRow(this.document, place);
    this.change(document);
    this.show({ tab: place.table, row: id });
  }

  remove(place: Place) {
    const rows = this.document[place.table];
    const at = rows.findIndex(({ id }) => id === place.id);
    this.change(removeRow(this.document, place));
    const next = this.document[place.table][Math.min(at, rows.length - 2)];
    this.show({ tab: place.table, row: next?.id ?? null });
  }

  move(place: Place, to: number) {
    this.change(moveRow(this.document, place, to));
  }

  rename(place: Place, id: string) {
    this.change(renameId(this.document, place, id));
    this.show({ tab: place.table, row: id });
  }

  show(view: View, field: string | null = null) {
    this.view = view;
    this.wanted = field;
  }

  /** Shows the row, in its table. */
  open({ table, id }: Place, field: string | null = null) {
    this.show({ tab: table, row: id }, field);
  }

  openFault(fault: Fault) {
    const place = placeOf(fault, this.document);
    if (place) this.open(place, fault.field || null);
    else this.show({ tab: tabOf(fault), row: null }, [fault.table, fault.field].filter(Boolean).join("."));
  }

  undo() {
    this.#went(this.#history.undo());
  }

  redo() {
    this.#went(this.#history.redo());
  }

  /** Whether it was saved; faults and a conflict are in the state. */
  async save(): Promise<boolean> {
    const { document } = this;
    this.saving = true;
    this.problem = null;
    try {
      const { id, version } = this.id
        ? await saveScenario(this.id, this.#version, document)
        : await addScenario(document);
      this.#drafts.drop(this.#key);
      [this.id, this.#key, this.#version, this.#saved] = [id, id, version, document];
      this.faults = [];
      this.restored = null;
      this.#keepSoon();
      return true;
    } catch (cause) {
      this.#refused(cause);
      return false;
    } finally {
      this.saving = false;
    }
  }

  /** Saves over what somebody else saved. */
  async overwrite(): Promise<boolean> {
    this.conflict = false;
    if (!this.id) return false;
    try {
      this.#version = (await scenario(this.id)).version;
    } catch (cause) {
      this.#refused(cause);
      return false;
    }
    return this.save();
  }

  /** Throws away what is not saved, and loads what is stored. */
  async discard() {
    this.#drafts.drop(this.#key);
    this.conflict = false;
    this.restored = null;
    await this.load();
  }

  /** Writes the draft at once, before the page is left. */
  keep() {
    if (this.#keeping !== null) clearTimeout(this.#keeping);
    this.#keeping = null;
    if (this.readonly || this.loading !== "ready") return;
    if (!this.dirty) this.#drafts.drop(this.#key);
    else {
      const draft = { version: this.#version, at: Date.now(), document: this.document };
      this.unkept = !this.#drafts.keep(this.#key, draft);
    }
  }

  stop() {
    this.keep();
    this.#checker.stop();
  }

  #begin(stored: ShownScenario | null) {
    const document = stored?.document ?? emptyDocument(this.#language);
    this.id = stored?.id ?? null;
    this.from = stored?.from ?? "mine";
    this.#version = stored?.version ?? 0;
    this.#saved = document;
    const draft = this.readonly ? null : this.#drafts.find(this.#key);
    this.restored = draft?.at ?? null;
    // A draft of an older version is refused when it is saved, and the person is asked.
    if (draft) this.#version = draft.version;
    this.document = draft?.document ?? document;
    this.#history = new History(this.document);
    this.canUndo = this.canRedo = false;
    this.faults = [];
    if (!this.readonly && (draft || !stored)) this.#checker.changed(this.document);
  }

  #took(document: Document) {
    this.document = document;
    this.canUndo = this.#history.canUndo;
    this.canRedo = this.#history.canRedo;
    this.#checkSoon();
    this.#keepSoon();
  }

  /** What is saved has no faults. */
  #checkSoon() {
    if (this.dirty) this.#checker.changed(this.document);
    else {
      this.#checker.stop();
      this.faults = [];
    }
  }

  #went(view: View | null) {
    if (!view) return;
    this.#took(this.#history.now);
    this.show(view);
  }

  #refused(cause: unknown) {
    this.problem = problemOf(cause);
    if (!(cause instanceof ApiError)) return;
    const { faults } = (cause.answer ?? {}) as { faults?: Fault[] };
    if (faults) this.faults = faults;
    if (cause.code !== "changed") return;
    this.conflict = true;
    this.problem = null;
  }

  #keepSoon() {
    if (this.#keeping !== null) clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.keep(), KEEP_AFTER);
  }
}
