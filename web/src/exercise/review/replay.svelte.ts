/** The moment that is looked at: chosen, played, or shown by somebody else. */
import { advance, fittingSpeed, momentAt } from "./replay";
import type { Review } from "./types";

export const SPEEDS = [1, 5, 10, 30, 60, 120] as const;

/** So often others are told while it plays, in milliseconds. */
const TELL_EVERY = 400;
/** For so long after a move others are not followed. */
const ECHO = 1500;

export class Replay {
  readonly #review: () => Review | null;
  readonly #tell: (at: number | null) => void;
  /** Null is the end. */
  #chosen: number | null = $state(null);
  #speed: number | null = $state(null);
  playing = $state(false);
  #told = 0;
  #moved = -Infinity;
  #frame = 0;
  #pending: ReturnType<typeof setTimeout> | null = null;

  constructor(review: () => Review | null, tell: (at: number | null) => void = () => {}) {
    this.#review = review;
    this.#tell = tell;
  }

  readonly end = $derived.by(() => this.#review()?.elapsed ?? 0);
  readonly at = $derived.by(() => Math.min(this.#chosen ?? this.end, this.end));
  readonly moment = $derived.by(() => {
    const review = this.#review();
    return review ? momentAt(review, this.at) : null;
  });

  /** Whether the end is looked at, as opposed to a moment on the way. */
  get atEnd(): boolean {
    return this.#chosen === null;
  }

  get speed(): number {
    return this.#speed ?? fittingSpeed(this.end, SPEEDS);
  }

  set speed(speed: number) {
    this.#speed = speed;
  }

  /** Takes over what another one shows, unless it is an echo of what is chosen here just now. */
  follow(at: number | null) {
    if (!this.playing && performance.now() - this.#moved > ECHO) this.#chosen = at;
  }

  choose(at: number | null) {
    this.#set(at === null ? null : Math.max(0, Math.min(at, this.end)));
  }

  toggle() {
    if (this.playing) this.stop();
    else this.play();
  }

  play() {
    if (this.end === 0) return;
    this.playing = true;
    if (this.at >= this.end) this.#set(0);
    let before = performance.now();
    const step = (now: number) => {
      if (!this.playing) return;
      const at = advance(this.at, now - before, this.speed, this.end);
      before = now;
      this.#set(at);
      if (at < this.end) this.#frame = requestAnimationFrame(step);
      else this.stop();
    };
    this.#frame = requestAnimationFrame(step);
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.#frame);
  }

  #set(at: number | null) {
    this.#chosen = at;
    this.#moved = performance.now();
    this.#tellSoon();
  }

  /** The newest moment is always told, but not each on the way. */
  #tellSoon() {
    if (this.#pending !== null) return;
    const wait = Math.max(0, this.#told + TELL_EVERY - performance.now());
    this.#pending = setTimeout(() => {
      this.#pending = null;
      this.#told = performance.now();
      this.#tell(this.#chosen === null ? null : Math.round(this.#chosen));
    }, wait);
  }
}
