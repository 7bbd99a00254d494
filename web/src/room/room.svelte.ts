/** A room as one person is in it, live: the line, what goes up it, and the server's clock. */
import { io, type Socket } from "socket.io-client";
import type { Reply } from "../generated/Reply";
import { ServerClock } from "../lib/clock";
import { Connection, type Status } from "../lib/connection";
import { refusal } from "../lib/problem";
import { CommandQueue } from "../lib/queue";
import { session } from "../lib/session";

const ACK_TIMEOUT = 6000;

export abstract class LiveRoom<Action extends object> {
  status: Status = $state.raw({ name: "connecting" });
  readonly code: string;
  readonly clock = new ServerClock();
  protected readonly socket: Socket;
  protected readonly queue: CommandQueue<Action, Reply>;
  readonly #connection: Connection;
  readonly #hurry = () => document.visibilityState === "visible" && this.#connection.hurry();

  /** `join` is asked on each connection, for what has been seen by then. */
  constructor(namespace: string, code: string, join: () => { since?: number | null }) {
    this.code = code;
    this.socket = io(namespace, {
      autoConnect: false,
      forceNew: true,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: 400,
      reconnectionDelayMax: 4000,
      auth: (give) => give(join()),
    });
    this.queue = new CommandQueue<Action, Reply>({
      send: (command) => this.socket.timeout(ACK_TIMEOUT).emitWithAck("command", command) as Promise<Reply>,
      again: (reply) => refusal(reply)?.code === "busy",
    });
    this.#connection = new Connection({
      socket: this.socket,
      queue: this.queue,
      onStatus: (status) => (this.status = status),
      renewSession: () => session.renew(),
    });
  }

  open() {
    const connect = () => this.#connection.open();
    session.ready().then(connect, connect);
    addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
  }

  close() {
    removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#connection.close();
  }

  /** Knocks at once, where the server let nobody in for the time being. */
  retry() {
    this.#connection.hurry();
  }
}
