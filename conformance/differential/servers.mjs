// Starting and ending the two servers that are compared.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const ORACLE = [process.execPath, here("oracle.mjs")];
const OURS = [process.env.DIFFERENTIAL_BIN ?? here("../../target/debug/differential")];

// npm `socket.io` serves the bundle of its own `client-dist`; Chorus the one it is given.
const CLIENT_BUNDLE = here("node_modules/socket.io/client-dist/socket.io.js");

/** Who is asked: `SUBJECT=oracle` compares Node with itself, which shows what in a scenario is left to chance. */
export const parties = { oracle: ORACLE, subject: process.env.SUBJECT === "oracle" ? ORACLE : OURS };

/** Starts a server with the given knobs in its environment on a free port. */
export async function start([command, ...args], knobs = {}) {
  const child = spawn(command, args, {
    env: { ...process.env, ...knobs, PORT: "0", HOST: "127.0.0.1", CLIENT_BUNDLE },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`${command} ended with ${code} before it listened`);
  });
  const url = await Promise.race([listening(child), failed]);
  failed.catch(() => {});
  return {
    url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 2_000);
      await ended;
      clearTimeout(late);
    },
  };
}

async function listening(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /http:\/\/[\d.]+:\d+/.exec(line);
    if (found) {
      child.stdout.resume();
      return found[0];
    }
  }
  throw new Error("the server never said where it listens");
}
