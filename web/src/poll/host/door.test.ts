import { afterEach, expect, it, vi } from "vitest";
import type { Role } from "../../generated/Role";
import { admit } from "./door";

// The language of messages is chosen when its module is loaded, and older Node has no navigator.
vi.hoisted(() => vi.stubGlobal("navigator", { languages: ["en"] }));

const refusal = (status: number, code: string) => Response.json({ code, message: "" }, { status });

/** A server that answers a claim like this, to a person who has this role. */
function server(claim: () => Response, role: Role | null) {
  const info = { code: "ABCDEF", kind: "poll", title: "T", role, ended: false };
  const fetch = vi.fn(async (path: string) => {
    if (path === "/api/session") return new Response(null, { status: 204 });
    return path.endsWith("/claim") ? claim() : Response.json(info);
  });
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

afterEach(() => vi.unstubAllGlobals());

it("lets in who has no key to show, and who has the right one", async () => {
  const fetch = server(() => Response.json({ role: "host" }), null);
  expect(await admit("ABCDEF", null)).toBeNull();
  expect(fetch).not.toHaveBeenCalled();
  expect(await admit("ABCDEF", "right")).toBeNull();
});

it.each(["invalid_key", "too_many_attempts"])("lets the host in whatever the key: %s", async (code) => {
  server(() => refusal(403, code), "host");
  expect(await admit("ABCDEF", "old")).toBeNull();
});

it.each([null, "participant", "projector"] as const)("says to a %s why not", async (role) => {
  server(() => refusal(403, "invalid_key"), role);
  expect(await admit("ABCDEF", "wrong")).toMatchObject({ code: "invalid_key" });
});

it("keeps the reason when there is no telling who the person is", async () => {
  vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("Failed to fetch")));
  expect(await admit("ABCDEF", "right")).toMatchObject({ code: "offline" });
});
