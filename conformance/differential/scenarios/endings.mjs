// How connections end, seen from both sides, and how they begin again.

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export const endings = [
  {
    name: "the client disconnects",
    async run(stage) {
      const observer = await stage.observer();
      const a = stage.client("a");
      await a.connected();
      a.socket.disconnect();
      await observer.seen("gone");
    },
  },
  {
    name: "the client leaves one namespace of two",
    async run(stage) {
      const observer = await stage.observer();
      const main = stage.client("main");
      const custom = main.sibling("custom", "/custom");
      await Promise.all([main.connected(), custom.connected()]);
      main.socket.disconnect();
      await observer.seen("gone");
      await custom.ask("ack", "still here");
    },
  },
  {
    name: "the client drops the connection",
    async run(stage) {
      const observer = await stage.observer();
      const a = stage.client("a");
      const b = a.sibling("b", "/custom");
      await Promise.all([a.connected(), b.connected()]);
      a.socket.io.engine.close();
      await observer.seen("gone", 2);
    },
  },
  {
    name: "the server disconnects one namespace",
    async run(stage) {
      const observer = await stage.observer();
      const main = stage.client("main");
      const custom = main.sibling("custom", "/custom");
      await Promise.all([main.connected(), custom.connected()]);
      custom.emit("kick");
      await custom.disconnected();
      await observer.seen("gone");
      await main.ask("ack", "still here");
    },
  },
  {
    name: "the server disconnects the only namespace",
    async run(stage) {
      const observer = await stage.observer();
      const a = stage.client("a");
      await a.connected();
      a.emit("kick");
      await a.disconnected();
      await observer.seen("gone");
    },
  },
  {
    name: "the server closes the connection under all namespaces",
    async run(stage) {
      const observer = await stage.observer();
      const main = stage.client("main");
      const custom = main.sibling("custom", "/custom");
      await Promise.all([main.connected(), custom.connected()]);
      custom.emit("cut");
      await Promise.all([main.disconnected(), custom.disconnected()]);
      await observer.seen("gone", 2);
    },
  },
  {
    name: "the server turns a client away while it connects",
    async run(stage) {
      const observer = await stage.observer();
      const a = stage.client("a", { auth: { turnAway: true, greet: true } });
      await a.disconnected();
      await observer.seen("gone");
    },
  },
  {
    name: "what was sent before a disconnect arrives, what comes after does not",
    async run(stage) {
      const a = stage.client("a");
      await a.connected();
      a.emit("last-words", (word) => stage.note("a", "ack", word));
      a.emit("echo", "too late");
      await a.disconnected();
    },
  },
  {
    name: "a client that was disconnected by the server may connect again",
    async run(stage) {
      const a = stage.client("a");
      await a.connected();
      a.emit("kick");
      await a.disconnected();
      a.socket.connect();
      await stage.transcript.until("a", "connect again", ([kind]) => kind === "connect", 2);
      await a.ask("ack", "back");
    },
  },
  {
    name: "a client whose line dropped comes back by itself, with what it wanted to say",
    async run(stage) {
      const a = stage.client("a", { reconnection: true, reconnectionDelay: 30, randomizationFactor: 0 });
      await a.connected();
      await a.ask("join", "room");
      a.socket.io.engine.close();
      await a.disconnected();
      a.emit("echo", "said while away");
      await a.seen("echo");
      await a.ask("rooms");
    },
  },
  {
    name: "the server shuts down",
    own: true,
    async run(stage) {
      const a = stage.client("a");
      const b = a.sibling("b", "/custom");
      const c = stage.client("c");
      await Promise.all([a, b, c].map((one) => one.connected()));
      if (stage.mode === "upgrade") await Promise.all([a, c].map(upgraded));
      // so that a poll waits: a client between two polls learns of it by an error
      await Promise.all([a, c].map((one) => one.settled()));
      await pause(50);
      a.emit("shutdown");
      await Promise.all([a, b, c].map((one) => one.disconnected()));
    },
  },
  {
    name: "clients that answer the heartbeat stay",
    server: "heartbeat",
    async run(stage) {
      const a = stage.client("a");
      await a.connected();
      await pause(2_000);
      await a.ask("ack", "alive");
    },
  },
  {
    name: "a client that does not answer the heartbeat is dropped",
    server: "heartbeat",
    modes: ["raw"],
    async run(stage) {
      const observer = await stage.observer();
      const socket = stage.rawWebSocket("socket");
      await socket.join(stage.tagged("socket"));
      await observer.seen("gone");
      await socket.closed();
      const session = stage.rawHttp("session");
      await session.join(stage.tagged("session"));
      await session.poll();
      await observer.seen("gone", 2);
      await session.poll();
    },
  },
  {
    name: "any packet in time of need puts the heartbeat's end off once",
    server: "heartbeat",
    modes: ["raw"],
    async run(stage) {
      const observer = await stage.observer();
      const socket = stage.rawWebSocket("socket");
      await socket.join(stage.tagged("socket"));
      await socket.until("ping", ([text]) => text === "2");
      await socket.send('42["echo","busy"]');
      await socket.closed();
      await observer.seen("gone");
    },
  },
  {
    name: "who never joins a namespace is dropped",
    server: "hasty",
    modes: ["raw"],
    async run(stage) {
      const socket = stage.rawWebSocket("socket");
      await socket.closed();
    },
  },
  {
    name: "who left every namespace may stay connected",
    server: "hasty",
    modes: ["raw"],
    async run(stage) {
      const socket = stage.rawWebSocket("socket");
      await socket.join();
      await socket.send("41");
      await pause(800);
      await socket.send("40");
      await socket.until("CONNECT again", ([text]) => `${text}`.startsWith("40"), 2);
    },
  },
  {
    name: "a message over the limit ends the connection",
    server: "small",
    async run(stage) {
      const observer = await stage.observer();
      const a = stage.client("a");
      await a.connected();
      if (stage.mode === "upgrade") await upgraded(a);
      await a.ask("ack", "x".repeat(900));
      a.emit("echo", "x".repeat(2_000));
      await a.disconnected();
      await observer.seen("gone");
    },
  },
];

function upgraded({ socket }) {
  const { engine } = socket.io;
  return engine.transport.name === "websocket" ? undefined : new Promise((done) => engine.once("upgrade", done));
}
