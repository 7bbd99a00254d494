/**
 * What screen readers are told, politely: at most one text in a while, and of several that wait
 * on the same subject only the last.
 */

export class Announcer {
  #waiting = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #spokeAt = -Infinity;
  readonly #speak: (text: string) => void;
  readonly #gap: number;

  constructor(speak: (text: string) => void, gap = 3000) {
    this.#speak = speak;
    this.#gap = gap;
  }

  announce(text: string, subject: string = text) {
    this.#waiting.delete(subject);
    this.#waiting.set(subject, text);
    this.#schedule();
  }

  #schedule() {
    if (this.#timer !== null || this.#waiting.size === 0) return;
    const wait = Math.max(50, this.#spokeAt + this.#gap - Date.now());
    this.#timer = setTimeout(() => this.#flush(), wait);
  }

  #flush() {
    this.#timer = null;
    this.#spokeAt = Date.now();
    this.#speak([...this.#waiting.values()].join(" "));
    this.#waiting.clear();
  }
}
