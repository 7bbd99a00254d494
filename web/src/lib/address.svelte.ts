/** The address by which people reach the server: what the server was told, else the page's own. */

const PATIENCE = 3000;

export class Address {
  #told: string | null = $state(null);
  #ready: Promise<void> | null = null;
  readonly #here: () => string;

  constructor(here: () => string = () => location.origin) {
    this.#here = here;
  }

  /** Without a slash at its end. */
  get url(): string {
    return this.#told ?? this.#here();
  }

  /** Resolves when the server has been asked, whatever came of it; asks again only after a failure. */
  ready(): Promise<void> {
    this.#ready ??= this.#ask().catch(() => void (this.#ready = null));
    return this.#ready;
  }

  async #ask(): Promise<void> {
    const response = await fetch("/api/config", { signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) return;
    const { url } = (await response.json()) as { url: string | null };
    if (url && /^https?:$/.test(new URL(url).protocol)) this.#told = url.replace(/\/+$/, "");
  }
}

export const address = new Address();
