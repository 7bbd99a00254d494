import { expect, it } from "vitest";
import { inGroups, roleName } from "./people";
import type { PersonView } from "./wire";

const person = (id: number, more: Partial<PersonView>): PersonView => ({
  id,
  name: "",
  part: "participant",
  role: null,
  place: null,
  removed: false,
  ...more,
});

it("people are listed by part and name, without a name last, put out at the very end", () => {
  const groups = inGroups([
    person(1, { name: "Zoe" }),
    person(2, {}),
    person(3, { name: "Ada" }),
    person(4, { name: "Bo", removed: true }),
    person(5, { part: "facilitator" }),
    person(6, { part: "projector" }),
  ]);
  expect(groups.map(({ part, people }) => [part, people.map(({ id }) => id)])).toEqual([
    ["facilitator", [5]],
    ["participant", [3, 1, 2, 4]],
  ]);
});

it("a role that is not there has no name", () => {
  const roles = [{ id: "L1", name: "Manager" }];
  expect(roleName(roles, "L1")).toBe("Manager");
  expect(roleName(roles, "L9")).toBe("");
  expect(roleName(roles, null)).toBe("");
});
