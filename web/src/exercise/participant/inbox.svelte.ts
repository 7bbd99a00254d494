/** What reached a participant: the latest first, and what of it is unread. */
import { recall, remember } from "../../lib/memory";
import type { ExerciseRoom } from "../room.svelte";
import type { Card } from "../wire";

export class Inbox {
  readonly #room: ExerciseRoom;
  readonly #memory: string;
  #read: ReadonlySet<string> = $state.raw(new Set());

  readonly cards: readonly Card[] = $derived.by(() => newestFirst(this.#room.state.cards.values()));
  readonly unread = $derived.by(() => this.cards.filter((card) => !this.isRead(card)).length);

  constructor(room: ExerciseRoom) {
    this.#room = room;
    this.#memory = `exercise.read.${room.code}`;
    this.#read = new Set((recall(this.#memory) ?? "").split("\n").filter(Boolean));
  }

  isRead(card: Card): boolean {
    return this.#read.has(keyOf(card));
  }

  read(card: Card) {
    if (this.isRead(card)) return;
    this.#read = new Set([...this.#read, keyOf(card)]);
    remember(this.#memory, [...this.#read].join("\n"));
  }
}

/** One that was taken back and delivered again is another one. */
const keyOf = ({ id, delivered_at }: Card) => `${id}@${delivered_at}`;

export function newestFirst(cards: Iterable<Card>): Card[] {
  return [...cards].sort((a, b) => b.delivered_at - a.delivered_at || b.id.localeCompare(a.id));
}
