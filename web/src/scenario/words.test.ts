import { describe, expect, it } from "vitest";
import { de } from "../messages/de";
import { en } from "../messages/en";
import { changedCost, costWords } from "./cost";
import { known, PATTERNS } from "./faultPatterns";
import { CHOICES, type Choices, HEAD_FIELDS, PLACES_FIELDS, SETTINGS_FIELDS, SHAPES } from "./fields";
import { filesFault, MOST_BYTES, wanted } from "./imports";
import { TABLES } from "./types";
import { choiceKey, fieldKey } from "./keys";

describe("words", () => {
  it("are there for every field", () => {
    const keys = [
      ...TABLES.flatMap((table) =>
        ["id", ...SHAPES[table].fields.map(({ name }) => name)].map((name) => fieldKey(table, name)),
      ),
      ...HEAD_FIELDS.map(({ name }) => fieldKey("head", name)),
      ...SETTINGS_FIELDS.map(({ name }) => fieldKey("settings", name)),
      ...PLACES_FIELDS.map(({ name }) => fieldKey("places", name)),
    ];
    expect(keys.filter((key) => !(key in en && key in de))).toEqual([]);
  });

  it("are there for every choice", () => {
    const keys = (Object.keys(CHOICES) as Choices[]).flatMap((of) =>
      CHOICES[of].map((value) => choiceKey(of, value)),
    );
    expect(keys.filter((key) => !(key in en))).toEqual([]);
  });

  it.each([
    ["There is no mitigation M9.", "scenario.fault.no_mitigation", { a: "M9", b: "" }],
    ["This has 201 characters; 200 is the most.", "scenario.fault.long", { a: "201", b: "200" }],
    ["T1 is there twice.", "scenario.fault.twice", { a: "T1", b: "" }],
    ["There is no field of this name. There is id, name.", "scenario.fault.no_field", { a: "", b: "" }],
  ])("of the server are known: %s", (message, key, params) =>
    expect(known(message)).toEqual({ key, params }),
  );

  it("of the server that are new stay as they are", () => expect(known("Something else.")).toBeNull());

  it("in English are the server’s, so that each pattern fits its own text", () => {
    for (const [pattern, key] of PATTERNS) {
      const text = en[key].replace("{a}", "X").replace("{b}", "Y");
      expect(text, key).toMatch(pattern);
      expect(known(text)?.key, text).toBe(key);
    }
  });
});

describe("a price", () => {
  it("costs the same in either form", () => {
    expect(changedCost(901, "each")).toEqual({ hq: 451, local: 450 });
    expect(changedCost({ hq: 451, local: 450 }, "whole")).toBe(901);
    expect(changedCost({ local: 5 }, "whole")).toBe(5);
    expect(changedCost(7, "whole")).toBe(7);
  });

  it("is written in short", () => {
    expect(costWords(5, String)).toBe("5");
    expect(costWords({ hq: 1, local: 2 }, String)).toBe("1 + 2");
    expect(costWords({ local: 2 }, String)).toBe("2");
  });
});

describe("files to import", () => {
  const file = (name: string, size = 1) => ({ name, size });

  it("are those that may hold a scenario", () => {
    const names = ["a.YAML", "b.csv", "c.json", "notes.txt", ".DS_Store", "d.yml"];
    expect(wanted(names.map((name) => file(name))).map(({ name }) => name)).toEqual([
      "a.YAML",
      "b.csv",
      "c.json",
      "d.yml",
    ]);
  });

  it("are some, and not too many or too large", () => {
    expect(filesFault([])).toBe("none");
    expect(filesFault(Array.from({ length: 101 }, () => file("a.csv")))).toBe("many");
    expect(filesFault([file("a.csv", MOST_BYTES), file("b.csv")])).toBe("large");
    expect(filesFault([file("a.csv", MOST_BYTES)])).toBeNull();
  });
});
