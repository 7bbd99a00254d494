// The official client's option `retries`: an event is sent again until it is answered, and handled once.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./server.mjs";
import { open } from "./sockets.mjs";

const RETRIES = { retries: 3, ackTimeout: 200 };
const SLOW = 500;

let server;

before(async () => {
  server = await start({}, "differential");
});

after(() => server.stop());

for (const transports of [["polling"], ["websocket"]]) {
  test(`an event that is sent again over ${transports} is handled once`, async (t) => {
    const socket = open(t, "client-4", `${server.url}/once`, transports, { ...RETRIES, auth: { play: t.name } });
    let sent = 0;
    socket.onAnyOutgoing(() => sent++);
    const order = (delay, id) =>
      new Promise((resolve) => socket.emit("order", delay, id, (error, refusal, handled) => resolve({ error, refusal, handled })));
    const first = await order(SLOW, "first");
    assert.equal(first.error, null);
    assert.ok(sent > 1, `${sent} times sent`);
    const second = await order(0, "second");
    assert.equal(second.handled, first.handled + 1, "nothing was handled in between");
  });
}
