// Rooms and broadcasts, two and three clients.

async function three(stage) {
  const all = ["a", "b", "c"].map((tag) => stage.client(tag));
  await Promise.all(all.map((one) => one.connected()));
  return all;
}

const settled = (clients) => Promise.all(clients.map((one) => one.settled()));

export const rooms = [
  {
    name: "join and leave show in the socket's rooms",
    async run(stage) {
      const a = stage.client("a");
      await a.ask("rooms");
      await a.ask("join", ["blue", "red", "blue"]);
      await a.ask("join", "green");
      await a.ask("rooms");
      await a.ask("leave", "red");
      await a.ask("leave", "never joined");
      await a.ask("rooms");
    },
  },
  {
    name: "a room reaches its members, once each",
    async run(stage) {
      const [a, b, c] = await three(stage);
      await a.ask("join", ["left", "both"]);
      await b.ask("join", ["right", "both"]);
      await c.ask("tell", "left", [], "left");
      await c.ask("tell", ["left", "right"], [], "left and right");
      await c.ask("tell", ["left", "right", "both"], [], "union");
      await c.ask("tell", "nobody", [], "nobody");
      await c.ask("tell", [], [], "everyone");
      await settled([a, b, c]);
    },
  },
  {
    name: "a sender is left out of what it says, and not of what the namespace tells",
    async run(stage) {
      const [a, b, c] = await three(stage);
      for (const one of [a, b, c]) await one.ask("join", "room");
      await a.ask("say", "room", [], "said");
      await a.ask("tell", "room", [], "told");
      await a.ask("shout", "shouted");
      a.emit("announce", "announced");
      await a.settled();
      await settled([b, c]);
    },
  },
  {
    name: "except leaves rooms out",
    async run(stage) {
      const [a, b, c] = await three(stage);
      await a.ask("join", ["all", "quiet"]);
      await b.ask("join", ["all", "busy"]);
      await c.ask("join", ["all"]);
      await a.ask("tell", "all", "quiet", "not quiet");
      await a.ask("tell", "all", ["quiet", "busy"], "neither");
      await a.ask("tell", [], "busy", "everyone but busy");
      await b.ask("say", "all", "quiet", "said, not quiet");
      await settled([a, b, c]);
    },
  },
  {
    name: "a socket's id is its room",
    async run(stage) {
      const [a, b, c] = await three(stage);
      await a.ask("tell", b.socket.id, [], "to b");
      await a.ask("say", [b.socket.id, c.socket.id], [], "to b and c");
      await a.ask("tell", [], a.socket.id, "all but a");
      await settled([a, b, c]);
    },
  },
  {
    name: "who left gets nothing more",
    async run(stage) {
      const [a, b, c] = await three(stage);
      for (const one of [a, b, c]) await one.ask("join", "room");
      await a.ask("tell", "room", [], 1);
      await b.ask("leave", "room");
      await a.ask("tell", "room", [], 2);
      await a.ask("room-size", "room");
      await settled([a, b, c]);
    },
  },
  {
    name: "a closed connection leaves its rooms",
    async run(stage) {
      const observer = await stage.observer();
      const [a, b] = await three(stage);
      for (const one of [a, b]) await one.ask("join", "closing room");
      await a.ask("room-size", "closing room");
      b.socket.disconnect();
      await observer.seen("gone");
      await a.ask("room-size", "closing room");
    },
  },
  {
    name: "rooms of two namespaces with one name are two rooms",
    async run(stage) {
      const main = stage.client("main");
      const custom = main.sibling("custom", "/custom");
      await Promise.all([main.connected(), custom.connected()]);
      await main.ask("join", "same");
      await custom.ask("join", "same");
      await main.ask("tell", "same", [], "main");
      await custom.ask("tell", "same", [], "custom");
      await settled([main, custom]);
    },
  },
  {
    name: "a broadcast carries bytes to all",
    async run(stage) {
      const [a, b, c] = await three(stage);
      a.emit("announce", { picture: Uint8Array.from([1, 2, 3]), text: "ü" });
      await a.ask("shout", [Uint8Array.from([4]), Uint8Array.from([5])]);
      await settled([a, b, c]);
    },
  },
  {
    name: "broadcasts of one sender arrive in order at all",
    async run(stage) {
      const [a, b, c] = await three(stage);
      for (let i = 0; i < 100; i++) a.emit("announce", i % 10 === 0 ? { i, bytes: Uint8Array.from([i]) } : i);
      await Promise.all([a, b, c].map((one) => one.seen("announced", 100)));
    },
  },
  {
    name: "volatile events reach who is ready",
    modes: ["websocket"],
    async run(stage) {
      const [a, b] = await three(stage);
      await b.ask("join", "room");
      await b.settled();
      await a.ask("tell-volatile", "room", "now");
      await b.settled();
    },
  },
];
