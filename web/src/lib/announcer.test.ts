import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Announcer } from "./announcer";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("speaks soon, then at most once in a while, and of each subject only the latest", () => {
  const said: string[] = [];
  const announcer = new Announcer((text) => said.push(text), 3000);
  announcer.announce("Voting is open", "phase");
  vi.advanceTimersByTime(50);
  expect(said).toEqual(["Voting is open"]);
  for (let votes = 1; votes <= 40; votes++) announcer.announce(`${votes} voted`, "votes");
  announcer.announce("Voting is closed", "phase");
  vi.advanceTimersByTime(2900);
  expect(said).toHaveLength(1);
  vi.advanceTimersByTime(100);
  expect(said).toEqual(["Voting is open", "40 voted Voting is closed"]);
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(2);
});
