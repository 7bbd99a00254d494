import { afterEach, expect, it, vi } from "vitest";
import { ApiError, createPoll, deletePoll, polls } from "./api";

/** Answers requests in turn; what is asked of `/api/session` always works. */
function server(...answers: (Response | Error)[]) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    asked.push(`${init.method} ${path}${init.body ? ` ${String(init.body)}` : ""}`);
    const answer = path === "/api/session" ? new Response(null, { status: 204 }) : answers.shift();
    if (answer instanceof Response) return answer;
    throw answer ?? new Error("nothing more was expected");
  });
  return asked;
}

const refusal = (status: number, code: string) => Response.json({ code, message: `no: ${code}` }, { status });

afterEach(() => vi.unstubAllGlobals());

it("asks for a session first, then sends JSON", async () => {
  const asked = server(Response.json({ code: "ABCDEF" }, { status: 201 }));
  expect(await createPoll("T")).toEqual({ code: "ABCDEF" });
  expect(asked).toEqual(["POST /api/session", 'POST /api/polls {"title":"T"}']);
});

it("gets a new session and tries once more when the server has forgotten the person", async () => {
  const asked = server(refusal(401, "no_session"), Response.json([]));
  expect(await polls()).toEqual([]);
  expect(asked).toEqual(["GET /api/polls", "POST /api/session", "GET /api/polls"]);
  server(refusal(401, "no_session"), refusal(401, "no_session"));
  await expect(polls()).rejects.toMatchObject({ code: "no_session" });
});

it("hands on the server's code and words", async () => {
  server(refusal(404, "unknown_room"));
  await expect(deletePoll("ABCDEF")).rejects.toMatchObject({
    code: "unknown_room",
    message: "no: unknown_room",
    status: 404,
  });
  server(new Response("<html>bad gateway</html>", { status: 502 }));
  await expect(polls()).rejects.toMatchObject({ code: "http_502" });
});

it("tells a server that cannot be reached from one that refuses", async () => {
  server(new TypeError("Failed to fetch"));
  const failure = await polls().catch((cause: unknown) => cause);
  expect(failure).toBeInstanceOf(ApiError);
  expect(failure).toMatchObject({ code: "offline" });
});

it("takes no content for an answer", async () => {
  server(new Response(null, { status: 204 }));
  expect(await deletePoll("ABCDEF")).toBeUndefined();
});
