import { describe, expect, it } from "vitest";
import { formatSeconds, secondsUntil, ServerClock } from "./clock";

describe("the server's clock", () => {
  it("is the local one until something was heard", () => {
    expect(new ServerClock(() => 1000).now()).toBe(1000);
  });

  it("believes the message that was on the way the least", () => {
    let local = 1000;
    const clock = new ServerClock(() => local);
    clock.learn(5900);
    local = 2000;
    clock.learn(6990);
    local = 3000;
    clock.learn(7500);
    expect(clock.now()).toBe(3000 + 4990);
  });

  it("forgets what it knew on a fresh connection", () => {
    const clock = new ServerClock(() => 1000);
    clock.learn(9000);
    clock.learn(4000, true);
    expect(clock.now()).toBe(4000);
  });
});

describe("a count-down", () => {
  it("counts whole seconds and ends at nought", () => {
    expect([5000, 4001, 4000, 1, 0, -50].map((left) => secondsUntil(left, 0))).toEqual([5, 5, 4, 1, 0, 0]);
  });

  it("reads like a clock from a minute on", () => {
    expect([0, 9, 59, 60, 65, 3600].map(formatSeconds)).toEqual(["0", "9", "59", "1:00", "1:05", "60:00"]);
  });
});
