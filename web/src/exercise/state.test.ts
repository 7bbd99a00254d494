import { describe, expect, it } from "vitest";
import { changes, GAME, SCENARIO } from "./fixture";
import { applyChanges, arrived, NOTHING } from "./state";
import type { Card, LogEntry, ThreatView } from "./wire";

const card = (id: string, more: Partial<Card> = {}): Card => ({
  id,
  title: id,
  description: "",
  kind: "table",
  place: "hq",
  asset: null,
  delivered_at: 0,
  answered: false,
  ...more,
});

const entry = (n: number, more: Partial<LogEntry> = {}): LogEntry => ({
  entry: n,
  elapsed: 0,
  at: 0,
  by: 1,
  deed: { type: "started" },
  ...more,
});

const view = (id: string, more: Partial<ThreatView> = {}): ThreatView => ({
  id,
  delivered_at: null,
  prevented_at: null,
  answered_at: null,
  answer: null,
  ...more,
});

const whole = applyChanges(
  NOTHING,
  changes({
    whole: true,
    offset: 5,
    game: GAME,
    scenario: SCENARIO,
    systems: [
      { id: "S1", up: true },
      { id: "S2", up: true },
    ],
    threats: [view("T1"), view("T2")],
    cards: [card("T1")],
    log: [entry(2), entry(3)],
  }),
);

describe("changes", () => {
  it("as a whole replace everything, even with an earlier offset", () => {
    const after = applyChanges(whole, changes({ whole: true, offset: 3, game: GAME, cards: [card("T9")] }));
    expect(after.offset).toBe(3);
    expect([...after.cards.keys()]).toEqual(["T9"]);
    expect(after.scenario).toBeNull();
    expect(after.log).toEqual([]);
  });

  it("otherwise replace by id, and leave the rest as it was", () => {
    const after = applyChanges(
      whole,
      changes({ offset: 6, systems: [{ id: "S1", up: false }], threats: [view("T1", { delivered_at: 9 })] }),
    );
    expect(after.offset).toBe(6);
    expect(after.game).toBe(whole.game);
    expect(after.scenario).toBe(whole.scenario);
    expect(after.systems.get("S1")).toBe(false);
    expect(after.systems.get("S2")).toBe(true);
    expect(after.threats.get("T1")?.delivered_at).toBe(9);
    expect(after.threats.get("T2")).toBe(whole.threats.get("T2"));
    expect(after.cards).toBe(whole.cards);
  });

  it("never take the offset back", () => {
    expect(applyChanges(whole, changes({ offset: 4 })).offset).toBe(5);
  });

  it("take cards back", () => {
    const after = applyChanges(whole, changes({ offset: 6, cards: [card("T2")], withdrawn: ["T1"] }));
    expect([...after.cards.keys()]).toEqual(["T2"]);
  });

  it("add to the log in order, and put what was taken back in its own place", () => {
    const after = applyChanges(whole, changes({ offset: 7, log: [entry(7), entry(2, { undone: true })] }));
    expect(after.log.map(({ entry, undone }) => [entry, undone ?? false])).toEqual([
      [2, true],
      [3, false],
      [7, false],
    ]);
  });
});

it("what has arrived are the cards that were not there before", () => {
  const after = applyChanges(whole, changes({ cards: [card("T1", { answered: true }), card("T2")] }));
  expect(arrived(whole, after).map(({ id }) => id)).toEqual(["T2"]);
});
