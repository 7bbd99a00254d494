/**
 * Commands on their way to the server: in order, one at a time, each with an id of its own, and
 * sent again with the same id after a dropped line until it is answered. The server applies an id
 * once and repeats its first answer, so nothing is lost and nothing is done twice.
 */

export type Identified<Action> = Action & { id: string };

export interface QueueOptions<Action, Reply> {
  /** Sends once; rejects when no answer came. */
  send: (command: Identified<Action>) => Promise<Reply>;
  /** Whether the answer asks to try again later, as `busy` does. */
  again?: (reply: Reply) => boolean;
  /** Milliseconds before a command is sent again on a line that is up. */
  pause?: number;
  newId?: () => string;
}

interface Waiting<Action, Reply> {
  command: Identified<Action>;
  subject: string | null;
  sent: boolean;
  busy: number;
  settle: (reply: Reply | null) => void;
}

const MOST_BUSY_ANSWERS = 5;

export class CommandQueue<Action extends object, Reply> {
  #waiting: Waiting<Action, Reply>[] = [];
  #up = false;
  #running = false;
  readonly #options: Required<QueueOptions<Action, Reply>>;

  constructor(options: QueueOptions<Action, Reply>) {
    this.#options = { again: () => false, pause: 500, newId, ...options };
  }

  get length(): number {
    return this.#waiting.length;
  }

  /**
   * Resolves with the server's answer, or with null when the command was given up: a later one
   * about the same `subject` took its place before it was sent, or the queue was dropped.
   */
  submit(action: Action, subject: string | null = null): Promise<Reply | null> {
    if (subject !== null) this.#supersede(subject);
    return new Promise((settle) => {
      const command = { ...action, id: this.#options.newId() };
      this.#waiting.push({ command, subject, sent: false, busy: 0, settle });
      void this.#run();
    });
  }

  /** The line is up: send what waits. */
  resume() {
    this.#up = true;
    void this.#run();
  }

  /** The line is down: keep what waits. */
  pause() {
    this.#up = false;
  }

  /** Gives up everything that waits. */
  drop() {
    this.#up = false;
    for (const waiting of this.#waiting.splice(0)) waiting.settle(null);
  }

  #supersede(subject: string) {
    const replaced = this.#waiting.filter((waiting) => waiting.subject === subject && !waiting.sent);
    this.#waiting = this.#waiting.filter((waiting) => !replaced.includes(waiting));
    for (const waiting of replaced) waiting.settle(null);
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    while (this.#up && this.#waiting[0]) await this.#sendFirst(this.#waiting[0]);
    this.#running = false;
  }

  async #sendFirst(first: Waiting<Action, Reply>) {
    const { send, again, pause } = this.#options;
    first.sent = true;
    try {
      const reply = await send(first.command);
      if (again(reply) && first.busy++ < MOST_BUSY_ANSWERS) return await delay(pause);
      if (this.#waiting[0] === first) this.#waiting.shift();
      first.settle(reply);
    } catch {
      if (this.#up) await delay(pause);
    }
  }
}

/** `crypto.randomUUID` exists only on secure origins, and a hall's server may be plain HTTP. */
export function newId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
