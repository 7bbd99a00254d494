// One scenario, played by the official JavaScript client of every generation over every transport.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const BINARY = process.env.RECOVERY_BIN ?? fileURLToPath(new URL("../../target/debug/recovery", import.meta.url));
const CLIENTS = ["client-1", "client-2", "client-3", "client-4.0", "client-4"];
const TRANSPORTS = [["polling"], ["websocket"], ["polling", "websocket"]];

let server;
let url;

before(async () => {
  server = spawn(BINARY, { env: { ...process.env, PORT: "0" }, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(server.stdout, "data");
  url = String(line).match(/http:\S+/)[0];
});

after(() => server.kill());

/** A connection; what it opened is closed at the end of the test. */
function open(t, client, transports, path = "", options = {}) {
  const library = require(client);
  const socket = (library.io ?? library)(url + path, { transports, forceNew: true, ...options });
  t.after(() => socket.close());
  return socket;
}

/** The arguments of the next event of that name. */
const next = (socket, event) =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ${event} in time`)), 5000);
    socket.once(event, (...args) => {
      clearTimeout(late);
      resolve(args);
    });
  });

/** The answer to an event. */
const ask = (socket, ...args) =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer to ${args[0]}`)), 5000);
    socket.emit(...args, (answer) => {
      clearTimeout(late);
      resolve(answer);
    });
  });

describe("clients", { concurrency: 5 }, () => {
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

          // the heartbeat, in whichever direction, has gone by
          await new Promise((resolve) => setTimeout(resolve, 2200));
          assert.equal(await ask(socket, "echo", "alive"), "alive");
          const expected = transports.at(-1);
          assert.equal(socket.io.engine.transport.name, expected);
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
