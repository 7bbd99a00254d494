// Connections spoken by hand, for what no well-behaved client would send.

import { request } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import WebSocket from "ws";

const SID = /"sid":"([^"]+)"/g;
const PATH = "/socket.io/";

/** A packet with its ids named, and its JSON as every JavaScript client reads it. */
function readable(tag, transcript, text) {
  for (const [, sid] of text.matchAll(SID)) transcript.name(sid, `sid of ${tag}`);
  const [, head, json] = /^(4[0-6](?:\d+-)?(?:\/[^,]*,)?\d*)([[{].*)$/s.exec(text) ?? [];
  return json ? head + JSON.stringify(JSON.parse(json)) : text;
}

export class RawWebSocket {
  constructor(tag, url, query, headers, transcript) {
    Object.assign(this, { tag, transcript });
    this.socket = new WebSocket(`${url.replace("http", "ws")}${PATH}?${query}`, { headers });
    this.socket.on("message", (data, isBinary) => this.#write(isBinary ? data : readable(tag, transcript, `${data}`)));
    this.socket.on("pong", (data) => this.#write("pong", `${data}`));
    this.socket.on("close", (code, reason) => this.#write("close", code, `${reason}`));
    this.socket.on("error", (error) => this.#write("error", error.message));
    this.socket.on("unexpected-response", async (_, response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      this.#write("refused", response.statusCode, response.headers["content-type"], body);
      this.#write("close");
    });
  }

  async send(...packets) {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, "open");
    for (const packet of packets) this.socket.send(packet);
  }

  /** Opens a session and joins the main namespace. */
  async join(auth = {}) {
    await this.until("the handshake", ([text]) => `${text}`.startsWith("0{"));
    await this.send(`40${JSON.stringify(auth)}`);
    await this.until("CONNECT", ([text]) => `${text}`.startsWith("40"));
  }

  until(what, test, count) {
    return this.transcript.until(this.tag, what, test, count);
  }

  closed() {
    return this.until("close", ([kind]) => kind === "close");
  }

  close() {
    this.socket.terminate();
  }

  #write(...entry) {
    this.transcript.write(this.tag, ...entry);
  }
}

export class RawHttp {
  sid;

  constructor(tag, url, transcript) {
    Object.assign(this, { tag, url, transcript });
  }

  /** One request; status, named headers and, unless hidden, body are written down. */
  async send(method, query, { body, headers = {}, show = ["content-type"], path = PATH, as = this.tag, hide } = {}) {
    const suffix = this.sid && !query.includes("sid=") ? `&sid=${this.sid}` : "";
    const outgoing = request(`${this.url}${path}?${query}${suffix}`, { method, headers, agent: false });
    outgoing.end(body);
    try {
      const [response] = await once(outgoing, "response");
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      const shown = show.map((name) => `${name}: ${response.headers[name]}`);
      const seen = hide ? "<hidden>" : readable(this.tag, this.transcript, text);
      this.transcript.write(as, method, response.statusCode, ...shown, seen);
      return { status: response.statusCode, text };
    } catch (error) {
      this.transcript.write(as, method, "no answer", error.code);
      return { status: 0, text: "" };
    }
  }

  async open() {
    const { text } = await this.send("GET", "EIO=4&transport=polling");
    this.sid = JSON.parse(text.slice(1)).sid;
  }

  /** Opens a session and joins the main namespace. */
  async join(auth = {}) {
    await this.open();
    await this.post(`40${JSON.stringify(auth)}`);
    await this.receive();
  }

  /** Polls until a packet passes `last` or the session refuses: how packets are spread over responses is left to chance. */
  async receive(last = () => true) {
    for (;;) {
      const response = await fetch(`${this.url}${PATH}?EIO=4&transport=polling&sid=${this.sid}`).catch(() => ({ status: 0 }));
      const text = response.status ? await response.text() : "no answer";
      if (response.status !== 200) {
        this.transcript.write(this.tag, "GET", response.status, text);
        return;
      }
      const packets = text.split("\u001e");
      // a noop only ends the request
      for (const packet of packets.filter((packet) => packet !== "6")) {
        this.transcript.write(this.tag, "packet", readable(this.tag, this.transcript, packet));
      }
      if (packets.some(last)) return;
    }
  }

  poll(options) {
    return this.send("GET", "EIO=4&transport=polling", options);
  }

  post(body, options) {
    return this.send("POST", "EIO=4&transport=polling", { body, headers: { "content-type": "text/plain" }, ...options });
  }

  close() {}
}

const HANDSHAKE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** A hand-made WebSocket: bytes out, the server's frames in; a deaf one takes note of the handshake alone. */
export class RawTcp {
  #received = Buffer.alloc(0);
  #upgraded = false;
  #closing = false;

  constructor(tag, url, transcript, { method = "GET", query = "EIO=4&transport=websocket", headers = {}, deaf } = {}) {
    Object.assign(this, { tag, transcript, deaf });
    const { hostname, port, host } = new URL(url);
    const lines = Object.entries({ Host: host, ...HANDSHAKE, ...headers })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}: ${value}\r\n`);
    this.socket = connect(Number(port), hostname);
    this.socket.write(`${method} ${PATH}?${query} HTTP/1.1\r\n${lines.join("")}\r\n`);
    this.socket.on("data", (bytes) => this.#receive(bytes));
    this.socket.on("error", () => {});
    // how a refused connection ends is HTTP's matter
    for (const event of ["end", "close"]) this.socket.on(event, () => this.#upgraded && transcript.write(tag, event));
  }

  send(bytes) {
    this.#closing ||= bytes[0] === 0x88;
    this.socket.write(bytes);
  }

  until(what, test, count) {
    return this.transcript.until(this.tag, what, test, count);
  }

  close() {
    this.#upgraded = false;
    this.socket.destroy();
  }

  #receive(bytes) {
    this.#received = Buffer.concat([this.#received, bytes]);
    if (!this.#upgraded) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = this.#received.subarray(0, end).toString();
      const [status] = head.split("\r\n");
      this.extensions = /^sec-websocket-extensions: (.*)$/im.exec(head)?.[1] ?? "";
      this.#received = this.#received.subarray(end + 4);
      this.#upgraded = status.includes(" 101 ") && !this.deaf;
      this.transcript.write(this.tag, status);
    }
    if (this.#upgraded) this.#frames();
  }

  #frames() {
    while (this.#received.length >= 2) {
      const [head, second] = this.#received;
      const wide = second === 126;
      const start = wide ? 4 : 2;
      const length = wide ? this.#received.readUInt16BE(2) : second;
      if (this.#received.length < start + length) return;
      const payload = this.#received.subarray(start, start + length);
      this.#received = this.#received.subarray(start + length);
      this.#frame(head, payload);
    }
  }

  #frame(head, payload) {
    const name = { 0x81: "text", 0x82: "binary", 0x88: "closing", 0x89: "ping", 0x8a: "pong" }[head] ?? `head ${head}`;
    if (name === "closing") {
      this.transcript.write(this.tag, name, payload.length ? payload.readUInt16BE(0) : "no code", `${payload.subarray(2)}`);
      if (!this.#closing) this.send(frame(0x88, payload));
      return;
    }
    this.transcript.write(this.tag, name, readable(this.tag, this.transcript, `${payload}`));
  }
}

/** A client's frame, masked with zeros; `head` is the first byte. */
export function frame(head, payload = "", { masked = true } = {}) {
  const bytes = Buffer.from(payload);
  const length = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 255];
  if (masked) length[0] |= 0x80;
  return Buffer.concat([Buffer.from([head, ...length, ...(masked ? [0, 0, 0, 0] : [])]), bytes]);
}
