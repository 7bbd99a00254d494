// One scenario, played by the official JavaScript client of every generation over every transport.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { start } from "./server.mjs";
import { ask, next, open as openAt } from "./sockets.mjs";

const CLIENTS = ["client-1", "client-2", "client-3", "client-4.0", "client-4"];
const TRANSPORTS = [["polling"], ["websocket"], ["polling", "websocket"]];
const HEARTBEAT = { PING_INTERVAL: "500", PING_TIMEOUT: "3000" };
// twice as long as a client lives whose pings or pongs are lost
const LONG = 7_500;

let server;
let beating;

before(async () => {
  [server, beating] = await Promise.all([start(), start(HEARTBEAT)]);
});

after(() => [server, beating].forEach(({ stop }) => stop()));

const open = (t, client, transports, path = "", options = {}) =>
  openAt(t, client, server.url + path, transports, options);

describe("clients", { concurrency: 5, timeout: 60_000 }, () => {
  for (const client of CLIENTS) {
    for (const transports of TRANSPORTS) {
      describe(`${client}, ${transports.join(" to ")}`, () => {
        // socket.io-client 1 encodes polling text in UTF-8 twice: also to Node's server
        const text = client === "client-1" && transports[0] === "polling" ? "plain" : "Ä € 💩 てすと";

        test("talks", async (t) => {
          const socket = open(t, client, transports);
          await next(socket, "connect");
          const value = { a: ["x", 1, null, true, { b: text }] };
          assert.deepEqual(await ask(socket, "echo", value), value);
          for (let n = 0; n < 50; n++) socket.emit("echo", n, () => {});
          assert.equal(await ask(socket, "echo", "last"), "last");

          socket.emit("buffa", Buffer.from([0, 1, 255]));
          await next(socket, "buffack");
          socket.emit("blob", Buffer.from([4, 0, 30, 255]));
          const [bytes] = await next(socket, "back");
          assert.deepEqual([...Buffer.from(bytes)], [4, 0, 30, 255]);

          socket.once("ack", (answer) => answer(5, { test: true }));
          socket.emit("ack");
          await next(socket, "got it");

          const { engine } = socket.io;
          if (engine.transport.name !== transports.at(-1)) await next(engine, "upgrade");
          assert.equal(engine.transport.name, transports.at(-1));
          assert.equal(await ask(socket, "echo", "last of all"), "last of all");
        });

        test("meets others in rooms", async (t) => {
          const [one, two] = [open(t, client, transports), open(t, "client-4", ["websocket"])];
          await Promise.all([next(one, "connect"), next(two, "connect")]);
          const room = `${client}-${transports.join("-")}`;
          await Promise.all([ask(one, "join", room), ask(two, "join", room)]);
          const heard = Promise.all([next(one, "room-msg"), next(two, "room-msg")]);
          await ask(two, "room", room, { text: "hello" });
          for (const [message] of await heard) assert.deepEqual(message, { text: "hello" });
        });

        test("is let into namespaces or is told why not", async (t) => {
          const foo = open(t, client, transports, "/foo");
          await next(foo, "connect");
          assert.equal(typeof (await ask(foo, "getId")), "string");
          // before 3, a refusal is an `error` with the message or the data
          const event = /-[12]$/.test(client) ? "error" : "connect_error";
          const words = async (path) => {
            const [error] = await next(open(t, client, transports, path, { reconnection: false }), event);
            return error.message ?? error;
          };
          assert.equal(await words("/nowhere"), "Invalid namespace");
          assert.equal(await words("/no"), "Auth failed (custom namespace)");
        });

        test("learns that the connection is gone", async (t) => {
          const socket = open(t, client, transports, "", { reconnection: false });
          await next(socket, "connect");
          const gone = next(socket, "disconnect");
          socket.io.engine.close();
          assert.match((await gone)[0], /forced close|transport close/);
        });
      });
    }
  }
});

describe("heartbeats", { concurrency: CLIENTS.length * TRANSPORTS.length, timeout: 60_000 }, () => {
  for (const client of CLIENTS) {
    for (const transports of TRANSPORTS) {
      test(`keep ${client} alive, ${transports.join(" to ")}`, async (t) => {
        const socket = openAt(t, client, beating.url, transports);
        await next(socket, "connect");
        const { id } = socket;
        await pause(LONG);
        assert.equal(await ask(socket, "echo", "alive"), "alive");
        assert.equal(socket.id, id);
      });
    }
  }
});
