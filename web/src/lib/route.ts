/** The addresses of the UI. */
import { parseCode } from "./code";

/** What is shown of a room. */
export type Part = "join" | "host" | "observe" | "screen" | "review";

export type Route =
  | { name: "start" }
  | { name: Part; code: string }
  | { name: "scenarios" }
  | { name: "scenario"; id: string }
  | { name: "missing" };

/** What an address shows; a well-formed code is taken as written in any case, with dashes or not. */
export function parseRoute(path: string): Route {
  const [first, second, ...more] = path.split("/").filter(Boolean).map(decode);
  if (first === undefined) return { name: "start" };
  if (more.length > 0) return { name: "missing" };
  if (second === undefined) return first === "scenarios" ? { name: "scenarios" } : withCode("join", first);
  switch (first) {
    case "j":
      return withCode("join", second);
    case "host":
    case "observe":
    case "screen":
    case "review":
      return withCode(first, second);
    case "scenarios":
      return { name: "scenario", id: second };
    default:
      return { name: "missing" };
  }
}

/** The capability key in the fragment, as in `/host/ABCDEF#key=…`. */
export function keyInHash(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("key");
}

function withCode(name: Part, text: string): Route {
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
