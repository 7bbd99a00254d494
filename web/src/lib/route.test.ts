import { describe, expect, it } from "vitest";
import { keyInHash, parseRoute } from "./route";

describe("addresses", () => {
  it.each([
    ["/", { name: "start" }],
    ["/ABCDEF", { name: "join", code: "ABCDEF" }],
    ["/abc-def", { name: "join", code: "ABCDEF" }],
    ["/j/ABCDEF/", { name: "join", code: "ABCDEF" }],
    ["/host/abcdef", { name: "host", code: "ABCDEF" }],
    ["/screen/ABCDEF", { name: "screen", code: "ABCDEF" }],
    ["/observe/abcdef", { name: "observe", code: "ABCDEF" }],
    ["/review/ABCDEF", { name: "review", code: "ABCDEF" }],
    ["/scenarios", { name: "scenarios" }],
    ["/scenarios/", { name: "scenarios" }],
    ["/scenarios/election", { name: "scenario", id: "election" }],
    ["/scenarios/a%20name", { name: "scenario", id: "a name" }],
    ["/scenarios/election/more", { name: "missing" }],
    ["/host", { name: "missing" }],
    ["/ABCDE0", { name: "missing" }],
    ["/x/ABCDEF", { name: "missing" }],
    ["/host/ABCDEF/more", { name: "missing" }],
    ["/%E0%A4%A", { name: "missing" }],
  ])("%s", (path, route) => expect(parseRoute(path)).toEqual(route));

  it("carry a key in the fragment", () => {
    expect(keyInHash("#key=a-b_c")).toBe("a-b_c");
    expect(keyInHash("")).toBeNull();
    expect(keyInHash("#main")).toBeNull();
  });
});
