/** What people can do, and what keeps them from it. */
import type { ScenarioAction, ScenarioDocument, ScenarioResponse, ScenarioSystem } from "./wire";

export interface Possibility {
  action: ScenarioAction;
  /** The failed systems that it needs. */
  down: ScenarioSystem[];
  /** What is missing of the money it costs. */
  short: number;
}

type Systems = ReadonlyMap<string, boolean>;

/** A system that is not heard of works. */
export const isUp = (systems: Systems, id: string) => systems.get(id) ?? true;

export function possibility(
  action: ScenarioAction,
  scenario: ScenarioDocument,
  systems: Systems,
  budget: number,
): Possibility {
  const down = scenario.systems.filter(({ id }) => action.needs.includes(id) && !isUp(systems, id));
  return { action, down, short: Math.max(0, action.cost - budget) };
}

export const isPossible = ({ down, short }: Possibility) => down.length === 0 && short === 0;

/** Responses that restore a failed system. */
export function restorers(scenario: ScenarioDocument, systems: Systems): ScenarioResponse[] {
  return scenario.responses.filter(({ restores }) => restores.some((id) => !isUp(systems, id)));
}

/** Those that work, and those that do not; failed ones come first. */
export function failedFirst<T extends { id: string }>(list: readonly T[], systems: Systems): T[] {
  return [...list.filter(({ id }) => !isUp(systems, id)), ...list.filter(({ id }) => isUp(systems, id))];
}
