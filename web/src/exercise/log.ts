/** The log in words: what a deed was, about what, and under which filter it is found. */
import type { MessageKey } from "../messages/en";
import type { IconName } from "../ui/icons";
import type { Deed, LogEntry, ScenarioDocument, ThreatView } from "./wire";

export const LOG_GROUPS = [
  "threats",
  "responses",
  "money",
  "actions",
  "curveballs",
  "game",
  "notes",
  "people",
] as const;
export type LogGroup = (typeof LOG_GROUPS)[number];

export interface Told {
  group: LogGroup;
  icon: IconName;
  /** What was done. */
  key: MessageKey;
  /** To what, in the scenario's words. */
  subject: string;
  /** More of it: responses, places, an answer in own words. */
  details: string[];
}

export function tell(deed: Deed, scenario: ScenarioDocument, nameOf: (person: number) => string): Told {
  const names = new Names(scenario);
  switch (deed.type) {
    case "bought":
    case "sold":
      return {
        group: "money",
        icon: deed.type === "bought" ? "add" : "reset",
        key: `exercise.log.${deed.type}`,
        subject: names.mitigation(deed.mitigation),
        details: [deed.at.map((place) => scenario.places[place]).join(", ")],
      };
    case "delivered":
      return {
        group: "threats",
        icon: "warning",
        key: deed.early ? "exercise.log.delivered_early" : "exercise.log.delivered",
        subject: names.threat(deed.threat),
        details: [],
      };
    case "responded": {
      const { responses, custom, correct } = deed.answer;
      const silent = !correct && responses.length === 0 && !custom;
      return {
        group: "responses",
        icon: correct ? "check" : "close",
        key: correct
          ? "exercise.log.handled"
          : silent
            ? "exercise.log.no_response"
            : "exercise.log.mishandled",
        subject: names.threat(deed.threat),
        details: [...responses.map((id) => names.response(id)), custom].filter(Boolean),
      };
    }
    case "restored":
      return {
        group: "responses",
        icon: "reset",
        key: "exercise.log.restored",
        subject: names.response(deed.response),
        details: [],
      };
    case "acted":
      return {
        group: "actions",
        icon: "arrowRight",
        key: "exercise.log.acted",
        subject: scenario.actions.find(({ id }) => id === deed.action)?.text ?? deed.action,
        details: [],
      };
    case "thrown":
      return {
        group: "curveballs",
        icon: "bolt",
        key: "exercise.log.thrown",
        subject: scenario.curveballs.find(({ id }) => id === deed.curveball)?.text ?? deed.curveball,
        details: [],
      };
    case "paused":
      return plain("game", "pause", deed.restart ? "exercise.log.paused_restart" : "exercise.log.paused");
    case "started":
    case "resumed":
      return plain("game", "play", `exercise.log.${deed.type}`);
    case "finished":
      return plain("game", "stop", "exercise.log.finished");
    case "reopened":
      return plain("game", "reset", "exercise.log.reopened");
    case "undone":
      return plain("game", "undo", "exercise.log.undone");
    case "set":
      return plain("game", "settings", "exercise.log.set");
    case "renamed":
      return { ...plain("game", "edit", "exercise.log.renamed"), subject: deed.title };
    case "locked":
      return plain("people", "lock", deed.locked ? "exercise.log.locked" : "exercise.log.unlocked");
    case "noted":
      return {
        group: "notes",
        icon: "edit",
        key: "exercise.log.noted",
        subject: deed.text,
        details: deed.threat ? [names.threat(deed.threat)] : [],
      };
    case "introduced":
      return {
        group: "people",
        icon: "people",
        key: "exercise.log.introduced",
        subject: deed.name,
        details: [
          deed.role ? names.role(deed.role) : "",
          deed.place ? scenario.places[deed.place] : "",
        ].filter(Boolean),
      };
    case "entrusted":
      return {
        group: "people",
        icon: "key",
        key: `exercise.log.entrusted.${deed.part}`,
        subject: nameOf(deed.person),
        details: [],
      };
    case "removed":
      return {
        group: "people",
        icon: "close",
        key: "exercise.log.removed",
        subject: nameOf(deed.person),
        details: [],
      };
  }
}

/** The threats that an entry prevented: those prevented at its moment by what it does. */
export function preventedBy(
  { deed, elapsed, undone }: LogEntry,
  scenario: ScenarioDocument,
  threats: ReadonlyMap<string, ThreatView>,
): string[] {
  if (undone) return [];
  const prevented = scenario.threats.filter(({ id }) => threats.get(id)?.prevented_at === elapsed);
  const followup = (threat: string) => scenario.threats.find(({ id }) => id === threat)?.followup;
  const bought = (responses: readonly string[]) =>
    scenario.responses.flatMap(({ id, mitigation }) =>
      responses.includes(id) && mitigation ? mitigation : [],
    );
  const by = (mitigations: readonly string[], also?: string) =>
    prevented
      .filter(({ id, prevented_by }) => id === also || mitigations.includes(prevented_by ?? ""))
      .map(({ title }) => title);
  switch (deed.type) {
    case "started":
      return prevented.map(({ title }) => title);
    case "bought":
      return by([deed.mitigation]);
    case "restored":
      return by(bought([deed.response]));
    case "responded": {
      const { responses, correct } = deed.answer;
      return by(bought(responses), correct ? followup(deed.threat) : undefined);
    }
    default:
      return [];
  }
}

function plain(group: LogGroup, icon: IconName, key: MessageKey): Told {
  return { group, icon, key, subject: "", details: [] };
}

/** The names of things; a thing that is not there is called by its id. */
class Names {
  constructor(readonly scenario: ScenarioDocument) {}

  mitigation = (id: string) => this.scenario.mitigations.find((item) => item.id === id)?.name ?? id;
  threat = (id: string) => this.scenario.threats.find((item) => item.id === id)?.title ?? id;
  response = (id: string) => this.scenario.responses.find((item) => item.id === id)?.text ?? id;
  role = (id: string) => this.scenario.roles.find((item) => item.id === id)?.name ?? id;
}
