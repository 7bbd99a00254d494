// Joining: auth, handshake, middleware, namespaces.

export const connecting = [
  {
    name: "connects without auth",
    async run(stage) {
      const a = stage.client("a", { auth: null });
      await a.connected();
      await a.ask("ack-nothing");
    },
  },
  {
    name: "the handshake carries auth, query, header and address",
    async run(stage) {
      const a = stage.client("a", {
        auth: { token: "t", deep: { list: [1, null, "ü"] } },
        query: { name: "zoë & co" },
        extraHeaders: { "x-test": "yes" },
      });
      await a.connected();
      await a.ask("handshake");
    },
  },
  {
    name: "auth given by a function is read at connect",
    async run(stage) {
      const a = stage.client("a", { auth: null, autoConnect: false });
      a.socket.auth = (give) => give({ greet: true, made: "late" });
      a.socket.connect();
      await a.seen("greeting");
    },
  },
  {
    name: "an event sent while connecting arrives after CONNECT",
    async run(stage) {
      const a = stage.client("a", { auth: { greet: true } });
      await a.seen("greeting");
      await a.settled();
    },
  },
  {
    name: "events emitted before connect are buffered in order",
    async run(stage) {
      const a = stage.client("a", {});
      for (let i = 0; i < 20; i++) a.emit("echo", i);
      await a.seen("echo", 20);
    },
  },
  {
    name: "middleware refuses with message and data",
    async run(stage) {
      for (const [i, data] of [undefined, null, 0, "text", { code: 7, list: [1] }].entries()) {
        const a = stage.client(`a${i}`, { auth: { refuse: "go away", data } });
        await a.connected();
      }
      const b = stage.client("b", { auth: { refuse: "" } });
      await b.connected();
    },
  },
  {
    name: "a refused client may try again with better auth",
    async run(stage) {
      const a = stage.client("a", { namespace: "/guarded" });
      await a.connected();
      a.socket.auth = { token: "open sesame" };
      a.socket.connect();
      await stage.transcript.until("a", "connect", ([kind]) => kind === "connect");
      await a.ask("ack", "in");
    },
  },
  {
    name: "a connection is refused by the request hook",
    async run(stage) {
      const a = stage.client("a", { query: { deny: "1" } });
      await a.connected();
    },
  },
  {
    name: "an unknown namespace is refused",
    async run(stage) {
      const a = stage.client("a", { namespace: "/nowhere" });
      await a.connected();
      const b = stage.client("b", { namespace: "/custom/deeper" });
      await b.connected();
    },
  },
  {
    name: "a custom namespace is not the main one",
    async run(stage) {
      const main = stage.client("main");
      const custom = stage.client("custom", { namespace: "/custom" });
      await Promise.all([main.connected(), custom.connected()]);
      custom.emit("announce", "custom only");
      await custom.seen("announced");
      await main.settled();
    },
  },
  {
    name: "many namespaces share one connection",
    async run(stage) {
      const main = stage.client("main");
      const many = [1, 2, 3, 4, 5].map((n) => main.sibling(`many-${n}`, `/many-${n}`, { greet: true }));
      const refused = main.sibling("refused", "/guarded");
      const unknown = main.sibling("unknown", "/unknown");
      await Promise.all([main, refused, unknown, ...many].map((one) => one.connected()));
      for (const one of many) for (let i = 0; i < 5; i++) one.emit("echo", one.tag, i);
      await Promise.all(many.map((one) => one.seen("echo", 5)));
      many[2].socket.disconnect();
      await many[2].disconnected();
      await Promise.all([main, many[0], many[4]].map((one) => one.ask("ack", "still here")));
    },
  },
  {
    name: "two sockets of one connection have two ids, and a new connection new ones",
    async run(stage) {
      const a = stage.client("a");
      const b = a.sibling("b", "/custom");
      await Promise.all([a.connected(), b.connected()]);
      const first = [a.socket.id, b.socket.id];
      stage.note("ids", "differ", first[0] !== first[1], "engine's own", first.includes(a.socket.io.engine.id));
      a.socket.disconnect();
      await b.settled();
      a.socket.connect();
      await stage.transcript.until("a", "connect again", ([kind]) => kind === "connect", 2);
      stage.note("ids", "new", !first.includes(a.socket.id));
    },
  },
  {
    name: "a client may leave a namespace and come back on the same connection",
    async run(stage) {
      const main = stage.client("main");
      const custom = main.sibling("custom", "/custom");
      await Promise.all([main.connected(), custom.connected()]);
      for (let round = 0; round < 3; round++) {
        custom.socket.disconnect();
        await main.settled();
        custom.socket.connect();
        await stage.transcript.until("custom", "connect", ([kind]) => kind === "connect", round + 2);
        await custom.ask("ack", round);
      }
      await main.ask("ack", "undisturbed");
    },
  },
];
