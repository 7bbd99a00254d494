/** What mitigations and responses cost, and where they are in place. */
import type {
  Bought,
  Cost,
  Mitigation,
  MitigationView,
  Place,
  Reach,
  ScenarioDocument,
  ScenarioResponse,
} from "./wire";

const PLACES: readonly Place[] = ["hq", "local"];

/** Something that is bought in one go: a mitigation at a place, or at both. */
export interface Offer {
  at: Reach;
  price: number;
  /** Since when it is in place. */
  bought: Bought | null;
}

export interface Category {
  name: string;
  items: Mitigation[];
  /** What was paid for what is in place. */
  allocated: number;
}

/** Where a mitigation is bought within a reach; one with a single price for both places together. */
export function placesIn(cost: Cost, reach: Reach): Place[] {
  if (typeof cost === "number") return [...PLACES];
  return PLACES.filter((place) => cost[place] !== undefined && (reach === "party" || reach === place));
}

export function price(cost: Cost, reach: Reach): number {
  if (typeof cost === "number") return cost;
  return placesIn(cost, reach).reduce((sum, place) => sum + (cost[place] ?? 0), 0);
}

export function offersOf({ cost }: Mitigation, view: MitigationView | undefined): Offer[] {
  if (typeof cost === "number")
    return [{ at: "party", price: cost, bought: view?.hq ?? view?.local ?? null }];
  return placesIn(cost, "party").map((at) => ({ at, price: cost[at] ?? 0, bought: view?.[at] ?? null }));
}

/** Whether it is in place wherever it is sold within a reach. */
export function isInPlace(mitigation: Mitigation, view: MitigationView | undefined, reach: Reach): boolean {
  const places = placesIn(mitigation.cost, reach);
  return places.length > 0 && places.every((place) => (view?.[place] ?? null) !== null);
}

/** What a response costs: its own price, else that of the mitigation it puts in place. */
export function responseCost(scenario: ScenarioDocument, response: ScenarioResponse): number {
  if (response.cost !== undefined) return response.cost;
  const mitigation = scenario.mitigations.find(({ id }) => id === response.mitigation);
  return mitigation ? price(mitigation.cost, response.mitigation_at ?? response.at) : 0;
}

/** The mitigation that a response requires and that is not in place. */
export function missingFor(
  scenario: ScenarioDocument,
  held: ReadonlyMap<string, MitigationView>,
  response: ScenarioResponse,
): Mitigation | null {
  const required = scenario.mitigations.find(({ id }) => id === response.requires);
  if (!required) return null;
  return isInPlace(required, held.get(required.id), response.requires_at ?? response.at) ? null : required;
}

/** Mitigations by category, in the order in which the scenario names them. */
export function categories(
  scenario: ScenarioDocument,
  held: ReadonlyMap<string, MitigationView>,
): Category[] {
  const found = new Map<string, Category>();
  for (const mitigation of scenario.mitigations) {
    const name = mitigation.category;
    const category = found.get(name) ?? { name, items: [], allocated: 0 };
    category.items.push(mitigation);
    for (const offer of offersOf(mitigation, held.get(mitigation.id))) {
      if (offer.bought !== null) category.allocated += offer.price;
    }
    found.set(name, category);
  }
  return [...found.values()];
}

/** Whether a text is in a mitigation's name or category, in any case. */
export function matches({ name, category }: Mitigation, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return `${name} ${category}`.toLowerCase().includes(wanted);
}
