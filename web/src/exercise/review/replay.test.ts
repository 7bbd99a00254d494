import { describe, expect, it } from "vitest";
import { event, review, threat } from "./fixture";
import { advance, fittingSpeed, isDown, momentAt, standingAt, valuesAt } from "./replay";

const CURVE = [
  { at: 0, budget: 100, support: 50 },
  { at: 0, budget: 40, support: 50 },
  { at: 2000, budget: 40, support: 48 },
  { at: 5000, budget: 90, support: 48.5 },
];

describe("the values", () => {
  it("are those of the last point that is not later", () => {
    expect(valuesAt(CURVE, 0)).toEqual({ budget: 40, support: 50 });
    expect(valuesAt(CURVE, 1999)).toEqual({ budget: 40, support: 50 });
    expect(valuesAt(CURVE, 2000)).toEqual({ budget: 40, support: 48 });
    expect(valuesAt(CURVE, 99_999)).toEqual({ budget: 90, support: 48.5 });
  });

  it("are nothing without a curve", () => expect(valuesAt([], 5)).toEqual({ budget: 0, support: 0 }));
});

describe("a system", () => {
  const system = {
    id: "S",
    name: "S",
    at: "hq" as const,
    down: [
      { from: 10, to: 20 },
      { from: 30, to: null },
    ],
  };

  it.each([
    [9, false],
    [10, true],
    [19, true],
    [20, false],
    [30, true],
    [999, true],
  ])("at %i is down: %s", (at, down) => expect(isDown(system, at)).toBe(down));
});

describe("a threat", () => {
  it.each([
    [
      "prevented",
      threat({ id: "a", outcome: "prevented", prevented_at: 5 }),
      ["coming", "prevented", "prevented"],
    ],
    [
      "handled",
      threat({ id: "a", outcome: "handled", delivered_at: 5, answered_at: 8 }),
      ["coming", "open", "handled"],
    ],
    [
      "asking for no answer",
      threat({ id: "a", outcome: "handled", delivered_at: 5 }),
      ["coming", "handled", "handled"],
    ],
    [
      "mishandled",
      threat({ id: "a", outcome: "mishandled", delivered_at: 5, answered_at: 8 }),
      ["coming", "open", "mishandled"],
    ],
    ["missed", threat({ id: "a", outcome: "missed", delivered_at: 5 }), ["coming", "open", "missed"]],
    ["never delivered", threat({ id: "a" }), ["coming", "coming", "coming"]],
  ])("that was %s stands there step by step", (_, threat, standings) => {
    expect([
      standingAt(threat, 4, false),
      standingAt(threat, 7, false),
      standingAt(threat, 10, true),
    ]).toEqual(standings);
  });
});

describe("a moment", () => {
  const events = [1, 2, 3, 4, 5, 6, 7].map((n) =>
    event({ entry: n, at: n * 1000, kind: "acted", undone: n === 6 }),
  );
  const whole = review({
    curve: CURVE,
    events,
    threats: [threat({ id: "a", outcome: "missed", delivered_at: 3000 }), threat({ id: "b" })],
    systems: [{ id: "S", name: "S", at: "hq", down: [{ from: 3000, to: 4000 }] }],
  });

  it("has the last five events that count, the newest first", () => {
    expect(momentAt(whole, 7000).last.map(({ entry }) => entry)).toEqual([7, 5, 4, 3, 2]);
    expect(momentAt(whole, 500).last).toEqual([]);
  });

  it("counts threats and failed systems", () => {
    const moment = momentAt(whole, 3500);
    expect(moment.down.map(({ id }) => id)).toEqual(["S"]);
    expect(moment.standings).toMatchObject({ open: 1, coming: 1, missed: 0 });
    expect(momentAt(whole, 10_000).standings).toMatchObject({ open: 0, missed: 1 });
  });

  it("has nothing missed while the game goes on", () => {
    expect(momentAt({ ...whole, phase: "simulation" }, 10_000).standings).toMatchObject({
      open: 1,
      missed: 0,
    });
  });
});

it("plays on at a speed, and stops at the end", () => {
  expect(advance(1000, 16, 10, 10_000)).toBe(1160);
  expect(advance(9990, 16, 10, 10_000)).toBe(10_000);
});

it("has a speed that plays the whole in about a minute", () => {
  expect(fittingSpeed(75 * 60_000, [1, 10, 60, 120])).toBe(120);
  expect(fittingSpeed(10 * 60_000, [1, 10, 60, 120])).toBe(10);
  expect(fittingSpeed(24 * 3_600_000, [1, 10])).toBe(10);
});
