import { afterEach, expect, it, vi } from "vitest";
import { Address } from "./address.svelte";

const HERE = "http://127.0.0.1:3000";

function asked(...answers: (Response | Error)[]) {
  const fetch = vi.fn(async (_path: string) => {
    const answer = answers.shift();
    if (answer instanceof Response) return answer;
    throw answer ?? new Error("nothing more was expected");
  });
  vi.stubGlobal("fetch", fetch);
  return { fetch, address: new Address(() => HERE) };
}

afterEach(() => vi.unstubAllGlobals());

it("is the page's own until the server has told another", async () => {
  const { fetch, address } = asked(Response.json({ url: "https://vote.example.org/" }));
  expect(address.url).toBe(HERE);
  await Promise.all([address.ready(), address.ready()]);
  expect(address.url).toBe("https://vote.example.org");
  expect(fetch).toHaveBeenCalledOnce();
  expect(fetch.mock.calls[0]?.[0]).toBe("/api/config");
});

it.each([
  ["the server has none", Response.json({ url: null })],
  ["the server does not know the question", new Response("", { status: 404 })],
  ["the answer is no JSON", new Response("<html>")],
  ["the answer is no address", Response.json({ url: "vote" })],
  ["the address is not of the web", Response.json({ url: "javascript:alert(1)" })],
  ["nothing answers", new TypeError("Failed to fetch")],
])("stays the page's own when %s", async (_when, answer) => {
  const { address } = asked(answer);
  await address.ready();
  expect(address.url).toBe(HERE);
});

it("is asked for again after a failure", async () => {
  const { address } = asked(new TypeError("Failed to fetch"), Response.json({ url: "http://10.0.0.5" }));
  await address.ready();
  await address.ready();
  expect(address.url).toBe("http://10.0.0.5");
});
