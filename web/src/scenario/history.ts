/** Versions of something, to go back and forth between. */

interface Step<T, P> {
  before: T;
  after: T;
  /** Where the change was made. */
  place: P;
  key: string;
  at: number;
}

/** Changes with the same key within this time, in milliseconds, are one step: typing is. */
const TOGETHER = 1500;
const MOST = 300;

export class History<T, P> {
  #done: Step<T, P>[] = [];
  #undone: Step<T, P>[] = [];
  #now: T;

  constructor(first: T) {
    this.#now = first;
  }

  get now(): T {
    return this.#now;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Changes with an empty key are never joined. */
  push(after: T, place: P, key = "", at = Date.now()) {
    if (after === this.#now) return;
    const last = this.#done.at(-1);
    if (last && key && last.key === key && at - last.at < TOGETHER && this.#undone.length === 0) {
      this.#done[this.#done.length - 1] = { ...last, after, at };
    } else {
      this.#done.push({ before: this.#now, after, place, key, at });
      if (this.#done.length > MOST) this.#done.shift();
    }
    this.#undone = [];
    this.#now = after;
  }

  /** Goes a step back; tells where that was. */
  undo(): P | null {
    const step = this.#done.pop();
    if (!step) return null;
    this.#undone.push(step);
    this.#now = step.before;
    return step.place;
  }

  redo(): P | null {
    const step = this.#undone.pop();
    if (!step) return null;
    this.#done.push({ ...step, key: "" });
    this.#now = step.after;
    return step.place;
  }
}
