import { describe, expect, it } from "vitest";
import { elapsedAt, formatGameTime, parseGameTime } from "./clock";

describe("the game's clock", () => {
  it("stands still while it is paused", () => {
    expect(elapsedAt({ elapsed: 5000, running_since: null, speed: 200 }, 99_000)).toBe(5000);
  });

  it("runs at its speed, and never backwards", () => {
    const clock = { elapsed: 5000, running_since: 10_000, speed: 200 };
    expect(elapsedAt(clock, 11_000)).toBe(7000);
    expect(elapsedAt(clock, 9000)).toBe(5000);
  });
});

describe("game time", () => {
  it.each([
    ["4:30", 270_000],
    ["75:00", 4_500_000],
    ["1:15:00", 4_500_000],
    ["90", 90_000],
    [" 0:00.5 ", 500],
    ["24:00:00", 86_400_000],
  ])("reads %s", (text, millis) => expect(parseGameTime(text)).toBe(millis));

  it.each(["", "x", "1:60", "-1", "1:2:3:4", "24:00:01", "1e3", "1::2", "1:"])("does not read %j", (text) =>
    expect(parseGameTime(text)).toBeNull(),
  );

  it("is written in minutes, however many", () => {
    expect(formatGameTime(0)).toBe("0:00");
    expect(formatGameTime(270_999)).toBe("4:30");
    expect(formatGameTime(4_500_000)).toBe("75:00");
    expect(formatGameTime(-61_000)).toBe("1:01");
  });
});
