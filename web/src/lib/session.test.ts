import { describe, expect, it, vi } from "vitest";
import { Session } from "./session";

const answer = (status: number) => new Response(null, { status });

describe("the session", () => {
  it("is asked for once, however many wait for it", async () => {
    const fetch = vi.fn(async () => answer(204));
    const session = new Session(fetch);
    await Promise.all([session.ready(), session.ready()]);
    await session.ready();
    expect(fetch).toHaveBeenCalledExactlyOnceWith("/api/session", { method: "POST" });
  });

  it("is asked for again after a failure", async () => {
    const fetch = vi.fn(async () => answer(503));
    const session = new Session(fetch);
    await expect(session.ready()).rejects.toThrow("503");
    fetch.mockResolvedValue(answer(204));
    await session.ready();
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it("is renewed when the server has forgotten the person", async () => {
    const fetch = vi.fn(async () => answer(204));
    const session = new Session(fetch);
    await session.ready();
    await session.renew();
    expect(fetch).toHaveBeenCalledTimes(2);
  });
});
