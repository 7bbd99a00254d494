import { describe, expect, it } from "vitest";
import { SCENARIO, threat } from "./fixture";
import { includes, rowsOf, standingOf, timeline, type ThreatRow } from "./threats";
import type { ThreatView } from "./wire";

const view = (more: Partial<ThreatView>): ThreatView => ({
  id: "T",
  delivered_at: null,
  prevented_at: null,
  answered_at: null,
  answer: null,
  ...more,
});

const MINUTE = 60_000;
const table = threat({ id: "T" });
const background = threat({ id: "T", kind: "background" });

describe("the standing of a threat", () => {
  const at = 10 * MINUTE;

  it.each([
    [0, "upcoming"],
    [7 * MINUTE - 1, "upcoming"],
    [7 * MINUTE, "soon"],
    [at - 1, "soon"],
    [at, "due"],
  ] as const)("at %i is %s", (elapsed, standing) => {
    expect(standingOf(table, at, view({}), elapsed, "simulation")).toBe(standing);
  });

  it("is upcoming as long as the preparation lasts", () => {
    expect(standingOf(table, 0, view({}), 0, "preparation")).toBe("upcoming");
  });

  it("is prevented, unless it was delivered before", () => {
    expect(standingOf(table, at, view({ prevented_at: 0 }), at, "simulation")).toBe("prevented");
    expect(standingOf(table, at, view({ prevented_at: 5, delivered_at: 4 }), at, "simulation")).toBe("open");
  });

  it("follows the answer once it was delivered", () => {
    const answered = (correct: boolean) =>
      view({ delivered_at: 1, answered_at: 2, answer: { responses: [], custom: "x", correct } });
    expect(standingOf(table, at, view({ delivered_at: 1 }), at, "simulation")).toBe("open");
    expect(standingOf(table, at, answered(true), at, "simulation")).toBe("answered");
    expect(standingOf(table, at, answered(false), at, "simulation")).toBe("mishandled");
  });

  it("is quiet in the background, where nobody answers", () => {
    expect(standingOf(background, at, view({ delivered_at: 1 }), at, "simulation")).toBe("quiet");
    expect(standingOf(background, at, view({}), at, "simulation")).toBe("due");
  });
});

it("a timeline is in the order of time", () => {
  expect(timeline(SCENARIO).map(({ threat, at }) => [threat.id, at])).toEqual([
    ["T1", MINUTE],
    ["T2", 4.5 * MINUTE],
    ["T3", 10 * MINUTE],
  ]);
});

it("a section has its rows in the order in which they matter", () => {
  const row = (id: string, standing: ThreatRow["standing"], answered_at: number): ThreatRow => ({
    threat: threat({ id }),
    at: 0,
    view: view({ id, delivered_at: 1, answered_at }),
    standing,
  });
  const rows = [row("a", "answered", 2), row("b", "mishandled", 9), row("c", "open", 0), row("d", "soon", 0)];
  expect(rowsOf(rows, "dealt").map(({ threat }) => threat.id)).toEqual(["b", "a"]);
  expect(rowsOf(rows, "open").map(({ threat }) => threat.id)).toEqual(["c"]);
  expect(rowsOf(rows, "due")).toEqual([]);
});

it("what is at both places is at each", () => {
  expect(includes("party", "hq")).toBe(true);
  expect(includes("hq", "all")).toBe(true);
  expect(includes("local", "hq")).toBe(false);
});
