import { afterEach, expect, it, vi } from "vitest";
import { address } from "./address.svelte";
import { isLoopback, joinHost, joinLink, remoteLink, screenLink } from "./places";

afterEach(() => vi.unstubAllGlobals());

it("leads to the address the server tells, else to the page's own", async () => {
  vi.stubGlobal("location", { origin: "http://127.0.0.1:3000" });
  expect(joinHost()).toBe("127.0.0.1:3000");
  expect(joinLink("ABCDEF")).toBe("http://127.0.0.1:3000/j/ABCDEF");
  vi.stubGlobal("fetch", async () => Response.json({ url: "https://vote.example.org" }));
  await address.ready();
  expect(joinHost()).toBe("vote.example.org");
  expect(joinLink("ABCDEF")).toBe("https://vote.example.org/j/ABCDEF");
  expect(screenLink("ABCDEF")).toBe("https://vote.example.org/screen/ABCDEF");
  expect(remoteLink("ABCDEF", "k")).toBe("https://vote.example.org/host/ABCDEF#key=k");
});

it.each([
  "http://localhost:3000",
  "http://127.0.0.1:3000",
  "http://127.1.2.3",
  "http://[::1]:3000",
  "http://0.0.0.0",
])("knows that %s is only this machine", (url) => expect(isLoopback(url)).toBe(true));

it.each(["http://10.0.0.5:3000", "https://example.org", "https://127.example.org", "http://[fe80::1]:3000"])(
  "knows that others can reach %s",
  (url) => expect(isLoopback(url)).toBe(false),
);
