/** What the host's console has in hand: the question looked at, and commands with their outcome. */
import type { Action } from "../../generated/Action";
import type { QuestionView } from "../../generated/QuestionView";
import { t } from "../../lib/language.svelte";
import { notices } from "../../lib/notices.svelte";
import { explain } from "../../lib/problem";
import type { PollRoom } from "../room.svelte";
import { nextStep } from "../stage";
import { inOrder } from "../state";

/** The dialog that is open. */
export type Asking =
  | { name: "write"; question: QuestionView | null }
  | { name: "preview"; question: QuestionView }
  | { name: "reset" | "remove"; question: QuestionView }
  | { name: "share" | "settings" | "end" | "delete" }
  | null;

export class HostConsole {
  readonly room: PollRoom;
  asking: Asking = $state.raw(null);
  /** Commands under way, by what they do. */
  busy: ReadonlySet<string> = $state.raw(new Set());
  /** The question chosen by hand; the current one until then. */
  #chosen: number | null = $state(null);
  #length: { question: number; seconds: number } | null = $state.raw(null);

  readonly questions = $derived.by(() => inOrder(this.room.state));
  readonly ended = $derived.by(() => this.room.state.poll?.ended ?? false);
  readonly selected = $derived.by(
    () =>
      this.questions.find(({ id }) => id === this.#chosen) ??
      this.questions.find(({ id }) => id === this.room.state.poll?.current) ??
      this.questions[0] ??
      null,
  );
  readonly place = $derived.by(() => this.questions.findIndex(({ id }) => id === this.selected?.id));

  constructor(room: PollRoom) {
    this.room = room;
  }

  select(id: number | null) {
    this.#chosen = id;
  }

  /** To the question `step` places on. */
  go(step: 1 | -1) {
    const next = this.questions[this.place + step];
    if (next) this.select(next.id);
  }

  tallyOf(id: number) {
    return this.room.tallies.get(id);
  }

  votedOn(id: number): number {
    return this.tallyOf(id)?.voted ?? 0;
  }

  /** Does it; what the server refuses is told. Resolves with whether it was done. */
  async do(action: Action): Promise<boolean> {
    this.busy = new Set([...this.busy, action.do]);
    const problem = await this.room.command(action);
    this.busy = new Set([...this.busy].filter((name) => name !== action.do));
    if (problem) notices.bad(explain(problem));
    return problem === null;
  }

  /** The count-down that opening the question starts, 0 for none. */
  secondsFor({ id, content }: QuestionView): number {
    return (this.#length?.question === id ? this.#length.seconds : null) ?? content.seconds ?? 0;
  }

  chooseSeconds(question: number, seconds: number) {
    this.#length = { question, seconds };
  }

  /** The likeliest next thing, as one big button. */
  async step(question: QuestionView) {
    this.select(question.id);
    const seconds = this.secondsFor(question);
    switch (nextStep(question, this.ended)) {
      case "open":
      case "again":
        return this.do({ do: "open", question: question.id, seconds });
      case "close":
        return this.do({ do: "close", question: question.id });
      case "reveal":
        return this.do({ do: "reveal", question: question.id });
      case null:
        return false;
    }
  }

  async confirmed() {
    const { asking } = this;
    if (!asking) return;
    if (asking.name === "reset" || asking.name === "remove") {
      await this.do({ do: asking.name, question: asking.question.id });
    } else if (asking.name === "end" && (await this.do({ do: "end" }))) {
      notices.good(t("poll_ended"));
    }
    this.asking = null;
  }
}
