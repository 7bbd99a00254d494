import { describe, expect, it } from "vitest";
import { SCENARIO } from "./fixture";
import { categories, isInPlace, matches, missingFor, offersOf, placesIn, price, responseCost } from "./money";
import type { MitigationView } from "./wire";

const [login, backups, network] = SCENARIO.mitigations as [
  (typeof SCENARIO.mitigations)[0],
  (typeof SCENARIO.mitigations)[0],
  (typeof SCENARIO.mitigations)[0],
];
const [own, byMitigation, needy] = SCENARIO.responses as [
  (typeof SCENARIO.responses)[0],
  (typeof SCENARIO.responses)[0],
  (typeof SCENARIO.responses)[0],
];
const held = (id: string, more: Partial<MitigationView>): MitigationView => ({
  id,
  hq: null,
  local: null,
  ...more,
});

describe("prices", () => {
  it("are those of the places that are reached", () => {
    expect(price(login.cost, "hq")).toBe(900);
    expect(price(login.cost, "party")).toBe(1400);
    expect(price(network.cost, "hq")).toBe(0);
  });

  it("are whole where a mitigation is bought for both places together", () => {
    expect(price(backups.cost, "local")).toBe(700);
    expect(placesIn(backups.cost, "hq")).toEqual(["hq", "local"]);
  });

  it("of a response are its own, else its mitigation's where it is put in place, else nothing", () => {
    expect(responseCost(SCENARIO, own)).toBe(150);
    expect(responseCost(SCENARIO, byMitigation)).toBe(900);
    expect(responseCost(SCENARIO, { ...byMitigation, mitigation_at: "party" })).toBe(1400);
    expect(responseCost(SCENARIO, { ...byMitigation, cost: 0 })).toBe(0);
    expect(responseCost(SCENARIO, needy)).toBe(0);
  });
});

describe("offers", () => {
  it("are one for each place, or one for both", () => {
    expect(offersOf(login, held("M1", { local: "preparation" }))).toEqual([
      { at: "hq", price: 900, bought: null },
      { at: "local", price: 500, bought: "preparation" },
    ]);
    expect(offersOf(backups, undefined)).toEqual([{ at: "party", price: 700, bought: null }]);
    expect(offersOf(network, undefined).map(({ at }) => at)).toEqual(["local"]);
  });
});

describe("what is in place", () => {
  it("is in place wherever it is sold within a reach", () => {
    const view = held("M1", { hq: "simulation" });
    expect(isInPlace(login, view, "hq")).toBe(true);
    expect(isInPlace(login, view, "party")).toBe(false);
    expect(isInPlace(network, held("M3", { local: "preparation" }), "party")).toBe(true);
    expect(isInPlace(network, undefined, "hq")).toBe(false);
  });

  it("may be missing for a response", () => {
    expect(missingFor(SCENARIO, new Map(), needy)?.id).toBe("M2");
    const both = held("M2", { hq: "preparation", local: "preparation" });
    expect(missingFor(SCENARIO, new Map([["M2", both]]), needy)).toBeNull();
    expect(missingFor(SCENARIO, new Map(), own)).toBeNull();
  });
});

it("categories keep the scenario's order, and know what was spent on them", () => {
  const mitigations = new Map([
    ["M1", held("M1", { hq: "preparation" })],
    ["M2", held("M2", { hq: "preparation", local: "preparation" })],
  ]);
  expect(
    categories(SCENARIO, mitigations).map(({ name, items, allocated }) => [name, items.length, allocated]),
  ).toEqual([
    ["Accounts", 1, 900],
    ["Devices", 2, 700],
  ]);
});

it("a search looks at names and categories", () => {
  expect(SCENARIO.mitigations.filter((item) => matches(item, " devices ")).length).toBe(2);
  expect(SCENARIO.mitigations.filter((item) => matches(item, "TWO-")).length).toBe(1);
  expect(SCENARIO.mitigations.filter((item) => matches(item, "")).length).toBe(3);
});
