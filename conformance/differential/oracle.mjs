// The oracle: npm `socket.io` with the handlers that `../src/bin/differential.rs` has too. Keep the two in step.

import { createServer } from "node:http";
import { Server } from "socket.io";

const knob = (name, value) => Number(process.env[name] ?? value);

const http = createServer((request, response) => response.writeHead(404).end());
const io = new Server(http, {
  cors: { origin: "*" },
  pingInterval: knob("PING_INTERVAL", 25_000),
  pingTimeout: knob("PING_TIMEOUT", 20_000),
  upgradeTimeout: knob("UPGRADE_TIMEOUT", 10_000),
  connectTimeout: knob("CONNECT_TIMEOUT", 45_000),
  maxHttpBufferSize: knob("MAX_HTTP_BUFFER_SIZE", 1e6),
  perMessageDeflate: process.env.PER_MESSAGE_DEFLATE === "1",
  allowEIO3: process.env.ALLOW_EIO3 === "1",
  allowRequest: (request, decide) =>
    new URL(request.url, "http://unused").searchParams.has("deny") ? decide("denied", false) : decide(null, true),
});

const refusal = (message, data) => Object.assign(new Error(message), { data });

io.use((socket, next) => {
  const { refuse, data } = socket.handshake.auth;
  next(refuse === undefined ? undefined : refusal(refuse, data));
});

io.of("/guarded").use(async (socket, next) => {
  await new Promise((done) => setTimeout(done, 10));
  const { token } = socket.handshake.auth;
  next(token === "open sesame" ? undefined : refusal("not allowed", { code: 7, needs: ["token"] }));
});

io.of("/observe").on("connection", (socket) => socket.join(socket.handshake.auth.play));

for (const name of ["/", "/guarded", "/custom", "/many-1", "/many-2", "/many-3", "/many-4", "/many-5"]) {
  const namespace = io.of(name);
  namespace.on("connection", (socket) => converse(namespace, socket));
}

function converse(namespace, socket) {
  const { auth } = socket.handshake;
  const observers = io.of("/observe").to(auth.play);
  socket.on("disconnecting", () => {
    if (auth.tag) observers.emit("leaving", auth.tag, roomsOf(socket));
  });
  socket.on("disconnect", (reason) => {
    if (auth.tag) observers.emit("gone", namespace.name, auth.tag, reason, roomsOf(socket));
  });

  // Events and acks.
  socket.onAny((event, ...args) => {
    if (event === "watched") socket.emit("seen", ...args);
  });
  socket.on("watched", (...args) => socket.emit("handled", ...args));
  socket.on("handled twice", () => socket.emit("handled", "first"));
  socket.on("handled twice", () => socket.emit("handled", "second"));
  socket.on("echo-volatile", (...args) => socket.volatile.emit("echo", ...args));
  socket.on("echo", (...args) => socket.emit("echo", ...args));
  socket.on("message", (...args) => socket.send(...args));
  socket.on("burst", (count, padding) => {
    for (let i = 0; i < count; i++) socket.emit("burst", i, padding);
  });
  socket.on("ack", (...args) => args.pop()(...args));
  socket.on("ack-nothing", (ack) => ack());
  socket.on("ack-late", (ms, ack) => setTimeout(() => ack("late"), ms));
  socket.on("ask", (...args) =>
    socket.emit("question", ...args, (...answer) => socket.emit("answered", ...answer)));
  socket.on("ask-several", async () =>
    socket.emit("answered", ...(await Promise.all([1, 2, 3].map((n) => socket.emitWithAck("question", n))))));
  socket.on("ask-in-vain", async (ms) => {
    const outcome = await socket.timeout(ms).emitWithAck("question").then(() => "answered", () => "timed out");
    socket.emit("asked", outcome);
  });
  socket.on("handshake", (ack) => {
    const { headers, query, address, time } = socket.handshake;
    ack({
      auth,
      query: query.name ?? null,
      header: headers["x-test"] ?? null,
      address,
      recent: Math.abs(Date.now() - Date.parse(time)) < 60_000,
    });
  });

  // Rooms.
  socket.on("join", (rooms, ack) => {
    socket.join(rooms);
    ack();
  });
  socket.on("leave", (room, ack) => {
    socket.leave(room);
    ack();
  });
  socket.on("rooms", (ack) => ack(roomsOf(socket)));
  socket.on("room-size", async (room, ack) => ack((await namespace.in(room).fetchSockets()).length));
  socket.on("say", (to, except, payload, ack) => {
    socket.to(to).except(except).emit("said", payload);
    ack();
  });
  socket.on("tell", (to, except, payload, ack) => {
    namespace.to(to).except(except).emit("told", payload);
    ack();
  });
  socket.on("tell-volatile", (to, payload, ack) => {
    namespace.to(to).volatile.emit("told", payload);
    ack();
  });
  socket.on("shout", (payload, ack) => {
    socket.broadcast.emit("shouted", payload);
    ack();
  });
  socket.on("announce", (payload) => namespace.emit("announced", payload));

  // Endings.
  socket.on("kick", () => socket.disconnect());
  socket.on("cut", () => socket.disconnect(true));
  socket.on("last-words", (ack) => {
    socket.emit("farewell", 1);
    ack("farewell");
    socket.emit("farewell", 2);
    socket.disconnect();
  });
  socket.on("shutdown", () => io.close());

  if (auth.greet) socket.emit("greeting", auth);
  if (auth.turnAway) socket.disconnect();
}

/** The rooms besides the one named by its id. */
function roomsOf(socket) {
  return [...socket.rooms].filter((room) => room !== socket.id).sort();
}

http.listen(knob("PORT", 0), process.env.HOST ?? "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});
process.on("SIGTERM", () => process.exit(0));
