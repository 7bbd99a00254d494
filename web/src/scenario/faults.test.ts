import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Checker } from "./checker";
import { Drafts, type Store } from "./drafts";
import { faultAt, faultsByTab, faultyRows, placeOf, tabOf } from "./faults";
import { scenario } from "./fixture";
import { rowsOf } from "./edit";
import { search } from "./search";
import type { Fault } from "./types";

const fault = (table: string, row: string, field: string): Fault => ({
  table,
  row,
  field,
  message: "Wrong.",
});

describe("a fault", () => {
  it("belongs to a tab", () => {
    expect(tabOf(fault("threats", "T1", "at"))).toBe("threats");
    for (const table of ["", "settings", "places", "words", "elsewhere"])
      expect(tabOf(fault(table, "", ""))).toBe("general");
    const counts = faultsByTab([
      fault("threats", "T1", "at"),
      fault("threats", "T2", "at"),
      fault("", "", "title"),
    ]);
    expect(Object.fromEntries(counts)).toEqual({ threats: 2, general: 1 });
  });

  it("belongs to a row, by id or by number", () => {
    const document = scenario();
    expect(placeOf(fault("threats", "T2", "at"), document)).toEqual({ table: "threats", id: "T2" });
    expect(placeOf(fault("threats", "#1", "at"), document)).toEqual({ table: "threats", id: "T1" });
    expect(placeOf(fault("threats", "T9", "at"), document)).toBeNull();
    expect(placeOf(fault("settings", "", "budget"), document)).toBeNull();
  });

  it("is found at its field", () => {
    const faults = [fault("threats", "T1", "at")];
    expect(faultAt(faults, "threats", "T1", "at")).toBe(faults[0]);
    expect(faultAt(faults, "threats", "T1", "title")).toBeNull();
    expect([...faultyRows(faults, "threats")]).toEqual(["T1"]);
  });
});

describe("a search", () => {
  const rows = rowsOf(scenario(), "threats");

  it.each([
    ["", ["T1", "T2"]],
    ["first", ["T1"]],
    ["ZWEITE fur", ["T2"]],
    ["t2", ["T1", "T2"]],
    ["T2 spater", ["T2"]],
    ["nothing", []],
  ])("for “%s” finds %j", (text, ids) =>
    expect(search("threats", rows, text).map(({ id }) => id)).toEqual(ids),
  );
});

describe("a draft", () => {
  const store = () => {
    const held = new Map<string, string>();
    return {
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, value: string) => void held.set(key, value),
      removeItem: (key: string) => void held.delete(key),
    } satisfies Store;
  };
  const draft = { version: 2, at: 5, document: scenario() };

  it("is kept until it is dropped", () => {
    const drafts = new Drafts(
      (
        (held) => () =>
          held
      )(store()),
    );
    expect(drafts.find("a")).toBeNull();
    expect(drafts.keep("a", draft)).toBe(true);
    expect(drafts.find("a")).toEqual(draft);
    expect(drafts.find("b")).toBeNull();
    drafts.drop("a");
    expect(drafts.find("a")).toBeNull();
  });

  it("is not taken from something else", () => {
    const held = store();
    const drafts = new Drafts(() => held);
    for (const text of [
      "",
      "{",
      "null",
      "[]",
      '{"version":1,"at":2}',
      '{"version":1,"at":2,"document":{"format":"x"}}',
    ]) {
      held.setItem("chorus.scenario.a", text);
      expect(drafts.find("a"), text).toBeNull();
    }
  });

  it("is not kept where the browser forbids it", () => {
    const drafts = new Drafts(() => {
      throw new Error("denied");
    });
    expect(drafts.keep("a", draft)).toBe(false);
    expect(drafts.find("a")).toBeNull();
    drafts.drop("a");
  });
});

describe("a checker", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const answering = (answers: Record<string, () => Promise<string>>) => {
    const asked: string[] = [];
    const told: (string | null)[] = [];
    const checker = new Checker<string, string>(
      (document) => {
        asked.push(document);
        return answers[document]?.() ?? Promise.resolve(`faults of ${document}`);
      },
      (faults) => told.push(faults),
      100,
    );
    return { checker, asked, told };
  };

  it("asks once the writing pauses, about what was written last", async () => {
    const { checker, asked, told } = answering({});
    checker.changed("a");
    await vi.advanceTimersByTimeAsync(99);
    checker.changed("ab");
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual(["ab"]);
    expect(told).toEqual(["faults of ab"]);
  });

  it("does not tell an answer that is out of date", async () => {
    let late = (_: string) => {};
    const { checker, told } = answering({ a: () => new Promise((done) => (late = done)) });
    checker.changed("a");
    await vi.advanceTimersByTimeAsync(100);
    checker.changed("b");
    late("old");
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toEqual(["faults of b"]);
  });

  it("tells that there was no answer", async () => {
    const { checker, told } = answering({ a: () => Promise.reject(new Error("offline")) });
    checker.changed("a");
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toEqual([null]);
  });
});
