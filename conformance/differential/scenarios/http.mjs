// HTTP as it is answered: errors, CORS, long-polling sessions, upgrades.

const EIO = "EIO=4&transport=polling";
const CORS = [
  "content-type",
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "vary",
];
const isEcho = (text) => (packet) => packet.startsWith(`42["echo","${text}`);
const isBytes = (packet) => packet.startsWith("b");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const REQUESTS = {
  "no query": ["GET", ""],
  "no EIO": ["GET", "transport=polling"],
  "EIO that is no number": ["GET", "EIO=abc&transport=polling"],
  "EIO 3 when it is not allowed": ["GET", "EIO=3&transport=polling"],
  "EIO 2": ["GET", "EIO=2&transport=polling"],
  "EIO 5": ["GET", "EIO=5&transport=polling"],
  "no transport": ["GET", "EIO=4"],
  "an unknown transport": ["GET", "EIO=4&transport=pigeon"],
  "a transport of the object prototype": ["GET", "EIO=4&transport=constructor"],
  "websocket without an upgrade": ["GET", "EIO=4&transport=websocket"],
  "an unknown sid": ["GET", `${EIO}&sid=nobody`],
  "an unknown sid, posted to": ["POST", `${EIO}&sid=nobody`, { body: "4x" }],
  "an empty sid": ["GET", `${EIO}&sid=`],
  "a malformed sid": ["GET", `${EIO}&sid=%00%ff/..`],
  "POST without a session": ["POST", EIO, { body: "4x" }],
  "PUT without a session": ["PUT", EIO, { body: "4x" }],
  "DELETE without a session": ["DELETE", EIO],
  "HEAD without a session": ["HEAD", EIO],
  "refused by the request hook": ["GET", `${EIO}&deny=1`],
  "another path": ["GET", EIO, { path: "/other/" }],
  "the path without its slash": ["GET", EIO, { path: "/socket.io" }],
  "a longer path": ["GET", EIO, { path: "/socket.io/more" }],
  "the root": ["GET", "", { path: "/" }],
};

export const http = [
  {
    name: "requests that are refused",
    modes: ["raw"],
    async run(stage) {
      const session = stage.rawHttp("request");
      for (const [as, [method, query, options]] of Object.entries(REQUESTS)) {
        await session.send(method, query, { ...options, as });
      }
    },
  },
  {
    name: "upgrades that are refused",
    modes: ["raw"],
    async run(stage) {
      const queries = {
        "unknown sid": "EIO=4&transport=websocket&sid=nobody",
        "unknown transport": "EIO=4&transport=pigeon",
        "polling": "EIO=4&transport=polling",
        "no EIO": "transport=websocket",
        "EIO 3": "EIO=3&transport=websocket",
        "denied": "EIO=4&transport=websocket&deny=1",
      };
      for (const [name, query] of Object.entries(queries)) await stage.rawWebSocket(name, query).closed();
    },
  },
  {
    name: "headers for other origins",
    modes: ["raw"],
    async run(stage) {
      const session = stage.rawHttp("cors");
      const from = { origin: "http://elsewhere.test" };
      await session.send("GET", EIO, { headers: from, show: CORS, as: "handshake" });
      await session.send("GET", "EIO=4&transport=pigeon", { headers: from, show: CORS, as: "refused" });
      const asks = { "access-control-request-method": "POST", "access-control-request-headers": "x-test" };
      await session.send("OPTIONS", EIO, { headers: { ...from, ...asks }, show: CORS, as: "preflight" });
      await session.send("OPTIONS", EIO, { headers: from, show: CORS, as: "short preflight" });
      await session.send("GET", EIO, { show: CORS, as: "same origin" });
    },
  },
  {
    name: "the client's bundle",
    modes: ["raw"],
    async run(stage) {
      const session = stage.rawHttp("bundle");
      const show = ["content-type", "cache-control"];
      await session.send("GET", "", { path: "/socket.io/socket.io.js", show });
      await session.send("GET", "v=1", { path: "/socket.io/socket.io.js", show });
      const response = await fetch(`${stage.url}/socket.io/socket.io.js`);
      await response.text();
      const headers = { "if-none-match": response.headers.get("etag") };
      await session.send("GET", "", { path: "/socket.io/socket.io.js", headers, show: [] });
      await session.send("GET", "", { path: "/socket.io/socket.io.nothing.js", show });
      await session.send("GET", "", { path: "/socket.io/../oracle.mjs", show });
    },
  },
  {
    name: "a long-polling session by hand",
    modes: ["raw"],
    async run(stage) {
      const session = stage.rawHttp("session");
      const show = ["content-type", "content-length", "cache-control"];
      await session.join();
      await session.post('42["echo",1]\u001e42["echo","ü"]', { show });
      await session.receive(isEcho("ü"));
      await session.post('451-["echo",{"_placeholder":true,"num":0}]\u001ebAQID');
      await session.receive(isBytes);
      await session.post('421["ack",1]', { headers: { "content-type": "text/plain;charset=UTF-8" } });
      await session.post('422["ack",2]', { headers: { "content-type": "application/json" } });
      await session.post('423["ack",3]', { headers: {} });
      await session.receive((packet) => packet.startsWith("433"));
      await session.post("1");
      await session.poll();
    },
  },
  {
    name: "answers are compressed when they are long and the client can read it",
    modes: ["raw"],
    async run(stage) {
      const session = stage.rawHttp("session");
      await session.join();
      const show = ["content-type", "content-encoding", "vary"];
      for (const [length, encoding] of [
        [2_000, "gzip"],
        [2_000, "deflate"],
        [2_000, "gzip, deflate, br"],
        [2_000, "identity"],
        [2_000, undefined],
        [100, "gzip"],
      ]) {
        await session.post(`42["echo","${"x".repeat(length)}"]`, { headers: { "accept-encoding": "gzip" } });
        const headers = encoding ? { "accept-encoding": encoding } : {};
        await session.poll({ show, headers, hide: true, as: `${length} bytes, ${encoding}` });
      }
    },
  },
  {
    name: "a poll waits for news",
    modes: ["raw"],
    async run(stage) {
      const session = stage.rawHttp("session");
      await session.join();
      const waiting = session.poll({ as: "waiting" });
      await pause(50);
      stage.note("waiting", "still waits");
      await session.post('42["echo","news"]', { as: "post" });
      await waiting;
    },
  },
  {
    name: "odd bodies",
    modes: ["raw"],
    async run(stage) {
      const bodies = {
        empty: "",
        "only a separator": "\u001e",
        "a trailing separator": '42["echo",1]\u001e',
        "not UTF-8": Buffer.from([0x34, 0x32, 0xff, 0xfe]),
        "bad base64": "b*!",
        "unpadded base64": '451-["echo",{"_placeholder":true,"num":0}]\u001ebAQI',
        "an octet stream": { body: "4x", headers: { "content-type": "application/octet-stream" } },
      };
      for (const [name, body] of Object.entries(bodies)) {
        const session = stage.rawHttp(name);
        await session.join();
        await (body.headers ? session.post(body.body, { headers: body.headers }) : session.post(body));
        await session.post('42999["ack","alive"]');
        await session.receive((packet) => packet.startsWith("43999"));
      }
    },
  },
  {
    name: "overlapping polls",
    modes: ["raw"],
    async run(stage) {
      const session = stage.rawHttp("session");
      await session.join();
      const first = session.poll({ as: "first" });
      await pause(50);
      await session.poll({ as: "second" });
      await first;
      await session.poll({ as: "third" });
    },
  },
  {
    name: "overlapping posts",
    modes: ["raw"],
    async run(stage) {
      const { request } = await import("node:http");
      const session = stage.rawHttp("session");
      await session.join();
      const slow = request(`${stage.url}/socket.io/?${EIO}&sid=${session.sid}`, {
        method: "POST",
        headers: { "content-length": "12", "content-type": "text/plain" },
        agent: false,
      });
      const ended = new Promise((done) => slow.on("error", () => done("no answer")).on("response", (response) => done(response.statusCode)));
      slow.write("42[");
      await pause(50);
      await session.post('42["echo",1]', { as: "second" });
      slow.end('"echo",1]');
      stage.note("first", await ended);
      await session.poll({ as: "after" });
    },
  },
  {
    name: "wrong methods for a session",
    modes: ["raw"],
    async run(stage) {
      for (const method of ["PUT", "DELETE", "PATCH"]) {
        const session = stage.rawHttp(method);
        await session.join();
        await session.send(method, EIO);
        await session.post('42["echo",1]');
        await session.poll();
      }
    },
  },
  {
    name: "a body of exactly the limit is taken, one byte more is not",
    server: "small",
    modes: ["raw"],
    async run(stage) {
      const session = stage.rawHttp("session");
      await session.join();
      const body = (length) => `42["echo","${"x".repeat(length - 13)}"]`;
      for (const length of [999, 1000, 1001, 5000]) await session.post(body(length));
      await session.receive((packet) => packet.length >= 1000);
    },
  },
  {
    name: "an upgrade by hand",
    modes: ["raw"],
    async run(stage) {
      const session = stage.rawHttp("session");
      await session.join();
      const waiting = session.poll({ as: "waiting" });
      const socket = stage.rawWebSocket("socket", `EIO=4&transport=websocket&sid=${session.sid}`);
      await socket.send("2probe");
      await socket.until("3probe", ([text]) => text === "3probe");
      await waiting;
      await socket.send("5", '42["echo","over WebSocket"]');
      await socket.until("echo", ([text]) => `${text}`.startsWith("42"));
      await session.poll({ as: "a poll after it" });
      await session.post('42["echo","x"]', { as: "a post after it" });
      const second = stage.rawWebSocket("a second upgrade", `EIO=4&transport=websocket&sid=${session.sid}`);
      await second.closed();
      await socket.send('42["echo","still here"]');
      await socket.until("echo", ([text]) => `${text}`.startsWith("42"), 2);
    },
  },
  {
    name: "a failed upgrade leaves the session as it was",
    modes: ["raw"],
    async run(stage) {
      for (const [name, ...sent] of [
        ["data for a probe", '42["echo",1]'],
        ["another probe", "2other"],
        ["data for an upgrade", "2probe", '42["echo",1]'],
        ["rubbish", "x"],
      ]) {
        const session = stage.rawHttp(`${name}: session`);
        await session.join();
        const socket = stage.rawWebSocket(`${name}: socket`, `EIO=4&transport=websocket&sid=${session.sid}`);
        await socket.send(...sent);
        await socket.closed();
        await session.post('42["echo","alive"]');
        await session.poll();
      }
    },
  },
  {
    name: "an upgrade without a probe",
    modes: ["raw"],
    async run(stage) {
      const session = stage.rawHttp("session");
      await session.join();
      const socket = stage.rawWebSocket("socket", `EIO=4&transport=websocket&sid=${session.sid}`);
      await socket.send("5", '42["echo","over WebSocket"]');
      await socket.until("an answer or the end", ([kind]) => kind === "close" || `${kind}`.startsWith("42"));
    },
  },
  {
    name: "a half-done upgrade is given up in time",
    server: "hasty",
    modes: ["raw"],
    async run(stage) {
      const session = stage.rawHttp("session");
      await session.join();
      const idle = stage.rawWebSocket("idle", `EIO=4&transport=websocket&sid=${session.sid}`);
      await idle.closed();
      const probed = stage.rawWebSocket("probed", `EIO=4&transport=websocket&sid=${session.sid}`);
      await probed.send("2probe");
      await probed.closed();
      await session.post('42["echo","alive"]');
      await session.poll();
    },
  },
];
