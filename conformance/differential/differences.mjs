// Where Chorus answers differently from npm `socket.io` on purpose. Everything that is not here must be equal.
//
// Each entry names a scenario, the reason, and what its witnesses see instead.

/** Keeps the first `count` entries of the oracle's log; then come these. */
const after = (count, ...entries) => (log) => [...log.slice(0, count), ...entries];

const CLOSED = ["close", 1005, ""];
const ALIVE = ['43999["alive"]'];
const UNKNOWN = '{"code":1,"message":"Session ID unknown"}';
const GONE = ["GET", 400, UNKNOWN];
const ENDED = [["packet", "1"], GONE];
const POSTED = ["POST", 200, "content-type: text/html", "ok"];
const REFUSED = ["POST", 400, "content-type: undefined", ""];
const POST_GONE = ["POST", 400, "content-type: application/json", UNKNOWN];
const BAD_REQUEST = ["content-type: application/json", '{"code":3,"message":"Bad request"}'];

export const differences = [
  {
    scenario: "packets of a joined socket, over WebSocket",
    reason: "no client sends these; what cannot be understood is not guessed at",
    ours: {
      "an event without payload": after(2, CLOSED),
      "an ack without payload": after(2, CLOSED),
      "a placeholder with a fraction": after(2, CLOSED),
    },
  },
  {
    scenario: "packets of a joined socket, over long-polling",
    reason: "no client sends these; what cannot be understood is not guessed at",
    ours: {
      "an event without payload": after(4, ...ENDED),
      "an ack without payload": after(4, ...ENDED),
    },
  },
  {
    scenario: "packets of a joined socket, over WebSocket",
    reason: "JavaScript would round the ack's id, so that the answer came to another question",
    ours: { "an ack id beyond 2^53": after(2, CLOSED) },
  },
  {
    scenario: "packets of a joined socket, over long-polling",
    reason: "JavaScript would round the ack's id, so that the answer came to another question",
    ours: { "an ack id beyond 2^53": after(4, ...ENDED) },
  },
  {
    scenario: "packets of a joined socket, over WebSocket",
    reason: "a blank is JSON's white space, not the digit 0",
    ours: { "a blank before the payload": after(2, ALIVE) },
  },
  {
    scenario: "packets of a joined socket, over long-polling",
    reason: "a blank is JSON's white space, not the digit 0",
    ours: { "a blank before the payload": after(4, ["packet", ...ALIVE]) },
  },
  {
    scenario: "packets of a joined socket, over WebSocket",
    reason: "a payload that is passed on goes out as it came in, not parsed and written anew: to the client it is the same",
    ours: {
      "a binary event that does not use its bytes": after(2, ['451-["echo","no placeholder"]'], [{ bytes: "01" }], ALIVE),
      "a binary event whose bytes are used twice": after(
        2,
        ['451-["echo",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]'],
        [{ bytes: "01" }],
        ALIVE,
      ),
      "attachments out of order in the text": after(
        2,
        ['452-["echo",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]'],
        [{ bytes: "01" }],
        [{ bytes: "02" }],
        ALIVE,
      ),
    },
  },
  {
    scenario: "packets of a joined socket, over long-polling",
    reason: "a body that cannot be read is answered so, as the protocol's suite asks",
    ours: {
      "an empty engine.io packet": after(3, REFUSED, GONE),
      "an unknown engine.io type": after(3, REFUSED, GONE),
    },
  },
  {
    scenario: "odd bodies",
    reason: "a body that cannot be read is answered so, as the protocol's suite asks",
    ours: {
      empty: after(3, REFUSED, POST_GONE, GONE),
      "only a separator": after(3, REFUSED, POST_GONE, GONE),
      "a trailing separator": after(3, REFUSED, POST_GONE, GONE),
      "not UTF-8": after(3, REFUSED, POST_GONE, GONE),
      "bad base64": after(3, REFUSED, POST_GONE, GONE),
    },
  },
  {
    scenario: "frames",
    reason: "packets are handled in order, so a socket has left before it comes back",
    ours: {
      "disconnect and connect in one segment": after(
        3,
        ["text", '40{"sid":"<sid of disconnect and connect in one segment>"}'],
        ["text", ...ALIVE],
      ),
    },
  },
  {
    scenario: "frames",
    reason: "a length with its top bit set is malformed (RFC 6455, 5.2), not too large",
    ours: { "a length with its top bit set": (log) => log.map((entry) => (entry[1] === 1009 ? ["closing", 1002, ""] : entry)) },
  },
  {
    scenario: "offers to compress",
    reason: "an offer that is not understood is declined (RFC 7692, 5.1), which does not refuse the WebSocket",
    ours: { "an unknown parameter": after(0, ["HTTP/1.1 101 Switching Protocols"], ["compresses", false]) },
  },
  {
    scenario: "requests that are refused",
    reason: "a malformed sid is an unknown one, never a new session",
    ours: { "an empty sid": after(0, ["GET", 400, "content-type: application/json", UNKNOWN]) },
  },
  {
    scenario: "upgrades that are refused",
    reason: "refused as HTTP, before there is a WebSocket; Node writes the refusal into the open one",
    ours: {
      "no EIO": after(0, ["refused", 400, "text/html", "Unsupported protocol version"], ["close"]),
      "EIO 3": after(0, ["refused", 400, "text/html", "Unsupported protocol version"], ["close"]),
      polling: after(0, ["refused", 400, "text/html", "Bad request"], ["close"]),
    },
  },
  {
    scenario: "overlapping posts",
    reason: "the first request is answered; Node cuts its connection",
    ours: { first: after(0, [400]) },
  },
  {
    scenario: "wrong methods for a session",
    reason: "the client's mistake, not the server's",
    ours: {
      PUT: after(3, ["PUT", 400, ...BAD_REQUEST], POSTED, ["GET", 200, "content-type: text/plain; charset=UTF-8", '42["echo",1]']),
      DELETE: after(3, ["DELETE", 400, ...BAD_REQUEST], POSTED, ["GET", 200, "content-type: text/plain; charset=UTF-8", '42["echo",1]']),
      PATCH: after(3, ["PATCH", 400, ...BAD_REQUEST], POSTED, ["GET", 200, "content-type: text/plain; charset=UTF-8", '42["echo",1]']),
    },
  },
];
