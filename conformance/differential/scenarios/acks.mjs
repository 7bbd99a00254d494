// Acknowledgements, both ways.

const bytes = (...values) => Uint8Array.from(values);

export const acks = [
  {
    name: "the server acks with no, one and several arguments",
    async run(stage) {
      const a = stage.client("a");
      await a.ask("ack-nothing");
      await a.ask("ack", "one");
      await a.ask("ack", 1, "two", { three: [3] }, null, undefined);
    },
  },
  {
    name: "the server acks with bytes",
    async run(stage) {
      const a = stage.client("a");
      await a.ask("ack", bytes(1, 2, 3));
      await a.ask("ack", "text", { deep: [bytes(4), bytes(5, 6)] }, bytes());
    },
  },
  {
    name: "acks may overtake each other",
    async run(stage) {
      const a = stage.client("a");
      await a.connected();
      await Promise.all([a.ask("ack-late", 120), a.ask("ack-late", 10), a.ask("ack", "now")]);
    },
  },
  {
    name: "an ack that comes too late is a timeout for the client, and then ignored",
    async run(stage) {
      const a = stage.client("a");
      await a.connected();
      const late = await a.socket.timeout(50).emitWithAck("ack-late", 150).catch((error) => error.message);
      stage.note("a", "outcome", late);
      const early = await a.socket.timeout(2_000).emitWithAck("ack-late", 150);
      stage.note("a", "outcome", early);
    },
  },
  {
    name: "many acks in flight come to the right callers",
    async run(stage) {
      const a = stage.client("a");
      await Promise.all(Array.from({ length: 200 }, (_, i) => a.ask("ack", i)));
    },
  },
  {
    name: "the client acks with no, one and several arguments",
    async run(stage) {
      for (const [i, answer] of [[], ["one"], [1, { two: 2 }, null, undefined, [3]]].entries()) {
        const a = stage.client(`a${i}`);
        a.answer("question", ...answer);
        a.emit("ask", "how many?", i);
        await a.seen("answered");
      }
    },
  },
  {
    name: "the client acks with bytes, and is asked with bytes",
    async run(stage) {
      const a = stage.client("a");
      a.answer("question", bytes(9, 8), { more: bytes(7) });
      a.emit("ask", bytes(1), "and", bytes(2));
      await a.seen("answered");
    },
  },
  {
    name: "the server's questions time out when nobody answers",
    async run(stage) {
      const a = stage.client("a");
      a.emit("ask-in-vain", 100);
      await a.seen("asked");
      await a.ask("ack", "alive");
    },
  },
  {
    name: "several questions of the server are open at once",
    async run(stage) {
      const a = stage.client("a");
      a.socket.on("question", (n, ack) => setTimeout(() => ack(n), 40 - 10 * n));
      a.emit("ask-several");
      await a.seen("answered");
    },
  },
  {
    name: "an answer that a handler waits for finds its way past many events",
    async run(stage) {
      const a = stage.client("a");
      a.socket.on("question", (ack) => ack("answer"));
      a.emit("ask");
      for (let i = 0; i < 400; i++) a.emit("ack", i, () => {});
      await a.seen("answered");
      await a.settled();
    },
  },
  {
    name: "acks work in custom namespaces",
    async run(stage) {
      const a = stage.client("a", { namespace: "/custom" });
      a.answer("question", "from custom", bytes(1));
      await a.ask("ack", "to custom", bytes(2));
      a.emit("ask");
      await a.seen("answered");
    },
  },
  {
    name: "the client's retries are answered once each",
    async run(stage) {
      const a = stage.client("a", { retries: 3, ackTimeout: 1_000 });
      await Promise.all([a.ask("ack", 1), a.ask("ack", 2), a.ask("ack", 3)]);
    },
  },
];
