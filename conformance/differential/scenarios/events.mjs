// Events: every kind of argument, order, size.

const nested = (depth) => {
  let value = "core";
  for (let i = 0; i < depth; i++) value = i % 2 ? { inner: value } : [value];
  return value;
};

const bytes = (length, step = 7) => Uint8Array.from({ length }, (_, i) => (i * step) & 255);

const KINDS = {
  nothing: [],
  "undefined and null": [undefined, null, { gone: undefined, kept: null }, [undefined]],
  "truth values": [true, false],
  numbers: [0, -0, 1, -1, 1.5, 1e21, 1e-7, 9007199254740991, -9007199254740991, 0.1, 123456789012345680000, NaN, Infinity],
  strings: ["", " ", "plain", 'quo"ted', "back\\slash", "tab\t newline\n return\r", "\u0000\u001f\u007f", "</script>", "\u2028\u2029"],
  unicode: ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "👩‍👩‍👧‍👦", "𝒳", "\ufeffbom", "e\u0301", "\uffff"],
  "record separators": ["a\u001eb", "\u001e", ["\u001e\u001e"]],
  "lone surrogates": ["\ud800", "a\udfffb", { "\udc00": 1 }],
  structures: [{}, [], [[]], { a: { b: { c: [1, { d: null }] } } }, [1, [2, [3, [4]]]]],
  "awkward keys": [{ "": 1, "a b": 2, 'q"': 3, __proto__x: 4, constructor: 5, 1: 6, "ключ": 7 }],
  "depth 100": [nested(100)],
  dates: [new Date(0), { at: new Date(1_700_000_000_123) }],
  "many arguments": Array.from({ length: 50 }, (_, i) => i),
  "looks like a packet": ["42[\"echo\"]", "2probe", "451-[]", { type: 2, nsp: "/", data: [] }],
  "looks like a placeholder": [{ placeholder: true, num: 0 }, { _placeholder: false, num: 0 }],
  "a Buffer": [Buffer.from([1, 2, 3])],
  "no bytes": [new Uint8Array(0)],
  "an ArrayBuffer": [bytes(5).buffer],
  "a view into a larger buffer": [bytes(10).subarray(3, 6)],
  "bytes between text": ["before", bytes(4), "after", bytes(3, 5)],
  "bytes deep inside": [{ list: [bytes(2), { more: [bytes(1)] }], text: "and text" }, bytes(3)],
  "the same bytes twice": ((same) => [same, { same }])(bytes(6)),
  "ten attachments": Array.from({ length: 10 }, (_, i) => bytes(i + 1)),
  "bytes and null": [null, bytes(2), undefined],
  "all byte values": [bytes(256, 1)],
};

export const events = [
  ...Object.entries(KINDS).map(([kind, args]) => ({
    name: `echoes ${kind}`,
    async run(stage) {
      const a = stage.client("a");
      a.emit("echo", ...args);
      await a.seen("echo");
      await a.ask("ack", ...args);
    },
  })),
  {
    name: "a client without binary frames gets and sends base64",
    async run(stage) {
      const a = stage.client("a", { forceBase64: true });
      a.emit("echo", "text", bytes(3), { more: bytes(4) });
      await a.seen("echo");
      await a.ask("ack", bytes(5));
    },
  },
  {
    name: "echoes big text",
    async run(stage) {
      const a = stage.client("a");
      for (const size of [125, 126, 65_535, 65_536, 200_000, 900_000]) a.emit("echo", "ü".repeat(size / 2));
      await a.seen("echo", 6);
    },
  },
  {
    name: "echoes big bytes",
    async run(stage) {
      const a = stage.client("a");
      for (const size of [125, 126, 65_535, 65_536, 200_000, 700_000]) a.emit("echo", size, bytes(size));
      await a.seen("echo", 6);
    },
  },
  {
    name: "compressed messages are echoed",
    server: "deflating",
    modes: ["websocket", "upgrade"],
    async run(stage) {
      const a = stage.client("a", { perMessageDeflate: { threshold: 0 } });
      for (const size of [0, 1, 100, 1_023, 1_024, 5_000, 60_000]) {
        a.emit("echo", "ü".repeat(size), bytes(size));
        a.emit("announce", { size, text: "ä".repeat(size) });
      }
      await a.seen("announced", 7);
      await a.settled();
    },
  },
  {
    name: "names of events may be anything but the reserved ones",
    async run(stage) {
      const a = stage.client("a");
      await a.connected();
      for (const name of ["", "with space", "ünï", "42", "constructor", "__proto__", "error", "ping", "open"]) {
        a.emit(name, "nobody listens");
      }
      await a.ask("ack", "alive");
    },
  },
  {
    name: "an event nobody handles is ignored, its ack never comes",
    async run(stage) {
      const a = stage.client("a");
      await a.connected();
      const outcome = await a.socket.timeout(150).emitWithAck("unheard", 1).then(
        () => "acked",
        (error) => error.message,
      );
      stage.note("a", "outcome", outcome);
      await a.ask("ack", "alive");
    },
  },
  {
    name: "send is message",
    async run(stage) {
      const a = stage.client("a");
      a.socket.send("one", { two: 2 });
      a.socket.send(bytes(3));
      await a.seen("message", 2);
    },
  },
  {
    name: "an event may have several handlers, and a catch-all before them",
    async run(stage) {
      const a = stage.client("a");
      a.emit("handled twice");
      await a.seen("handled", 2);
      a.emit("watched", 1, { two: bytes(2) });
      await a.seen("handled", 3);
      a.emit("watched");
      await a.seen("handled", 4);
    },
  },
  {
    name: "volatile events arrive when nothing is in their way",
    modes: ["websocket"],
    async run(stage) {
      const a = stage.client("a");
      await a.connected();
      a.socket.volatile.emit("echo", "from the client");
      await a.seen("echo");
      a.emit("echo-volatile", "from the server", bytes(2));
      await a.seen("echo", 2);
    },
  },
  {
    name: "a burst from the client keeps its order",
    async run(stage) {
      const a = stage.client("a");
      for (let i = 0; i < 500; i++) a.emit("echo", i, i % 50 === 0 ? bytes(3) : "text");
      await a.seen("echo", 500);
    },
  },
  {
    name: "a burst from the server keeps its order",
    async run(stage) {
      const a = stage.client("a");
      a.emit("burst", 300, "x");
      a.emit("burst", 30, "y".repeat(5_000));
      await a.seen("burst", 330);
      await a.ask("ack", "after the burst");
    },
  },
  {
    name: "bursts both ways during the upgrade lose and swap nothing",
    modes: ["upgrade"],
    async run(stage) {
      const a = stage.client("a");
      await a.connected();
      for (let wave = 0; wave < 20; wave++) {
        a.emit("burst", 5, wave);
        a.emit("echo", wave, wave % 3 === 0 ? bytes(2) : null);
        await new Promise((next) => setImmediate(next));
      }
      await Promise.all([a.seen("burst", 100), a.seen("echo", 20)]);
      stage.note("end", a.socket.io.engine.transport.name);
    },
  },
  {
    name: "catch-all listeners of the client see what passes",
    async run(stage) {
      const a = stage.client("a");
      a.socket.prependAny((event) => stage.note("first", event));
      a.socket.onAnyOutgoing((event, ...args) => stage.note("outgoing", event, args.length));
      await a.connected();
      a.emit("echo", 1, 2);
      a.emit("message", "m");
      await a.seen("message");
    },
  },
];
