import { describe, expect, it } from "vitest";
import { event, purchase, review, threat } from "./fixture";
import {
  bars,
  byOutcome,
  compared,
  downtime,
  filtered,
  forAll,
  itemsOf,
  peopleIn,
  responseTime,
  topicOf,
} from "./lists";
import { pagesOf } from "./pages";

const whole = review({
  events: [
    event({ entry: 1, at: 0, kind: "bought", by: "Bo" }),
    event({ entry: 2, at: 0, kind: "bought", by: "Al", undone: true }),
    event({ entry: 4, at: 9, kind: "delivered" }),
    event({ entry: 5, at: 10, kind: "noted", by: "Obs" }),
  ],
  notes: [{ entry: 3, at: 5, by: "Obs", text: "look", threat: null }],
});

const unnamed = (person: number) => `Person ${person}`;

describe("the decisions", () => {
  const items = itemsOf(whole, unnamed);
  const all = { topic: null, by: null, undone: true };

  it("are in the order of the log, each note once", () => {
    expect(items.map(({ key }) => key.split(".")[0])).toEqual(["e1", "e2", "n3", "e4"]);
  });

  it("keep notes that are only events", () => {
    expect(itemsOf({ ...whole, notes: [] }, unnamed).map(({ topic }) => topic)).toContain("notes");
  });

  it("are narrowed to a topic, to a person, and to what counts", () => {
    expect(filtered(items, all)).toHaveLength(4);
    expect(filtered(items, { ...all, topic: "purchases" })).toHaveLength(2);
    expect(filtered(items, { ...all, topic: "purchases", undone: false })).toHaveLength(1);
    expect(filtered(items, { ...all, by: "Obs" }).map(({ kind }) => kind)).toEqual(["note"]);
  });

  it("name everybody once", () => expect(peopleIn(items)).toEqual(["Al", "Bo", "Obs"]));

  it("are those of somebody also without a name, but not when they are the clock's", () => {
    const events = [
      event({ entry: 1, at: 0, kind: "acted", person: 4 }),
      event({ entry: 2, at: 0, kind: "delivered" }),
    ];
    expect(itemsOf(review({ events }), unnamed).map(({ by }) => by)).toEqual(["Person 4", ""]);
  });

  it("have a topic, also when their kind is new", () => {
    expect(topicOf("thrown")).toBe("actions");
    expect(topicOf("something")).toBe("run");
  });
});

it("keeps notes and people to the staff", () => {
  const people = [{ id: 1, name: "Bo", part: "participant" as const, role: "", place: null }];
  const seen = forAll({ ...whole, people });
  expect(seen.notes).toEqual([]);
  expect(seen.people).toEqual([]);
  expect(seen.events.map(({ entry }) => entry)).toEqual([1, 2, 4]);
});

it("groups threats by outcome, what went wrong first", () => {
  const threats = [
    threat({ id: "a", outcome: "prevented" }),
    threat({ id: "b", outcome: "missed" }),
    threat({ id: "c", outcome: "prevented" }),
  ];
  expect(byOutcome(threats).map(({ outcome, threats }) => [outcome, threats.length])).toEqual([
    ["missed", 1],
    ["prevented", 2],
  ]);
});

it("takes the time from delivery to answer", () => {
  expect(responseTime(threat({ id: "a", delivered_at: 5, answered_at: 30 }))).toBe(25);
  expect(responseTime(threat({ id: "a", delivered_at: 5 }))).toBeNull();
});

it("compares purchases by what they cover", () => {
  const both = compared(
    [purchase("a"), purchase("b", ["hq", "local"])],
    [purchase("a", ["hq", "local"]), purchase("b")],
  );
  expect(both.map(({ both }) => both)).toEqual([true, false]);
});

it("lays outages out as shares of the game", () => {
  const down = [
    { from: 25, to: 50 },
    { from: 80, to: null },
  ];
  expect(bars(down, 100).map(({ start, share }) => [start, share])).toEqual([
    [0.25, 0.25],
    [0.8, 0.2],
  ]);
  expect(downtime(down, 100)).toBe(45);
  expect(bars(down, 0)).toEqual([]);
});

it("has a page for everything there is to show", () => {
  expect(pagesOf(review()).map(({ name }) => name)).toEqual(["replay"]);
  const full = review({
    threats: [threat({ id: "a", outcome: "missed" }), threat({ id: "b" })],
    bought: { items: [purchase("a")], cost: 1, saves: 0, failures: 0 },
    systems: [{ id: "S", name: "S", at: "hq", down: [{ from: 1, to: null }] }],
    learning: [{ name: "Theme", points: [] }],
  });
  expect(pagesOf(full).map(({ key }) => key)).toEqual([
    "replay",
    "missed",
    "purchases",
    "systems",
    "learning0",
  ]);
});
