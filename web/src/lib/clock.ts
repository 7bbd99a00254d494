/** The server's clock, as seen from here. */

export class ServerClock {
  #offset: number | null = null;
  readonly #local: () => number;

  constructor(local: () => number = Date.now) {
    this.#local = local;
  }

  /**
   * Learns from a server timestamp. A message is always older than its time of arrival, so the
   * largest difference seen is the nearest to the truth; `fresh` forgets the earlier ones.
   */
  learn(serverNow: number, fresh = false) {
    const offset = serverNow - this.#local();
    this.#offset = fresh || this.#offset === null ? offset : Math.max(offset, this.#offset);
  }

  now(): number {
    return this.#local() + (this.#offset ?? 0);
  }
}

/** Whole seconds until a moment, 0 when it has passed. */
export function secondsUntil(moment: number, now: number): number {
  return Math.max(0, Math.ceil((moment - now) / 1000));
}

/** `1:05`, or `42` below a minute. */
export function formatSeconds(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return minutes > 0 ? `${minutes}:${String(rest).padStart(2, "0")}` : String(rest);
}
