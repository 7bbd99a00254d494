// Connection state recovery with the unmodified official client, whose line to the server is cut meanwhile.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Line } from "./line.mjs";
import { start } from "./server.mjs";
import { ask, next, open } from "./sockets.mjs";

const CLIENT = "client-4";
const TRANSPORTS = [["polling"], ["websocket"], ["polling", "websocket"]];
const HASTE = { reconnectionDelay: 20, reconnectionDelayMax: 50 };
const MISSED = 100;
const KEPT = 300;

let server;
let forgetful;

before(async () => {
  [server, forgetful] = await Promise.all([start(), start({ RECOVERY_MS: String(KEPT) })]);
});

after(() => [server, forgetful].forEach(({ stop }) => stop()));

describe("recovery", { concurrency: 5, timeout: 60_000 }, () => {
  for (const transports of TRANSPORTS) {
    describe(transports.join(" to "), () => {
      test("brings back the id, the rooms, the data and what was missed, once and in order", async (t) => {
        const { line, one, other, room, heard } = await cast(t, transports);
        const before = await ask(one, "whoami");
        await cut(line, one, other, transports);
        for (let n = 0; n < MISSED; n++) {
          await ask(other, "room", room, n);
          if (n % 10 === 0) await ask(other, "room", "elsewhere", n);
        }
        await mend(line, one);

        assert.equal(one.recovered, true);
        const after = await ask(one, "whoami");
        assert.deepEqual(after, { ...before, recovered: true });
        assert.deepEqual(after.rooms.toSorted(), [one.id, room].toSorted());
        assert.deepEqual(after.data, { value: { name: room } });
        await ask(other, "room", room, "live again");
        await ask(one, "whoami");
        assert.deepEqual(heard, ["first", ...Array(MISSED).keys(), "live again"]);
      });

      test("works again and again", async (t) => {
        const { line, one, other, room, heard } = await cast(t, transports);
        const { id } = one;
        for (const n of [1, 2, 3]) {
          await cut(line, one, other, transports);
          await ask(other, "room", room, n);
          await mend(line, one);
          await ask(one, "whoami");
          assert.deepEqual([one.recovered, one.id], [true, id]);
        }
        assert.deepEqual(heard, ["first", 1, 2, 3]);
      });

      test("is refused to who comes too late", async (t) => {
        const { line, one, other, room, heard } = await cast(t, transports, forgetful);
        const { id } = one;
        await cut(line, one, other, transports);
        await ask(other, "room", room, "missed");
        await pause(2 * KEPT);
        await mend(line, one);
        await assertNew(one, id);
        assert.deepEqual(heard, ["first"]);
      });
    });
  }

  test("is refused to who presents what is not his", async (t) => {
    const { line, one, other, room } = await cast(t, ["websocket"]);
    const { id, _pid: pid, _lastOffset: offset } = one;
    const forge = async (auth) => {
      const forger = open(t, CLIENT, server.url, ["websocket"], { auth });
      const heard = listen(forger);
      await next(forger, "connect");
      await assertNew(forger, id);
      assert.deepEqual(heard, []);
    };
    await forge({ pid, offset });
    await cut(line, one, other, ["websocket"]);
    await ask(other, "room", room, "missed");
    await forge({ pid: "invented", offset });
    await forge({ pid: id, offset });
    await forge({ pid: other._pid, offset });
    await forge({ pid, offset: "invented" });
    await forge({ pid });
    await forge({ pid: [pid], offset: { offset } });
    await mend(line, one);
    assert.deepEqual([one.recovered, one.id], [true, id]);
  });

  test("is granted to one alone, where Node lets in as many as ask at once", async (t) => {
    const { line, one, other } = await cast(t, ["websocket"]);
    const { id, _pid: pid, _lastOffset: offset } = one;
    await cut(line, one, other, ["websocket"]);
    const all = Array.from({ length: 5 }, () =>
      open(t, CLIENT, server.url, ["websocket"], { auth: { pid, offset } }));
    await Promise.all(all.map((socket) => next(socket, "connect")));
    const seen = await Promise.all(all.map((socket) => ask(socket, "whoami")));
    assert.equal(seen.filter((one) => one.id === id && one.recovered).length, 1);
    assert.equal(new Set(seen.map((one) => one.id)).size, seen.length);
  });

  test("is not for who left of his own accord, nor for who has heard nothing yet", async (t) => {
    const { one, other } = await cast(t, ["websocket"]);
    const { id } = one;
    one.disconnect().connect();
    await next(one, "connect");
    await assertNew(one, id);

    const line = await Line.to(server.url);
    t.after(line.close);
    const silent = open(t, CLIENT, line.url, ["websocket"], HASTE);
    await next(silent, "connect");
    const silentId = silent.id;
    await cut(line, silent, other, ["websocket"]);
    await mend(line, silent);
    await assertNew(silent, silentId);
  });
});

/** One at the end of a line, who has joined a room and heard a message there, and another who can speak into it. */
async function cast(t, transports, { url } = server) {
  const line = await Line.to(url);
  t.after(line.close);
  const one = open(t, CLIENT, line.url, transports, HASTE);
  const other = open(t, CLIENT, url, ["websocket"]);
  const heard = listen(one);
  await Promise.all([next(one, "connect"), next(other, "connect")]);
  await upgraded(one, transports);
  const room = `room of ${one.id}`;
  await ask(one, "join", room);
  await ask(one, "set-data", { name: room });
  await ask(other, "room", room, "first");
  await ask(one, "whoami");
  return { line, one, other, room, heard };
}

/** What comes to a room, without the offset that the server adds. */
function listen(socket) {
  const heard = [];
  socket.on("room-msg", (message) => heard.push(message));
  return heard;
}

async function upgraded({ io: { engine } }, transports) {
  if (engine.transport.name !== transports.at(-1)) await next(engine, "upgrade");
}

/** Cuts the line when the server is sure to notice. */
async function cut(line, socket, other, transports) {
  const gone = next(socket, "disconnect");
  await upgraded(socket, transports);
  await ask(socket, "whoami");
  if (transports.at(-1) === "polling") {
    await line.parked();
    // hyper drops a request that comes together with the end of its connection
    for (let n = 0; n < 20; n++) await ask(other, "whoami");
  }
  await line.cut();
  assert.match((await gone)[0], /^transport (close|error)$/);
}

async function mend(line, socket) {
  const back = next(socket, "connect");
  line.mend();
  await back;
}

async function assertNew(socket, oldId) {
  assert.equal(socket.recovered, false);
  assert.notEqual(socket.id, oldId);
  assert.deepEqual(await ask(socket, "whoami"), { id: socket.id, rooms: [socket.id], recovered: false, data: {} });
}
