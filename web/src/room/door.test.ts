import { afterEach, expect, it, vi } from "vitest";
import { admit, isPassing } from "./door";

// The language of messages is chosen when its module is loaded, and older Node has no navigator.
vi.hoisted(() => vi.stubGlobal("navigator", { languages: ["en"] }));

/** Answers by path. */
function server(answers: Record<string, Response>) {
  vi.stubGlobal("fetch", async (path: string) => {
    if (path === "/api/session") return new Response(null, { status: 204 });
    const answer = answers[path];
    if (!answer) throw new TypeError("Failed to fetch");
    return answer.clone();
  });
}

const refusal = (status: number, code: string) => Response.json({ code, message: "" }, { status });
const role = (role: string | null) =>
  Response.json({ code: "ABCDEF", kind: "poll", title: "T", role, ended: false });
const CLAIM = "/api/rooms/ABCDEF/claim";

afterEach(() => vi.unstubAllGlobals());

it("needs no key, and takes a good one", async () => {
  server({ [CLAIM]: role("observer") });
  expect(await admit("ABCDEF", null, ["host"])).toBeNull();
  expect(await admit("ABCDEF", "good", ["host"])).toBeNull();
});

it("lets in with a bad key whoever has the role already, and nobody else", async () => {
  server({ [CLAIM]: refusal(403, "invalid_key"), "/api/rooms/ABCDEF": role("host") });
  expect(await admit("ABCDEF", "bad", ["host", "observer"])).toBeNull();
  server({ [CLAIM]: refusal(403, "invalid_key"), "/api/rooms/ABCDEF": role("participant") });
  expect(await admit("ABCDEF", "bad", ["host"])).toMatchObject({ code: "invalid_key" });
});

it("keeps the reason when there is no telling who the person is", async () => {
  server({ [CLAIM]: refusal(429, "too_many_attempts") });
  expect(await admit("ABCDEF", "any", ["host"])).toMatchObject({ code: "too_many_attempts" });
});

it("tells what may pass from what will not", async () => {
  server({});
  const problem = await admit("ABCDEF", "any", ["host"]);
  expect(problem?.code).toBe("offline");
  expect(isPassing(problem!)).toBe(true);
  expect(isPassing({ code: "invalid_key", message: "" })).toBe(false);
});
