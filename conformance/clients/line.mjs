// A TCP line to a server that can be cut and mended.

import { EventEmitter, once } from "node:events";
import { connect, createServer } from "node:net";

export class Line extends EventEmitter {
  /** The connections, and of each whether the server owes it an answer to a GET. */
  #carried = new Map();
  #whole = true;

  static async to(url) {
    const line = new Line();
    const listener = createServer((near) => line.#carry(near, connect(new URL(url).port, "127.0.0.1")));
    await once(listener.listen(0, "127.0.0.1"), "listening");
    line.url = `http://127.0.0.1:${listener.address().port}`;
    line.close = () => {
      listener.close();
      line.cut();
    };
    return line;
  }

  /** Resolves when a request for news is on its way or waits: one that is not there is not missed before the ping timeout. */
  async parked() {
    while (![...this.#carried.values()].includes(true)) await once(this, "parked");
  }

  /** From now on nobody gets through. Resolves when the server has noticed. */
  async cut() {
    this.#whole = false;
    await Promise.all(
      [...this.#carried.keys()].map(([near, far]) => {
        near.destroy();
        far.end();
        return far.closed || once(far, "close");
      }),
    );
  }

  mend() {
    this.#whole = true;
  }

  #carry(near, far) {
    const ends = [near, far];
    for (const end of ends) end.on("error", () => end.destroy());
    if (!this.#whole) return ends.forEach((end) => end.destroy());
    this.#carried.set(ends, false);
    near.on("data", (data) => {
      far.write(data);
      if (!data.toString("latin1").startsWith("GET ")) return;
      this.#carried.set(ends, true);
      this.emit("parked");
    });
    far.on("data", (data) => {
      this.#carried.set(ends, false);
      if (!near.destroyed) near.write(data);
    });
    near.on("end", () => far.end());
    far.on("end", () => near.end());
    far.on("close", () => this.#carried.delete(ends));
  }
}
