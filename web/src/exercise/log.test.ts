import { describe, expect, it } from "vitest";
import { SCENARIO } from "./fixture";
import { preventedBy, tell } from "./log";
import type { Deed, LogEntry, ThreatView } from "./wire";

const told = (deed: Deed) => tell(deed, SCENARIO, (person) => `Person ${person}`);
const entry = (deed: Deed, more: Partial<LogEntry> = {}): LogEntry => ({
  entry: 1,
  elapsed: 7000,
  at: 0,
  by: 1,
  deed,
  ...more,
});

describe("a deed in words", () => {
  it("names things as the scenario does", () => {
    expect(told({ type: "bought", mitigation: "M1", at: ["hq", "local"] })).toMatchObject({
      group: "money",
      key: "exercise.log.bought",
      subject: "Two-step login",
      details: ["Head office, Branch"],
    });
    expect(
      told({ type: "introduced", name: "Ada", part: "participant", role: "L1", place: "hq" }),
    ).toMatchObject({
      subject: "Ada",
      details: ["Manager", "Head office"],
    });
  });

  it("calls what is not there by its id", () => {
    expect(told({ type: "acted", action: "A9" }).subject).toBe("A9");
    expect(told({ type: "delivered", threat: "T9" }).subject).toBe("T9");
  });

  it("tells right, wrong and missing answers apart", () => {
    const responded = (answer: Partial<{ responses: string[]; custom: string; correct: boolean }>) =>
      told({
        type: "responded",
        threat: "T1",
        answer: { responses: [], custom: "", correct: false, ...answer },
      });
    expect(responded({ correct: true, responses: ["R1"] })).toMatchObject({
      key: "exercise.log.handled",
      details: ["Response R1"],
    });
    expect(responded({ custom: "Panic" })).toMatchObject({
      key: "exercise.log.mishandled",
      details: ["Panic"],
    });
    expect(responded({}).key).toBe("exercise.log.no_response");
  });

  it("calls people by what they are called", () => {
    expect(told({ type: "removed", person: 3 }).subject).toBe("Person 3");
    expect(told({ type: "entrusted", person: 3, part: "observer" })).toMatchObject({
      key: "exercise.log.entrusted.observer",
      subject: "Person 3",
    });
  });

  it("says what is out of the ordinary", () => {
    expect(told({ type: "delivered", threat: "T1", early: true }).key).toBe("exercise.log.delivered_early");
    expect(told({ type: "paused", elapsed: 0, restart: true }).key).toBe("exercise.log.paused_restart");
  });
});

describe("what an entry prevented", () => {
  const threats = (at: number) =>
    new Map<string, ThreatView>([
      ["T3", { id: "T3", delivered_at: null, prevented_at: at, answered_at: null, answer: null }],
    ]);
  const bought: Deed = { type: "bought", mitigation: "M1", at: ["hq"] };

  it("is what its mitigation prevents, at that moment", () => {
    expect(preventedBy(entry(bought), SCENARIO, threats(7000))).toEqual(["Threat T3"]);
    expect(preventedBy(entry(bought), SCENARIO, threats(8000))).toEqual([]);
    expect(preventedBy(entry({ ...bought, mitigation: "M2" }), SCENARIO, threats(7000))).toEqual([]);
  });

  it("is the follow-up of a threat that was handled rightly", () => {
    const responded = (correct: boolean): Deed => ({
      type: "responded",
      threat: "T2",
      answer: { responses: [], custom: "x", correct },
    });
    expect(preventedBy(entry(responded(true)), SCENARIO, threats(7000))).toEqual(["Threat T3"]);
    expect(preventedBy(entry(responded(false)), SCENARIO, threats(7000))).toEqual([]);
  });

  it("is everything that had been bought when the simulation starts", () => {
    const started = entry({ type: "started" }, { elapsed: 0 });
    expect(preventedBy(started, SCENARIO, threats(0))).toEqual(["Threat T3"]);
  });

  it("is nothing when it was taken back", () => {
    expect(preventedBy(entry(bought, { undone: true }), SCENARIO, threats(7000))).toEqual([]);
  });
});
