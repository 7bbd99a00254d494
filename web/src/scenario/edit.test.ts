import { describe, expect, it } from "vitest";
import {
  addRow,
  duplicateRow,
  emptyDocument,
  idFault,
  moveRow,
  newId,
  removeRow,
  renameId,
  rowOf,
  rowsOf,
  setField,
  usesOf,
} from "./edit";
import { SHAPES } from "./fields";
import { scenario } from "./fixture";
import { TABLES } from "./types";

const ids = (document: ReturnType<typeof scenario>, table: (typeof TABLES)[number]) =>
  rowsOf(document, table).map(({ id }) => id);

describe("an edit", () => {
  it("leaves the document it is made of, and all other rows, as they are", () => {
    const before = scenario();
    const after = setField(before, { table: "threats", id: "T1" }, "title", "Other");
    expect(before.threats[0]!.title).toBe("First");
    expect(after.threats[0]!.title).toBe("Other");
    expect(after.threats[1]).toBe(before.threats[1]);
    expect(after.systems).toBe(before.systems);
  });

  it("takes a field away that may be absent", () => {
    const after = setField(scenario(), { table: "threats", id: "T1" }, "prevented_by", undefined);
    expect("prevented_by" in after.threats[0]!).toBe(false);
  });

  it("moves rows, within the table", () => {
    expect(ids(moveRow(scenario(), { table: "threats", id: "T2" }, 0), "threats")).toEqual(["T2", "T1"]);
    const document = scenario();
    expect(moveRow(document, { table: "threats", id: "T2" }, 2)).toBe(document);
    expect(moveRow(document, { table: "threats", id: "nobody" }, 0)).toBe(document);
  });
});

describe("a new row", () => {
  it.each(TABLES)("of %s has every field that must be there", (table) => {
    const { document, id } = addRow(emptyDocument("en"), table);
    const row = rowOf(document, { table, id })!;
    for (const field of SHAPES[table].fields) {
      const optional = field.type === "reference" || ("optional" in field && field.optional);
      expect(field.name in row, field.name).toBe(!optional);
    }
  });

  it("goes behind the one that is looked at", () => {
    const { document, id } = addRow(scenario(), "threats", "T1");
    expect(ids(document, "threats")).toEqual(["T1", id, "T2"]);
  });

  it("has an id that no other has", () => {
    const document = scenario();
    expect(newId(document, "threats")).toBe("T3");
    expect(newId(renameId(document, { table: "threats", id: "T1" }, "phishing"), "threats")).toBe("T3");
    expect(newId(emptyDocument("en"), "responses")).toBe("RP1");
  });

  it("may be a copy, which shares nothing with the first", () => {
    const { document, id } = duplicateRow(scenario(), { table: "threats", id: "T1" });
    expect(ids(document, "threats")).toEqual(["T1", id, "T2"]);
    expect(document.threats[1]).toEqual({ ...document.threats[0], id });
    expect(document.threats[1]!.disables).not.toBe(document.threats[0]!.disables);
  });
});

describe("another id", () => {
  it.each([
    ["mitigations", "M1", ["threats T1 prevented_by", "responses RP1 mitigation", "responses RP1 requires"]],
    ["systems", "S1", ["threats T1 disables", "responses RP1 restores", "actions A1 needs"]],
    ["roles", "R1", ["threats T1 to", "actions A1 roles"]],
    ["responses", "RP1", ["threats T1 responses"]],
    ["threats", "T2", ["threats T1 followup", "learning L1 threats"]],
  ] as const)("of %s is another one wherever it is referred to", (table, id, uses) => {
    const words = (document: ReturnType<typeof scenario>, id: string) =>
      usesOf(document, { table, id }).map(({ table, id, field }) => `${table} ${id} ${field}`);
    expect(words(scenario(), id)).toEqual(uses);
    const renamed = renameId(scenario(), { table, id }, "new");
    expect(words(renamed, "new")).toEqual(uses);
    expect(words(renamed, id)).toEqual([]);
    expect(JSON.stringify(renamed)).not.toContain(`"${id}"`);
  });

  it("is not one that is taken, nor one that is no id", () => {
    const document = scenario();
    const place = { table: "threats", id: "T1" } as const;
    expect(idFault(document, place, "T2")).toBe("taken");
    expect(idFault(document, place, "T1")).toBeNull();
    for (const id of ["", "a b", "ä", "x".repeat(65)]) expect(idFault(document, place, id), id).toBe("form");
    expect(renameId(document, place, "T2")).toBe(document);
  });
});

it("removes a row with all that refers to it", () => {
  const document = removeRow(scenario(), { table: "systems", id: "S1" });
  expect(ids(document, "systems")).toEqual([]);
  expect(usesOf(document, { table: "systems", id: "S1" })).toEqual([]);
  expect(document.threats[0]!.disables).toEqual([]);
  const without = removeRow(scenario(), { table: "mitigations", id: "M1" });
  expect("prevented_by" in without.threats[0]!).toBe(false);
});
