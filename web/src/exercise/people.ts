/** People as lists and the log call them. */
import type { MessageKey } from "../messages/en";
import type { PersonView, ScenarioRole } from "./wire";

/** Those who were not put out: facilitators, observers, participants; each by name. */
export function inGroups(people: Iterable<PersonView>): { part: PersonView["part"]; people: PersonView[] }[] {
  const all = [...people].filter(({ part }) => part !== "projector");
  return (["facilitator", "observer", "participant"] as const)
    .map((part) => ({
      part,
      people: all
        .filter((person) => person.part === part)
        .sort((a, b) => Number(a.removed) - Number(b.removed) || compare(a, b)),
    }))
    .filter(({ people }) => people.length > 0);
}

/** What somebody without a name is called. */
export const UNNAMED: Record<PersonView["part"], MessageKey> = {
  facilitator: "exercise.unnamed.facilitator",
  observer: "exercise.unnamed.observer",
  participant: "exercise.unnamed.participant",
  projector: "exercise.unnamed.projector",
};

export function roleName(roles: readonly Pick<ScenarioRole, "id" | "name">[], id: string | null): string {
  return (id !== null && roles.find((role) => role.id === id)?.name) || "";
}

function compare(a: PersonView, b: PersonView): number {
  if (!a.name !== !b.name) return a.name ? -1 : 1;
  return a.name.localeCompare(b.name) || a.id - b.id;
}
