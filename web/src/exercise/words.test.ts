import { describe, expect, it } from "vitest";
import { wording, wordsIn } from "./words";

const say = wording([
  { word: "Threat", synonym: "Incident" },
  { word: "Budget", synonym: "Campaign chest" },
  { word: "Curveball", synonym: "Turn of events" },
  { word: "Support", synonym: "Poll" },
  { word: "Support team", synonym: "Helpdesk" },
  { word: "System", synonym: "IT system" },
]);

describe("the scenario's own words", () => {
  it("stand in the case of the words they replace", () => {
    expect(say("Threat delivered")).toBe("Incident delivered");
    expect(say("The whole budget is lost")).toBe("The whole campaign chest is lost");
    expect(say("this system is down")).toBe("this IT system is down");
  });

  it("stand in a page of the scenario's language only", () => {
    const words = [{ word: "Budget", synonym: "Cash box" }];
    expect(wordsIn({ language: "en-GB", words }, "en")).toBe(words);
    expect(wordsIn({ language: "en", words }, "de")).toEqual([]);
    expect(wordsIn(null, "en")).toEqual([]);
  });

  it("have plurals", () => {
    expect(say("All threats")).toBe("All incidents");
    expect(say("Curveballs")).toBe("Turn of events");
  });

  it("replace whole words only, the longest first", () => {
    expect(say("Threatening budgetary supporters")).toBe("Threatening budgetary supporters");
    expect(say("Support team")).toBe("Helpdesk");
  });

  it("leave parameters alone", () => {
    expect(say("{budget} of the budget, {support}")).toBe("{budget} of the campaign chest, {support}");
  });

  it("may hold signs that mean something elsewhere", () => {
    expect(wording([{ word: "C++ (old)", synonym: "Rust $1" }])("C++ (old) rules")).toBe("Rust $1 rules");
  });

  it("change nothing when there are none", () => {
    expect(wording([])("Threat")).toBe("Threat");
  });
});
