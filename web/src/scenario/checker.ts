/** Asks for the faults of what was written last, once the writing pauses. */

const PAUSE = 500;

export class Checker<D, F> {
  readonly #ask: (document: D) => Promise<F>;
  readonly #tell: (faults: F | null) => void;
  readonly #pause: number;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asked = 0;

  /** `tell` gets the answer to the newest question only, or null when it was not answered. */
  constructor(ask: (document: D) => Promise<F>, tell: (faults: F | null) => void, pause = PAUSE) {
    this.#ask = ask;
    this.#tell = tell;
    this.#pause = pause;
  }

  changed(document: D) {
    this.stop();
    this.#timer = setTimeout(() => void this.#check(document), this.#pause);
  }

  /** Takes no answers any more until the next change. */
  stop() {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#asked += 1;
  }

  async #check(document: D) {
    const mine = ++this.#asked;
    const faults = await this.#ask(document).catch(() => null);
    if (mine === this.#asked) this.#tell(faults);
  }
}
