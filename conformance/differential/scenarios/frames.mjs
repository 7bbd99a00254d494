// WebSocket frames spoken by hand: what RFC 6455 allows, what it forbids, and how the server says so.

import { frame } from "../raw.mjs";

const [TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION, FIN] = [1, 2, 8, 9, 10, 0, 0x80];

const code = (value, reason = "") => Buffer.concat([Buffer.from([value >> 8, value & 255]), Buffer.from(reason)]);
const event = (...args) => `42${JSON.stringify(["echo", ...args])}`;
const alive = frame(FIN | TEXT, '42999["ack","alive"]');

const CASES = {
  "text": [frame(FIN | TEXT, event("x"))],
  "fragmented text": [frame(TEXT, '42["ec'), frame(CONTINUATION, 'ho","'), frame(FIN | CONTINUATION, 'x"]')],
  "an empty fragment": [frame(TEXT, ""), frame(FIN | CONTINUATION, event("x"))],
  "a character split over fragments": [
    frame(TEXT, Buffer.from('42["echo","\xc3', "latin1")),
    frame(FIN | CONTINUATION, Buffer.from('\xbc"]', "latin1")),
  ],
  "a ping between fragments": [frame(TEXT, '42["echo"'), frame(FIN | PING, "p"), frame(FIN | CONTINUATION, ',"x"]')],
  "a ping with payload": [frame(FIN | PING, "payload")],
  "a ping of 125 bytes": [frame(FIN | PING, "p".repeat(125))],
  "an unasked pong": [frame(FIN | PONG, "pong")],
  "many frames in one segment": [Buffer.concat(Array.from({ length: 20 }, (_, i) => frame(FIN | TEXT, event(i))))],
  "disconnect and connect in one segment": [Buffer.concat([frame(FIN | TEXT, "41"), frame(FIN | TEXT, "40")])],
  "16-bit length": [frame(FIN | TEXT, event("y".repeat(200)))],

  "close without a code": [frame(FIN | CLOSE)],
  "close 1000": [frame(FIN | CLOSE, code(1000))],
  "close 1001 with a reason": [frame(FIN | CLOSE, code(1001, "bye"))],
  "close 4000": [frame(FIN | CLOSE, code(4000, "own"))],
  "close 1005": [frame(FIN | CLOSE, code(1005))],
  "close 999": [frame(FIN | CLOSE, code(999))],
  "close 1015": [frame(FIN | CLOSE, code(1015))],
  "close with one byte": [frame(FIN | CLOSE, "x")],
  "close with a reason that is no UTF-8": [frame(FIN | CLOSE, Buffer.concat([code(1000), Buffer.from([0xff])]))],

  "an unmasked frame": [frame(FIN | TEXT, event("x"), { masked: false })],
  "reserved bit 1": [frame(FIN | 0x40 | TEXT, event("x"))],
  "reserved bit 2": [frame(FIN | 0x20 | TEXT, event("x"))],
  "reserved bit 3": [frame(FIN | 0x10 | TEXT, event("x"))],
  "opcode 3": [frame(FIN | 3, "x")],
  "opcode 11": [frame(FIN | 11, "x")],
  "a fragmented ping": [frame(PING, "x")],
  "a ping of 126 bytes": [frame(FIN | PING, "x".repeat(126))],
  "a continuation of nothing": [frame(FIN | CONTINUATION, "x")],
  "a new message within another": [frame(TEXT, "42["), frame(FIN | TEXT, event("x"))],
  "text that is no UTF-8": [frame(FIN | TEXT, Buffer.from([0x34, 0x32, 0xff]))],
  "text with an encoded surrogate": [frame(FIN | TEXT, Buffer.from([0x34, 0x32, 0xed, 0xa0, 0x80]))],
  "a length with its top bit set": [Buffer.from([FIN | TEXT, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  "a length over the limit": [Buffer.from([FIN | BINARY, 0xff, 0, 0, 0, 0, 0, 0x0f, 0x42, 0x41, 0, 0, 0, 0])],
};

/** Changes to a good handshake, and whether it stays one. */
const HANDSHAKES = {
  plain: {},
  "Connection with more tokens": { headers: { Connection: "keep-alive, Upgrade" } },
  "tokens in other cases": { headers: { Connection: "uPGRADE", Upgrade: "WebSocket" } },
  "a subprotocol": { headers: { "Sec-WebSocket-Protocol": "chat, superchat" } },
  "an offer to compress": { headers: { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" } },
  "a malformed offer": { headers: { "Sec-WebSocket-Extensions": "permessage-deflate; =" } },
  "version 8": { headers: { "Sec-WebSocket-Version": "8" } },
  "version 12": { headers: { "Sec-WebSocket-Version": "12" } },
  "no version": { headers: { "Sec-WebSocket-Version": undefined } },
  "no key": { headers: { "Sec-WebSocket-Key": undefined } },
  "a short key": { headers: { "Sec-WebSocket-Key": "c2hvcnQ=" } },
  "a key that is no base64": { headers: { "Sec-WebSocket-Key": "!!!!!!!!!!!!!!!!!!!!!!==" } },
  "POST": { method: "POST" },
  "another protocol": { headers: { Upgrade: "h2c" } },
};

const OFFERS = {
  none: undefined,
  plain: "permessage-deflate",
  "the browsers'": "permessage-deflate; client_max_window_bits",
  "no context takeover": "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
  "an unknown parameter": "permessage-deflate; unknown=1",
  "another extension": "x-webkit-deflate-frame",
};

export const frames = [
  {
    name: "offers to compress",
    server: "deflating",
    modes: ["raw"],
    async run(stage) {
      for (const [name, offer] of Object.entries(OFFERS)) {
        const socket = stage.rawTcp(name, { headers: { "Sec-WebSocket-Extensions": offer }, deaf: true });
        await socket.until("an answer", ([line]) => line.startsWith("HTTP"));
        stage.note(name, "compresses", socket.extensions.startsWith("permessage-deflate"));
        socket.close();
      }
    },
  },
  {
    name: "handshakes",
    modes: ["raw"],
    async run(stage) {
      for (const [name, handshake] of Object.entries(HANDSHAKES)) {
        const socket = stage.rawTcp(name, handshake);
        await socket.until("a refusal or the session", ([line]) => /^HTTP.* 4|^text/.test(line));
        socket.close();
      }
    },
  },
  {
    name: "frames",
    modes: ["raw"],
    async run(stage) {
      await Promise.all(
        Object.entries(CASES).map(async ([name, sent]) => {
          const socket = stage.rawTcp(name);
          await socket.until("the handshake", ([kind, text]) => kind === "text" && `${text}`.startsWith("0{"));
          socket.send(frame(FIN | TEXT, "40"));
          await socket.until("CONNECT", ([kind, text]) => kind === "text" && `${text}`.startsWith("40"));
          for (const bytes of sent) socket.send(bytes);
          socket.send(alive);
          await socket.until("an answer or the end", ([kind, text]) => kind === "close" || `${text}`.startsWith("43999"));
        }),
      );
    },
  },
  {
    name: "a message of exactly the limit is taken, one byte more is not",
    server: "small",
    modes: ["raw"],
    async run(stage) {
      const message = (length) => event("x".repeat(length - event("").length));
      for (const length of [999, 1000, 1001]) {
        const socket = stage.rawWebSocket(`${length}`);
        await socket.join();
        await socket.send(message(length));
        await socket.until("an answer or the end", ([kind, ...rest]) => `${kind}`.startsWith("42") || `${kind}`.startsWith("<") || kind === "close" || rest.length > 0);
      }
    },
  },
];
