/** An exercise as one person sees it, live. */
import { language, t, type PluralKey } from "../lib/language.svelte";
import { recall, remember } from "../lib/memory";
import { type Problem, refusal } from "../lib/problem";
import { fill, type Params, pluralForm } from "../lib/text";
import type { MessageKey } from "../messages/en";
import { LiveRoom } from "../room/room.svelte";
import { elapsedAt } from "./clock";
import { applyChanges, arrived, type ExerciseState, NOTHING } from "./state";
import type {
  Card,
  EnterExercise,
  ExerciseAction,
  ExerciseChanges,
  ExerciseRole,
  Presence,
  Stage,
} from "./wire";
import { wording, wordsIn } from "./words";

const NOBODY: Presence = { facilitators: 0, observers: 0, participants: 0, projectors: 0 };

export class ExerciseRoom extends LiveRoom<ExerciseAction> {
  state: ExerciseState = $state.raw(NOTHING);
  presence: Presence = $state.raw(NOBODY);
  /** What projectors show in the review. */
  stage: Stage = $state.raw({ at: null });
  /** The number of the person in the log; none until it has done something. */
  me: number | null = $state(null);
  /** What the game's clock shows, in whole seconds of game time (as milliseconds). */
  elapsed = $state(0);
  /** Called for what has just reached the person, not for what was there when they came. */
  onarrival: (cards: Card[]) => void = () => undefined;

  readonly part: ExerciseRole;
  readonly words = $derived.by(() =>
    wording(wordsIn(this.state.scenario ?? this.state.brief, language.current)),
  );
  readonly running = $derived.by(() => (this.state.game?.clock.running_since ?? null) !== null);
  /** The view that is there, once all of it is. */
  readonly shown = $derived.by(() => {
    const { game, scenario, brief } = this.state;
    return scenario || brief ? game : null;
  });
  /** An entry of the log that is this person's own. */
  #mine: number | null = null;
  #ticking: ReturnType<typeof setInterval> | null = null;

  constructor(code: string, part: ExerciseRole) {
    super("/exercise", code, () => ({ code, as: part, since: this.state.offset }) satisfies EnterExercise);
    this.part = part;
    this.me = Number(recall(this.#memory)) || null;
    this.#listen();
  }

  /** Whether the person sees all that facilitators see. */
  get staff(): boolean {
    return this.part === "facilitator" || this.part === "observer";
  }

  override open() {
    super.open();
    this.#ticking ??= setInterval(() => this.#tick(), 200);
  }

  override close() {
    if (this.#ticking !== null) clearInterval(this.#ticking);
    this.#ticking = null;
    super.close();
  }

  /** Has it done; null when it was done, else the reason why not. */
  async command(action: ExerciseAction): Promise<Problem | null> {
    const reply = await this.queue.submit(action);
    if (reply && "ok" in reply) {
      this.#mine = reply.ok.offset;
      this.#recognise();
    }
    return refusal(reply);
  }

  /** Has all projectors show a moment of the review; a facilitator's. */
  show(stage: Stage) {
    this.stage = stage;
    if (this.socket.connected) this.socket.emit("show", stage);
  }

  /** The text of a key, in the scenario's words. */
  say(key: MessageKey, params: Params = {}): string {
    return fill(this.words(t(key)), params, language.current);
  }

  /** The text of a key for a count, in the scenario's words. */
  count(key: PluralKey, n: number, params: Params = {}): string {
    return this.say(`${key}.${pluralForm(n, language.current)}` as MessageKey, { n, ...params });
  }

  #listen() {
    this.socket.on("changes", (changes: ExerciseChanges) => {
      this.clock.learn(changes.now, changes.whole);
      const before = this.state;
      this.state = applyChanges(before, changes);
      this.#tick();
      this.#recognise();
      const news = changes.whole ? [] : arrived(before, this.state);
      if (news.length > 0) this.onarrival(news);
    });
    this.socket.on("presence", (presence: Presence) => (this.presence = presence));
    this.socket.on("stage", (stage: Stage) => (this.stage = stage));
  }

  /** Participants are told of nobody but themselves; others know themselves by what they did. */
  #recognise() {
    const { people, log } = this.state;
    const entry = this.staff ? log.findLast(({ entry }) => entry === this.#mine) : undefined;
    const me = entry?.by ?? (this.staff ? null : ([...people.keys()][0] ?? null));
    if (me === null || me === this.me) return;
    this.me = me;
    if (this.staff) remember(this.#memory, String(me));
  }

  get #memory(): string {
    return `exercise.me.${this.code}`;
  }

  #tick() {
    const { game } = this.state;
    if (game) this.elapsed = Math.floor(elapsedAt(game.clock, this.clock.now()) / 1000) * 1000;
  }
}
