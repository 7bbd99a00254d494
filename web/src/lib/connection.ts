/** A socket to one namespace that comes back by itself, and knows when coming back is pointless. */
import type { CommandQueue } from "./queue";

export type Status =
  /** No connection yet. */
  | { name: "connecting" }
  | { name: "online" }
  /** Was online, and will be again. */
  | { name: "reconnecting" }
  /** The server said no: for good, or for some time, after which it is asked again. */
  | { name: "refused"; code: string; message: string; retry: Retry };

/** Whether a refusal is for good, waits for the next attempt, or is being tried again. */
export type Retry = "never" | "later" | "now";

/** The part of a `socket.io-client` socket that is used here. */
export interface SocketLike {
  connected: boolean;
  /** Whether the client reconnects by itself. */
  active: boolean;
  connect(): unknown;
  disconnect(): unknown;
  on(event: string, listener: (...args: any[]) => void): unknown;
}

export interface ConnectionOptions {
  socket: SocketLike;
  queue: Pick<CommandQueue<object, unknown>, "resume" | "pause" | "drop">;
  onStatus: (status: Status) => void;
  renewSession: () => Promise<void>;
  /** Milliseconds before the first attempt that the client does not make by itself; then doubling. */
  pause?: number;
}

const LONGEST_PAUSE = 30_000;

/** Answers that waiting does not change. */
const FINAL = new Set(["unknown_room", "forbidden", "origin", "deleted", "removed"]);

/** Answers that change, though not soon: the person is told, and the server is asked again. */
const PASSING = new Set(["full", "locked", "too_many_attempts"]);

/** Milliseconds between such attempts, give or take a fifth, so that a hall does not knock at once. */
const PATIENCE = 15_000;

export class Connection {
  #status: Status = { name: "connecting" };
  #retry: ReturnType<typeof setTimeout> | null = null;
  #retries = 0;
  #closed = false;
  readonly #options: Required<ConnectionOptions>;

  constructor(options: ConnectionOptions) {
    this.#options = { pause: 2000, ...options };
    const { socket } = options;
    socket.on("connect", () => this.#connected());
    socket.on("disconnect", (reason: string) => this.#disconnected(reason));
    socket.on("connect_error", (error: ConnectFailure) => this.#failed(error));
    socket.on("gone", ({ code, message }: { code: string; message: string }) => {
      if (FINAL.has(code)) this.#refuse(code, message);
    });
  }

  get status(): Status {
    return this.#status;
  }

  open() {
    this.#closed = false;
    this.#options.socket.connect();
  }

  close() {
    this.#closed = true;
    this.#clearRetry();
    this.#options.queue.drop();
    this.#options.socket.disconnect();
  }

  /** Tries at once instead of after the back-off: the network or the person is back. */
  hurry() {
    const { socket } = this.#options;
    if (this.#closed || socket.connected || this.#final) return;
    this.#clearRetry();
    if (this.#status.name === "refused") this.#set({ ...this.#status, retry: "now" });
    socket.disconnect();
    socket.connect();
  }

  #connected() {
    this.#retries = 0;
    this.#set({ name: "online" });
    this.#options.queue.resume();
  }

  #disconnected(reason: string) {
    this.#options.queue.pause();
    if (this.#closed || this.#final) return;
    this.#set({ name: "reconnecting" });
    if (reason === "io server disconnect") this.#connectLater();
  }

  #failed(error: ConnectFailure) {
    if (this.#closed || this.#final) return;
    const code = error.data?.code;
    if (code && FINAL.has(code)) return this.#refuse(code, error.message);
    if (code && this.#passes(code)) return this.#putOff(code, error.message);
    if (code === "no_session") return this.#renew();
    if (!this.#options.socket.active) this.#connectLater();
  }

  #renew() {
    const connect = () => this.#closed || this.#options.socket.connect();
    this.#options.renewSession().then(connect, () => this.#connectLater());
  }

  #refuse(code: string, message: string) {
    this.#clearRetry();
    this.#set({ name: "refused", code, message, retry: "never" });
    this.#options.queue.drop();
    this.#options.socket.disconnect();
  }

  /** What waits in the queue may still be wanted, so it is kept. */
  #putOff(code: string, message: string) {
    this.#clearRetry();
    this.#set({ name: "refused", code, message, retry: "later" });
    this.#retry = setTimeout(() => this.hurry(), PATIENCE * (0.8 + 0.4 * Math.random()));
  }

  #connectLater() {
    this.#clearRetry();
    const pause = Math.min(this.#options.pause * 2 ** this.#retries++, LONGEST_PAUSE);
    this.#retry = setTimeout(() => this.#closed || this.#options.socket.connect(), pause);
  }

  get #final(): boolean {
    return this.#status.name === "refused" && this.#status.retry === "never";
  }

  /** Who was in the room goes on seeing it while the server only wants to be asked less often. */
  #passes(code: string): boolean {
    return PASSING.has(code) && !(code === "too_many_attempts" && this.#status.name === "reconnecting");
  }

  #clearRetry() {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  #set(status: Status) {
    this.#status = status;
    this.#options.onStatus(status);
  }
}

/** The error of `connect_error`: of the network, or of the server with a code. */
type ConnectFailure = Error & { data?: { code?: string } };
