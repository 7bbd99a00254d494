/** The guest identity: one request before anything else, which sets the cookie when there is none. */

type Fetch = (input: string, init: RequestInit) => Promise<Response>;

export class Session {
  #ready: Promise<void> | null = null;
  readonly #fetch: Fetch;

  constructor(fetch: Fetch = (input, init) => globalThis.fetch(input, init)) {
    this.#fetch = fetch;
  }

  /** Resolves when this person is known to the server; asks once, and again only after a failure. */
  ready(): Promise<void> {
    this.#ready ??= this.#post().catch((cause: unknown) => {
      this.#ready = null;
      throw cause;
    });
    return this.#ready;
  }

  /** Asks again, because the server no longer knows this person. */
  renew(): Promise<void> {
    this.#ready = null;
    return this.ready();
  }

  async #post(): Promise<void> {
    const response = await this.#fetch("/api/session", { method: "POST" });
    if (!response.ok) throw new Error(`no session: ${response.status}`);
  }
}

export const session = new Session();
