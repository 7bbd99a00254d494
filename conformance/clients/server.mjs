// Starting and ending the server that is played with.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Where a program is. */
export const built = (name) =>
  process.env[`${name.toUpperCase()}_BIN`] ?? fileURLToPath(new URL(`../../target/debug/${name}`, import.meta.url));

/** A conformance server with the given knobs in its environment, on a free port. */
export async function start(knobs = {}, name = "recovery") {
  const child = spawn(built(name), { env: { ...process.env, ...knobs, PORT: "0" }, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  return { url: String(line).match(/http:\S+/)[0], stop: () => child.kill() };
}
