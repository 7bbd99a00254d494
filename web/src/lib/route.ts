/** The addresses of the UI. */
import { parseCode } from "./code";

export type Route =
  | { name: "start" }
  | { name: "join"; code: string }
  | { name: "host"; code: string }
  | { name: "screen"; code: string }
  | { name: "missing" };

/** What an address shows; a well-formed code is taken as written in any case, with dashes or not. */
export function parseRoute(path: string): Route {
  const [first, second, ...more] = path.split("/").filter(Boolean).map(decode);
  if (first === undefined) return { name: "start" };
  if (more.length > 0) return { name: "missing" };
  if (second === undefined) return withCode("join", first);
  switch (first) {
    case "j":
      return withCode("join", second);
    case "host":
    case "screen":
      return withCode(first, second);
    default:
      return { name: "missing" };
  }
}

/** The capability key in the fragment, as in `/host/ABCDEF#key=…`. */
export function keyInHash(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("key");
}

function withCode(name: "join" | "host" | "screen", text: string): Route {
  const code = parseCode(text);
  return code ? { name, code } : { name: "missing" };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
