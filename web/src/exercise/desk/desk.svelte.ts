/** What the console has in hand: the dialog that is open, and commands with their outcome. */
import { notices } from "../../lib/notices.svelte";
import type { MessageKey } from "../../messages/en";
import type { Params } from "../../lib/text";
import { explainRefusal } from "../problem";
import type { ExerciseRoom } from "../room.svelte";
import { standingOf, timeline, type ThreatRow } from "../threats";
import type { ExerciseAction, ExerciseRole, GameView, LogEntry, ScenarioDocument } from "../wire";

/** What somebody can be made. */
export type Entrustable = Exclude<ExerciseRole, "projector">;

/** The dialog that is open. */
export type Asking =
  | { name: "threat"; id: string }
  | { name: "early"; id: string }
  | { name: "throw"; id: string }
  | { name: "remove"; person: number }
  | { name: "entrust"; person: number; part: Entrustable }
  | { name: "start" | "finish" | "undo" | "share" | "settings" | "delete" | "withdraw" }
  | null;

/** A console that is open: there is a game, and its scenario. */
export class Desk {
  readonly room: ExerciseRoom;
  asking: Asking = $state.raw(null);
  /** Whether this person has put off saying a name. */
  anonymous = $state(false);
  /** Commands under way. */
  #busy: readonly string[] = $state.raw([]);

  readonly #timeline = $derived.by(() =>
    this.room.state.scenario ? timeline(this.room.state.scenario) : [],
  );
  readonly rows: readonly ThreatRow[] = $derived.by(() => {
    const { threats, game } = this.room.state;
    const phase = game?.phase ?? "preparation";
    return this.#timeline.map(({ threat, at }) => {
      const view = threats.get(threat.id);
      return { threat, at, view, standing: standingOf(threat, at, view, this.room.elapsed, phase) };
    });
  });
  /** The entry that can be taken back. */
  readonly undoable: LogEntry | null = $derived.by(() => {
    const undo = this.room.state.game?.undo ?? null;
    return undo === null ? null : (this.room.state.log.findLast(({ entry }) => entry === undo) ?? null);
  });

  constructor(room: ExerciseRoom) {
    this.room = room;
  }

  /** What this person is called in the log; empty when it was not said. */
  get name(): string {
    const { me, state } = this.room;
    return (me !== null && state.people.get(me)?.name) || "";
  }

  /** Whether the console asks for a name. */
  get nameless(): boolean {
    return !this.name && !this.anonymous && this.game.phase !== "review";
  }

  /** Observers look on. */
  get readonly(): boolean {
    return this.room.part !== "facilitator";
  }

  get game(): GameView {
    return this.room.state.game!;
  }

  get scenario(): ScenarioDocument {
    return this.room.state.scenario!;
  }

  say(key: MessageKey, params: Params = {}): string {
    return this.room.say(key, params);
  }

  isBusy(action: ExerciseAction): boolean {
    return this.#busy.includes(nameOf(action));
  }

  /** Does it; what the server refuses is told. Resolves with whether it was done. */
  async do(action: ExerciseAction, done?: string): Promise<boolean> {
    const name = nameOf(action);
    if (this.#busy.includes(name)) return false;
    this.#busy = [...this.#busy, name];
    const problem = await this.room.command(action);
    this.#busy = this.#busy.filter((other) => other !== name);
    if (problem) notices.bad(explainRefusal(problem, (key, params) => this.room.say(key, params)));
    else if (done) notices.good(done);
    return problem === null;
  }

  /** Does what a dialog has asked about, and shuts it, whatever came of it. */
  async confirm(action: ExerciseAction, done?: string) {
    const { asking } = this;
    await this.do(action, done);
    if (this.asking === asking) this.asking = null;
  }
}

function nameOf(action: ExerciseAction): string {
  return JSON.stringify(action);
}
