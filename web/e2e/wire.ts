/** The line between a page and the server, in the hand of a test. Called before the page is opened. */
import type { Page, WebSocketRoute } from "@playwright/test";

type Refusal = { code: string; message: string };

export class Wire {
  #held: (() => void)[] | null = null;
  #noVote: Refusal | null = null;
  #noEntry: Refusal | null = null;

  static async of(page: Page): Promise<Wire> {
    const wire = new Wire();
    await page.routeWebSocket(/\/socket\.io\//, (socket) => wire.#join(socket));
    return wire;
  }

  /** Nothing more arrives at the page, though what it sends does at the server. */
  hold() {
    this.#held = [];
  }

  release() {
    const held = this.#held ?? [];
    this.#held = null;
    for (const deliver of held) deliver();
  }

  /** Refuses every vote in the server's place; null no longer. */
  refuseVotes(refusal: Refusal | null) {
    this.#noVote = refusal;
  }

  /** Refuses every connection in the server's place; null no longer. */
  refuseEntry(refusal: Refusal | null) {
    this.#noEntry = refusal;
  }

  #join(page: WebSocketRoute) {
    const server = page.connectToServer();
    server.onMessage((message) => {
      if (this.#held) this.#held.push(() => page.send(message));
      else page.send(message);
    });
    page.onMessage((message) => {
      const text = String(message);
      const [, ack] = /^42\/poll,(\d+)\["command",\{"do":"vote"/.exec(text) ?? [];
      if (ack && this.#noVote) page.send(`43/poll,${ack}${JSON.stringify([{ error: this.#noVote }])}`);
      else if (text.startsWith("40/poll") && this.#noEntry) {
        const { code, message } = this.#noEntry;
        page.send(`44/poll,${JSON.stringify({ message, data: { code } })}`);
      } else server.send(message);
    });
  }
}
