/** The binary under test, on a free port and data of its own; it can be killed and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BINARY = process.env.CHORUS_BIN ?? join(import.meta.dirname, "../../target/debug/chorus");

export class ChorusServer {
  readonly #data = mkdtempSync(join(tmpdir(), "chorus-e2e-"));
  #process: ChildProcess | null = null;
  #log = "";
  readonly port: number;

  readonly #options: readonly string[];

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
  }

  /** With these options of the command line beside its own. */
  static async start(...options: string[]): Promise<ChorusServer> {
    const server = new ChorusServer(await freePort(), options);
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start() {
    const child = spawn(BINARY, [
      "serve",
      ...["--listen", `127.0.0.1:${this.port}`, "--data", this.#data],
      ...this.#options,
    ]);
    this.#process = child;
    child.on("error", (error) => (this.#log += String(error)));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
    }
    await this.#healthy();
  }

  /** As the power going out: nothing is flushed, nobody is told. */
  async kill() {
    await this.#end("SIGKILL");
  }

  async stop() {
    await this.#end("SIGTERM");
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals) {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }

  async #healthy() {
    const deadline = Date.now() + 15_000;
    while (Date.now() < deadline) {
      const answer = await fetch(`${this.url}/healthz`).catch(() => null);
      if (answer?.ok) return;
      if (this.#process?.exitCode !== null && this.#process?.exitCode !== undefined) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`${BINARY} did not start:\n${this.#log}`);
  }
}

export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  await new Promise((closed) => listener.close(closed));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
