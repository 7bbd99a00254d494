import { describe, expect, it } from "vitest";
import { axis, marks, scale, stepPath, timeTicks } from "./chart";
import { event, review } from "./fixture";

it("scales, also upside down and without a span", () => {
  const y = scale([0, 10], [100, 0]);
  expect([y(0), y(5), y(10)]).toEqual([100, 50, 0]);
  expect(scale([3, 3], [10, 20])(3)).toBe(10);
});

describe("an axis", () => {
  it.each([
    [
      [36, 55],
      [35, 40, 45, 50, 55],
    ],
    [
      [0, 6000],
      [0, 2000, 4000, 6000],
    ],
    [
      [50, 50.3],
      [50, 50.1, 50.2, 50.3],
    ],
    [
      [0, 0],
      [0, 0.5],
    ],
  ])("holds %j on round steps", (values, ticks) => {
    const found = axis(values);
    expect(found.ticks.slice(0, ticks.length)).toEqual(ticks);
    expect(found.domain[0]).toBeLessThanOrEqual(Math.min(...values));
    expect(found.domain[1]).toBeGreaterThanOrEqual(Math.max(...values));
  });

  it("has steps that are round, for numbers of any size", () => {
    for (const most of [1, 7, 1234, 1e9]) {
      const { ticks } = axis([0, most]);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(8);
    }
  });

  it("has no finer steps than are asked for", () => {
    expect(axis([0, 0], 3, 1).ticks).toEqual([0, 1]);
    expect(axis([0, 6000], 3, 1).ticks).toEqual([0, 2000, 4000, 6000]);
  });

  it("does without values", () => expect(axis([]).domain).toEqual([0, 1]));
});

it("ticks at round moments, no more than wanted", () => {
  expect(timeTicks(75 * 60_000, 8).map((at) => at / 60_000)).toEqual([0, 10, 20, 30, 40, 50, 60, 70]);
  expect(timeTicks(600_000, 5).map((at) => at / 60_000)).toEqual([0, 2, 4, 6, 8, 10]);
});

it("draws steps up to the end", () => {
  const same = (value: number) => value;
  const points = [
    { at: 0, value: 5 },
    { at: 3, value: 4 },
  ];
  expect(stepPath(points, 10, same, same)).toBe("M0 5H3V4H10");
  expect(stepPath([], 10, same, same)).toBe("");
});

describe("marks", () => {
  const same = (value: number) => value;
  const of = (events: ReturnType<typeof event>[]) => marks(review({ events }), same, 10);

  it("gather what is near, by line", () => {
    const found = of([
      event({ entry: 1, at: 0, kind: "delivered", support: -1 }),
      event({ entry: 2, at: 5, kind: "responded" }),
      event({ entry: 3, at: 6, kind: "acted", budget: -10 }),
      event({ entry: 4, at: 10, kind: "acted", support: 1, budget: -1 }),
    ]);
    expect(found.map(({ at, line, events }) => [at, line, events.length])).toEqual([
      [0, "support", 2],
      [6, "budget", 1],
      [10, "support", 1],
    ]);
  });

  it("leave out what was taken back and what nobody looks for", () => {
    expect(
      of([
        event({ entry: 1, at: 0, kind: "acted", undone: true }),
        event({ entry: 2, at: 50, kind: "introduced" }),
        event({ entry: 3, at: 99, kind: "noted" }),
      ]),
    ).toEqual([]);
  });
});
