import { describe, expect, it } from "vitest";
import { SCENARIO } from "../fixture";
import type { PersonView } from "../wire";
import { invited, isIntroduced, placeOf, recalled, settledPlace } from "./me";

const { roles } = SCENARIO;
const me: PersonView = { id: 1, name: "Ada", part: "participant", role: null, place: "hq", removed: false };

describe("who a participant is", () => {
  it("is said with a name and a place", () => {
    expect(isIntroduced(undefined)).toBe(false);
    expect(isIntroduced({ ...me, name: "" })).toBe(false);
    expect(isIntroduced({ ...me, place: null })).toBe(false);
    expect(isIntroduced(me)).toBe(true);
  });

  it("has the place of the role, where it has only one", () => {
    expect(placeOf(roles, "L1")).toBe("hq");
    expect(placeOf(roles, "L2")).toBeNull();
    expect(settledPlace(roles, { name: "Ada", role: "L1", place: "local" })).toBe("hq");
    expect(settledPlace(roles, { name: "Ada", role: "L2", place: "local" })).toBe("local");
    expect(settledPlace(roles, { name: "Ada", role: null, place: null })).toBeNull();
  });

  it("is recalled as far as it still fits", () => {
    expect(recalled('{"name":"Ada","role":"L1","place":"hq"}', roles)).toEqual({
      name: "Ada",
      role: "L1",
      place: "hq",
    });
    expect(recalled('{"name":7,"role":"gone","place":"moon"}', roles)).toEqual({
      name: "",
      role: null,
      place: null,
    });
    expect(recalled("{", roles).name).toBe("");
    expect(recalled(null, roles).name).toBe("");
  });
});

it("a link leads into a role that there is", () => {
  const role = roles[0]!.id;
  expect(invited(`?role=${role}`, roles)).toEqual({ role, place: null });
  expect(invited("?role=nobody&place=local", roles)).toEqual({ role: null, place: "local" });
  expect(invited("?role=nobody", roles)).toBeNull();
  expect(invited("", roles)).toBeNull();
});
