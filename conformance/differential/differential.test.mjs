// Plays every scenario on npm `socket.io` and on Chorus, and demands equal transcripts.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { differences } from "./differences.mjs";
import { scenarios, servers } from "./scenarios.mjs";
import { parties, start } from "./servers.mjs";
import { Stage } from "./stage.mjs";

const SIDES = ["oracle", "subject"];
const shared = { oracle: {}, subject: {} };

before(async () => {
  await Promise.all(
    SIDES.flatMap((side) =>
      Object.entries(servers).map(async ([name, knobs]) => {
        shared[side][name] = await start(parties[side], knobs);
      }),
    ),
  );
});

after(() => Promise.all(SIDES.flatMap((side) => Object.values(shared[side]).map((server) => server.stop()))));

test("every deliberate difference belongs to a scenario", () => {
  const names = new Set(scenarios.map(({ name }) => name));
  assert.deepEqual(differences.filter(({ scenario }) => !names.has(scenario)), []);
});

for (const scenario of scenarios) {
  describe(scenario.name, () => {
    for (const mode of scenario.modes) {
      test(mode, async () => {
        const [oracle, subject] = await Promise.all(SIDES.map((side) => play(scenario, mode, side)));
        const report = unequal(expected(scenario.name, oracle), subject);
        if (report.length > 0) throw failure(report.join("\n"));
      });
    }
  });
}

async function play(scenario, mode, side) {
  const server = scenario.own ? await start(parties[side], servers[scenario.server]) : shared[side][scenario.server];
  const stage = new Stage(server.url, mode, `${scenario.name}, ${mode}`);
  try {
    await scenario.run(stage);
    return stage.transcript.toJSON();
  } catch (error) {
    throw failure(`${side}: ${error.message}`);
  } finally {
    stage.close();
    if (scenario.own) await server.stop();
  }
}

/** An error without a stack: the words say it all. */
function failure(message) {
  const error = new Error(message);
  error.stack = message;
  return error;
}

/** The oracle's transcript, changed where Chorus differs on purpose. */
function expected(name, oracle) {
  if (process.env.SUBJECT === "oracle") return oracle;
  const changes = differences.filter(({ scenario }) => scenario === name).flatMap(({ ours }) => Object.entries(ours));
  return { ...oracle, ...Object.fromEntries(changes.map(([witness, change]) => [witness, change(oracle[witness] ?? [])])) };
}

/** One paragraph for each witness that saw something else. */
function unequal(oracle, subject) {
  const lines = (log) => (log ?? []).map((entry) => `      ${JSON.stringify(entry)}`);
  return Object.keys({ ...oracle, ...subject })
    .map((witness) => [witness, lines(oracle[witness]).join("\n"), lines(subject[witness]).join("\n")])
    .filter(([, theirs, ours]) => theirs !== ours)
    .map(([witness, theirs, ours]) => `  ${witness}\n    expected\n${theirs}\n    got\n${ours}`);
}
