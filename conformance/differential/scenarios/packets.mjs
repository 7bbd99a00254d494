// Packets spoken by hand over a WebSocket and over long-polling: the valid ones that no client sends, and the violations.

const bytes = (...values) => Buffer.from(values);

// After each of these an ack is asked for: it comes, or the connection ends.
const SENTINEL = '42999["ack","alive"]';

/** Between two packets that would else arrive together. */
const PAUSE = Symbol("pause");

const ONE = { _placeholder: true, num: 0 };
const header = (count, ...args) => `45${count}-${JSON.stringify(["echo", ...args])}`;

/** Packets of a socket that has joined the main namespace. */
const JOINED = {
  "an event with an ack id": ['427["ack",1]'],
  "ack id 0": ['420["ack",1]'],
  "a large ack id": ['429007199254740991["ack",1]'],
  "the main namespace written out": ['42/,["echo",1]'],
  "a query in the namespace": ['40/custom?a=b,', '42/custom,["echo",1]'],
  "white space in JSON": ['42[ "echo" ,\t1\n]'],
  "a number as the event's name": ['42[1,"x"]'],
  "an ack nobody waits for": ["43123[1]"],
  "a binary event": [header(1, ONE), bytes(1, 2)],
  "a binary event whose bytes are used twice": [header(1, ONE, ONE), bytes(1)],
  "a binary event that does not use its bytes": [header(1, "no placeholder"), bytes(1)],
  "a binary event with an ack id": ['451-8["ack",{"_placeholder":true,"num":0}]', bytes(3)],
  "a binary ack nobody waits for": ['461-9[{"_placeholder":true,"num":0}]', bytes(3)],
  "attachments out of order in the text": [
    header(2, { _placeholder: true, num: 1 }, ONE),
    bytes(1),
    bytes(2),
  ],
  "attachments as base64 text": [header(1, ONE), "bAQI="],
  "disconnect, and an event after it": ["41", PAUSE, '42["echo",1]'],
  "disconnect, and connect again": ["41", PAUSE, "40", PAUSE],
  "disconnect from a namespace not joined": ["41/custom,"],
  "connect to an unknown namespace": ["40/nowhere,"],
  "connect without a comma": ["40/custom", PAUSE],
  "duplicate keys": ['42["echo",{"a":1,"a":2}]'],
  "big and odd numbers": ['42["echo",1e400,-0,1E5,12345678901234567890]'],
  "escapes": ['42["echo","\\u00e9\\ud83d\\ude00\\/"]'],
  "a lone surrogate": ['42["echo","\\ud800"]'],
  "an engine.io noop": ["6"],
  "an unasked pong": ["3"],
  "an empty engine.io message": ["4"],

  "a second connect": ["40"],
  "connect with a payload that is no object": ['40/custom,"text"'],
  "connect with an array": ["40/custom,[1]"],
  "a client's connect error": ['44{"message":"x"}'],
  "an event for a namespace not joined": ['42/custom,["echo",1]'],
  "an ack for a namespace not joined": ["43/custom,1[1]"],
  "a blank before the payload": ['42 ["ack",1]'],
  "an ack id beyond 2^53": ['429007199254740993["ack",1]'],
  "an event without payload": ["42"],
  "an event that is no array": ['42{"a":1}'],
  "an event that is empty": ["42[]"],
  "an event whose name is null": ["42[null]"],
  "an event whose name is an object": ["42[{}]"],
  "an ack without payload": ["431"],
  "an ack that is no array": ['431{"a":1}'],
  "disconnect with a payload": ['41{"a":1}'],
  "reserved: connect": ['42["connect"]'],
  "reserved: connect_error": ['42["connect_error"]'],
  "reserved: disconnect": ['42["disconnect"]'],
  "reserved: disconnecting": ['42["disconnecting"]'],
  "reserved: newListener": ['42["newListener"]'],
  "reserved: removeListener": ['42["removeListener"]'],
  "an unknown packet type": ["47[]"],
  "a packet type that is no digit": ["4x"],
  "malformed JSON": ['42["echo",'],
  "JSON with a trailing comma": ['42["echo",]'],
  "JSON with text after it": ['42["echo"]x'],
  "JSON with a raw control character": ['42["echo","\u0001"]'],
  "JSON with NaN": ['42["echo",NaN]'],
  "a client's ping": ["2"],
  "a client's open": ["0{}"],
  "an engine.io upgrade": ["5"],
  "an unknown engine.io type": ["9"],
  "an empty engine.io packet": [""],
  "bytes nobody announced": [bytes(1)],
  "text while bytes are awaited": [header(1, ONE), '42["echo",1]'],
  "no attachments announced": [header(0, "x")],
  "eleven attachments announced": [header(11, ONE)],
  "attachments that are no number": ['45x-["echo"]'],
  "attachments without a dash": ['451["echo"]'],
  "a placeholder out of range": [header(1, { _placeholder: true, num: 1 }), bytes(1)],
  "a negative placeholder": [header(1, { _placeholder: true, num: -1 }), bytes(1)],
  "a placeholder that is no number": [header(1, { _placeholder: true, num: "0" }), bytes(1)],
  "a placeholder with a fraction": [header(1, { _placeholder: true, num: 0.5 }), bytes(1)],
  "a placeholder without a number": [header(1, { _placeholder: true }), bytes(1)],
};

/** Packets of a connection that has joined nothing yet. */
const FRESH = {
  "an event before connect": ['42["echo",1]'],
  "disconnect before connect": ["41"],
  "an ack before connect": ["431[]"],
  "connect with auth null": ["40null"],
  "connect with auth text": ['40"x"'],
  "connect with malformed auth": ["40{"],
};

const pause = () => new Promise((done) => setTimeout(done, 60));

/** Tells the end from the answer: whichever comes, nothing more does. */
const over = ([kind, ...rest]) => kind === "close" || /^(43999|431000)/.test(`${kind}`) || rest.length > 0;

const overWebSocket = (packetsByName, joined) => async (stage) => {
  await Promise.all(
    Object.entries(packetsByName).map(async ([name, packets]) => {
      const socket = stage.rawWebSocket(name);
      await (joined ? socket.join() : socket.until("the handshake", ([text]) => `${text}`.startsWith("0{")));
      for (const packet of [...packets, SENTINEL]) {
        await (packet === PAUSE ? pause() : socket.send(packet));
      }
      await socket.until("an answer or the end", over);
    }),
  );
};

const overPolling = (packetsByName, joined) => async (stage) => {
  await Promise.all(
    Object.entries(packetsByName)
      .filter(([, packets]) => packets.every((packet) => typeof packet === "string"))
      .map(async ([name, packets]) => {
        const session = stage.rawHttp(name);
        await (joined ? session.join() : session.open());
        await session.post([...packets, SENTINEL].join("\u001e"));
        await session.receive((packet) => packet.startsWith("43999"));
      }),
  );
};

export const packets = [
  { name: "packets of a joined socket, over WebSocket", modes: ["raw"], run: overWebSocket(JOINED, true) },
  { name: "packets before joining, over WebSocket", modes: ["raw"], run: overWebSocket(FRESH, false) },
  { name: "packets of a joined socket, over long-polling", modes: ["raw"], run: overPolling(JOINED, true) },
  { name: "packets before joining, over long-polling", modes: ["raw"], run: overPolling(FRESH, false) },
];
