// Where a scenario plays: official clients and raw connections to one server, all of them witnesses of one transcript.

import { io } from "socket.io-client";
import { RawHttp, RawTcp, RawWebSocket } from "./raw.mjs";
import { Transcript } from "./transcript.mjs";

/** How the official client travels. */
export const MODES = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };

export class Stage {
  transcript = new Transcript();
  #closers = [];

  /** `play` is the name of this performance: observers hear of no other. */
  constructor(url, mode, play) {
    Object.assign(this, { url, mode, play });
  }

  /** An official client; what it sees is written under `tag`, and what the server sees of it too. */
  client(tag, { namespace = "/", auth = {}, ...options } = {}) {
    const socket = io(this.url + namespace, {
      forceNew: true,
      reconnection: false,
      transports: MODES[this.mode],
      auth: auth && this.tagged(tag, auth),
      ...options,
    });
    this.#closers.push(() => socket.io._close());
    return new Client(tag, socket, this.transcript, (...args) => this.tagged(...args));
  }

  /** A client that sees how the server's side of other connections ends. */
  async observer() {
    const options = { namespace: "/observe", transports: ["websocket"], auth: { play: this.play, tag: undefined } };
    const observer = this.client("observer", options);
    await observer.connected();
    return observer;
  }

  /** A WebSocket that speaks in packets. */
  rawWebSocket(tag, query = "EIO=4&transport=websocket", headers = {}) {
    return this.#raw(new RawWebSocket(tag, this.url, query, headers, this.transcript));
  }

  /** A long-polling session spoken by hand. */
  rawHttp(tag) {
    return this.#raw(new RawHttp(tag, this.url, this.transcript));
  }

  /** A WebSocket that speaks in bytes. */
  rawTcp(tag, handshake) {
    return this.#raw(new RawTcp(tag, this.url, this.transcript, handshake));
  }

  note(witness, ...entry) {
    this.transcript.write(witness, ...entry);
  }

  close() {
    for (const close of this.#closers) close();
  }

  /** What a client says of itself, so that the observer hears of its end. */
  tagged(tag, auth = {}) {
    return { play: this.play, tag, ...auth };
  }

  #raw(raw) {
    this.#closers.push(() => raw.close());
    return raw;
  }
}

class Client {
  constructor(tag, socket, transcript, tagged) {
    Object.assign(this, { tag, socket, transcript, tagged });
    socket.on("connect", () => {
      transcript.name(socket.id, `id of ${tag}`);
      this.#write("connect");
    });
    socket.on("connect_error", ({ message, data }) => this.#write("connect_error", message, data));
    socket.on("disconnect", (reason) => this.#write("disconnect", reason));
    socket.onAny((event, ...args) => this.#write("event", event, ...args));
  }

  /** Another namespace on the same connection. */
  sibling(tag, namespace, auth = {}) {
    const socket = this.socket.io.socket(namespace, { auth: this.tagged(tag, auth) });
    return new Client(tag, socket, this.transcript, this.tagged);
  }

  emit(...args) {
    this.socket.emit(...args);
  }

  /** Emits and writes what the server acknowledges. */
  ask(event, ...args) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.tag}: no ack of ${event}`)), 5_000);
      this.socket.emit(event, ...args, (...answer) => {
        clearTimeout(timer);
        this.#write("ack", event, ...answer);
        resolve(answer);
      });
    });
  }

  /** Answers the server's question and writes it down. */
  answer(event, ...answer) {
    this.socket.on(event, (...args) => {
      const ack = args.pop();
      ack(...answer);
    });
  }

  connected() {
    return this.#until("the end of connecting", ([kind]) => kind === "connect" || kind === "connect_error");
  }

  disconnected(count = 1) {
    return this.#until("disconnect", ([kind]) => kind === "disconnect", count);
  }

  seen(event, count = 1) {
    return this.#until(`${count} ${event}`, ([kind, name]) => kind === "event" && name === event, count);
  }

  /** Resolves when all that the server sent so far has arrived: an answer comes after what was queued before it. */
  settled() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.tag}: the server does not answer`)), 5_000);
      this.socket.emit("ack-nothing", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #until(what, test, count) {
    return this.transcript.until(this.tag, what, test, count);
  }

  #write(...entry) {
    this.transcript.write(this.tag, ...entry);
  }
}
