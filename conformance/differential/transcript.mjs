// What was seen, by whom, in which order: made comparable by taking out what chance decides.

import { createHash } from "node:crypto";

/** Entries per witness; only the order within one witness is fixed. */
export class Transcript {
  #logs = new Map();
  #names = new Map();
  #waiting = new Set();

  log(witness) {
    if (!this.#logs.has(witness)) this.#logs.set(witness, []);
    return this.#logs.get(witness);
  }

  write(witness, ...entry) {
    this.log(witness).push(entry.map(plain));
    for (const look of this.#waiting) look();
  }

  /** `id` reads `name` from here on and before. */
  name(id, name) {
    if (id) this.#names.set(id, `<${name}>`);
  }

  /** Resolves when the witness has seen `count` entries that `test` accepts. */
  until(witness, what, test, count = 1, ms = 5_000) {
    const enough = () => this.log(witness).filter(test).length >= count;
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!enough()) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${witness} never saw ${what}: ${JSON.stringify(this.log(witness))}`));
      }, ms);
      this.#waiting.add(look);
      look();
    });
  }

  toJSON() {
    let text = JSON.stringify(Object.fromEntries([...this.#logs].sort(([a], [b]) => (a < b ? -1 : 1))));
    for (const [id, name] of this.#names) text = text.replaceAll(id, name);
    return JSON.parse(text);
  }
}

/** A value as comparable JSON: bytes in hexadecimal, long things by their digest, `undefined` and functions by name. */
export function plain(value) {
  if (value === undefined) return "<undefined>";
  if (typeof value === "function") return "<function>";
  if (typeof value === "number" && !Number.isFinite(value)) return `<${value}>`;
  if (typeof value === "string") return short(Array.from(value, escapeSurrogate).join(""));
  if (value instanceof ArrayBuffer) return plain(Buffer.from(value));
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { bytes: short(bytes.toString("hex")) };
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
}

const short = (text) =>
  text.length <= 400 ? text : `<${text.length} long, ${createHash("sha1").update(text).digest("hex").slice(0, 12)}>`;

const escapeSurrogate = (character) =>
  /^[\ud800-\udfff]$/.test(character) ? `<lone ${character.charCodeAt(0).toString(16)}>` : character;
