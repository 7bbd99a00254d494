// What the tests do with official clients.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A connection; what it opened is closed at the end of the test. */
export function open(t, client, url, transports, options = {}) {
  const library = require(client);
  const socket = (library.io ?? library)(url, { transports, forceNew: true, ...options });
  t.after(() => socket.close());
  return socket;
}

/** The arguments of the next event of that name. */
export const next = (socket, event) =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ${event} in time`)), PATIENCE);
    socket.once(event, (...args) => {
      clearTimeout(late);
      resolve(args);
    });
  });

/** The answer to an event. */
export const ask = (socket, ...args) =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer to ${args[0]}`)), PATIENCE);
    socket.emit(...args, (answer) => {
      clearTimeout(late);
      resolve(answer);
    });
  });

const PATIENCE = 20_000;
