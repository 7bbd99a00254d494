// Everything that is played on both servers.
//
// A scenario has a name and a `run(stage)`; it is played once per mode (long-polling, WebSocket, and the upgrade from one
// to the other; `raw` where it speaks the protocol by hand). `server` names the knobs it needs; `own: true` gives it a
// server that it may bring down.

import { acks } from "./scenarios/acks.mjs";
import { connecting } from "./scenarios/connecting.mjs";
import { endings } from "./scenarios/endings.mjs";
import { events } from "./scenarios/events.mjs";
import { frames } from "./scenarios/frames.mjs";
import { http } from "./scenarios/http.mjs";
import { packets } from "./scenarios/packets.mjs";
import { rooms } from "./scenarios/rooms.mjs";

/** The knobs of the servers that scenarios share. */
export const servers = {
  plain: {},
  heartbeat: { PING_INTERVAL: "500", PING_TIMEOUT: "700" },
  small: { MAX_HTTP_BUFFER_SIZE: "1000" },
  deflating: { PER_MESSAGE_DEFLATE: "1" },
  hasty: { CONNECT_TIMEOUT: "500", UPGRADE_TIMEOUT: "500" },
};

export const scenarios = [
  ...connecting,
  ...events,
  ...acks,
  ...rooms,
  ...endings,
  ...packets,
  ...frames,
  ...http,
].map((scenario) => ({ server: "plain", modes: ["polling", "websocket", "upgrade"], ...scenario }));
