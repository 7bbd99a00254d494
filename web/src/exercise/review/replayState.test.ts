import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { review } from "./fixture";
import { Replay } from "./replay.svelte";

let frames: ((now: number) => void)[] = [];

/** Runs the frame that was asked for last, so many milliseconds later. */
function frame(after: number) {
  vi.advanceTimersByTime(after);
  const [next] = frames.splice(0);
  next?.(performance.now());
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (run: (now: number) => void) => frames.push(run));
  vi.stubGlobal("cancelAnimationFrame", () => (frames = []));
});

afterEach(() => {
  frames = [];
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function replaying() {
  const told: (number | null)[] = [];
  const replay = new Replay(
    () => review({ elapsed: 60_000 }),
    (at) => told.push(at),
  );
  return { replay, told };
}

it("begins at the end, and plays from the start until it is over", () => {
  const { replay } = replaying();
  expect([replay.at, replay.atEnd, replay.speed]).toEqual([60_000, true, 1]);
  replay.speed = 10;
  replay.play();
  frame(100);
  expect(replay.at).toBe(1000);
  frame(10_000);
  expect([replay.at, replay.playing]).toEqual([60_000, false]);
});

it("stops where it is", () => {
  const { replay } = replaying();
  replay.speed = 10;
  replay.play();
  frame(1000);
  replay.stop();
  frame(1000);
  expect([replay.at, replay.playing, replay.atEnd]).toEqual([10_000, false, false]);
});

it("tells the newest moment, but not each on the way", () => {
  const { replay, told } = replaying();
  vi.advanceTimersByTime(5000);
  for (const at of [1000, 2000, 3000]) replay.choose(at);
  vi.advanceTimersByTime(500);
  expect(told).toEqual([3000]);
  replay.choose(null);
  vi.advanceTimersByTime(500);
  expect(told).toEqual([3000, null]);
});

it("follows others, but neither while it plays nor right after an own move", () => {
  const { replay } = replaying();
  replay.follow(5000);
  expect(replay.at).toBe(5000);
  replay.choose(7000);
  replay.follow(6900);
  expect(replay.at).toBe(7000);
  vi.advanceTimersByTime(2000);
  replay.follow(8000);
  expect(replay.at).toBe(8000);
  replay.play();
  replay.follow(1);
  expect(replay.at).toBe(8000);
});

it("keeps within the game", () => {
  const { replay } = replaying();
  replay.choose(-5);
  expect(replay.at).toBe(0);
  replay.choose(99_000);
  expect(replay.at).toBe(60_000);
});
