// CyberSim's wire with official clients of both its generations in one game, through a cut line and restarts of the
// server. Like its public UI, the newer one does not join its game again.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { Line } from "./line.mjs";
import { built } from "./server.mjs";
import { ask, next, open as openAt } from "./sockets.mjs";

const OLD = "client-2";
const NEW = "client-4";
const HASTE = { reconnectionDelay: 20, reconnectionDelayMax: 100 };
const ENTRY = [null, null];

describe("CyberSim", { timeout: 120_000 }, () => {
  for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
    test(`is played by old and new clients, ${transports.join(" to ")}`, async (t) => {
      const { url } = await table(t);
      const mitigations = await (await fetch(`${url}/mitigations`)).json();
      const both = mitigations.find(({ hq_cost, local_cost }) => hq_cost !== null && local_cost !== null);
      const [old, recent] = [openAt(t, OLD, url, transports), openAt(t, NEW, url, transports)];

      const made = (await ask(old, "createGame", "one game")).game;
      assert.deepEqual([made.budget, made.poll, made.logs], [7000, 40, null]);
      const places = mitigations.flatMap(({ is_hq, is_local }) => [is_hq, is_local]).filter(Boolean);
      assert.equal(made.mitigations.length, places.length);
      const joined = (await ask(recent, "joinGame", "one game", ...ENTRY)).game;
      assert.deepEqual(joined.mitigations.map(({ mitigation_id }) => mitigation_id), mitigations.map(({ id }) => id));
      assert.deepEqual(await ask(recent, "createGame", "one game", 6000, 55), { error: "Game id already exists!" });

      let told = Promise.all([next(old, "gameUpdated"), next(recent, "gameUpdated")]);
      const bought = (await ask(old, "changeMitigation", { id: both.id, type: "hq", value: true })).game;
      assert.equal(bought.budget, 7000 - both.hq_cost);
      const [[oldSees], [recentSees]] = await told;
      assert.deepEqual(oldSees, bought);
      assert.equal(state(recentSees, both), false);

      told = next(old, "gameUpdated");
      const rest = (await ask(recent, "changeMitigation", { id: both.id, value: true })).game;
      assert.deepEqual([rest.budget, state(rest, both)], [7000 - both.cost, true]);
      assert.ok((await told)[0].mitigations.filter((row) => row.mitigation_id === both.id).every((row) => row.state));

      told = next(recent, "gameUpdated");
      assert.equal((await ask(old, "startSimulation")).game.state, "SIMULATION");
      assert.equal((await told)[0].paused, false);
      assert.deepEqual(await ask(recent, "joinGame", "no game", ...ENTRY), { error: "Game not found!" });
      assert.equal((await ask(recent, "pauseSimulation")).game.paused, true);
    });
  }

  test("goes on where it was when a line was cut", async (t) => {
    const { url } = await table(t);
    const line = await Line.to(url);
    t.after(line.close);
    const [one, other] = [openAt(t, NEW, line.url, ["websocket"], HASTE), openAt(t, NEW, url, ["websocket"])];
    await ask(one, "createGame", "g", 6000, 55);
    await ask(other, "joinGame", "g", ...ENTRY);
    await ask(one, "startSimulation");
    const { id } = one;
    const gone = next(one, "disconnect");
    await line.cut();
    await gone;
    const { game } = await ask(other, "pauseSimulation");
    // what was missed, and the game as it is
    const told = [];
    const whole = new Promise((resolve) => one.on("gameUpdated", (game) => told.push(game) === 2 && resolve()));
    const back = next(one, "connect");
    line.mend();
    await Promise.all([back, whole]);
    assert.deepEqual([one.recovered, one.id], [true, id]);
    assert.deepEqual(told, [game, game]);
    assert.equal((await ask(one, "startSimulation")).game.paused, false);
  });

  for (const signal of ["SIGKILL", "SIGTERM"]) {
    test(`goes on when the server was started anew after ${signal}`, async (t) => {
      const server = await table(t);
      const old = openAt(t, OLD, server.url, ["websocket"], HASTE);
      const [one, silent] = [1, 2].map(() => openAt(t, NEW, server.url, ["polling", "websocket"], HASTE));
      // as the article's client does
      old.on("reconnect", () => old.emit("joinGame", "g", ({ game }) => old.listeners("joined")[0](game)));
      await ask(one, "createGame", "g", 6000, 55);
      await ask(one, "startSimulation");
      await ask(old, "joinGame", "g");
      // it has been told nothing yet, so it knows no offset
      const before = (await ask(silent, "joinGame", "g", ...ENTRY)).game;
      for (const restart of [1, 2]) {
        const joined = new Promise((resolve) => old.off("joined").on("joined", resolve));
        const told = Promise.all([next(one, "gameUpdated"), next(silent, "gameUpdated")]);
        await server.restart(signal);
        const [[first], [second]] = await told;
        assert.deepEqual([first.state, first.started_at], [before.state, before.started_at], `restart ${restart}`);
        assert.deepEqual(second, first);
        assert.equal((await joined).id, "g");
        const heard = Promise.all([next(old, "gameUpdated"), next(silent, "gameUpdated")]);
        const paused = (await ask(one, "pauseSimulation")).game;
        assert.equal(paused.paused, true);
        assert.ok((await heard).every(([game]) => game.paused && game.id === "g"));
        const going = Promise.all([next(old, "gameUpdated"), next(one, "gameUpdated")]);
        before.started_at = (await ask(silent, "startSimulation")).game.started_at;
        await going;
      }
    });
  }
});

const state = (game, { id }) => game.mitigations.find(({ mitigation_id }) => mitigation_id === id).state;

/** A server with CyberSim's wire, which can be ended and started again. */
async function table(t) {
  const data = await mkdtemp(join(tmpdir(), "chorus-cybersim-"));
  let { child, port } = await serve(data, 0);
  t.after(async () => {
    await end(child, "SIGKILL");
    await rm(data, { recursive: true });
  });
  const restart = async (signal) => {
    await end(child, signal);
    ({ child } = await serve(data, port));
  };
  return { url: `http://127.0.0.1:${port}`, restart };
}

async function end(child, signal) {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, "exit");
  }
}

async function serve(data, port) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PORT$|CHORUS_)/.test(name)));
  const classic = `cybersim=${port},scenario=demonstration`;
  const options = ["--listen", "127.0.0.1:0", "--log", "error", "--data", data, "--classic", classic];
  const child = spawn(built("chorus"), ["serve", ...options], { env, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface(child.stdout)) {
    port = line.match(/^CyberSim is on port (\d+)/)?.[1] ?? port;
    if (line.startsWith("Chorus is at")) return { child, port };
  }
  throw new Error("the server ended");
}
