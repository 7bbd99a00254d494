/** The state of an exercise as a client holds it: last values, put together from what the server sends. */
import type {
  Brief,
  Card,
  ExerciseChanges,
  GameView,
  LogEntry,
  MitigationView,
  PersonView,
  ScenarioDocument,
  ThreatView,
} from "./wire";

export interface ExerciseState {
  /** The state is complete up to here; 0 is "nothing yet". */
  offset: number;
  game: GameView | null;
  /** The whole scenario: for facilitators and observers. */
  scenario: ScenarioDocument | null;
  /** What the others know of it. */
  brief: Brief | null;
  mitigations: ReadonlyMap<string, MitigationView>;
  /** Whether a system works. */
  systems: ReadonlyMap<string, boolean>;
  threats: ReadonlyMap<string, ThreatView>;
  cards: ReadonlyMap<string, Card>;
  /** In order. */
  log: readonly LogEntry[];
  people: ReadonlyMap<number, PersonView>;
}

export const NOTHING: ExerciseState = {
  offset: 0,
  game: null,
  scenario: null,
  brief: null,
  mitigations: new Map(),
  systems: new Map(),
  threats: new Map(),
  cards: new Map(),
  log: [],
  people: new Map(),
};

export function applyChanges(state: ExerciseState, changes: ExerciseChanges): ExerciseState {
  const before = changes.whole ? NOTHING : state;
  return {
    offset: Math.max(before.offset, changes.offset),
    game: changes.game ?? before.game,
    scenario: changes.scenario ?? before.scenario,
    brief: changes.brief ?? before.brief,
    mitigations: merged(before.mitigations, changes.mitigations, ({ id }) => id),
    systems: applySystems(before.systems, changes.systems),
    threats: merged(before.threats, changes.threats, ({ id }) => id),
    cards: without(
      merged(before.cards, changes.cards, ({ id }) => id),
      changes.withdrawn,
    ),
    log: appended(before.log, changes.log),
    people: merged(before.people, changes.people, ({ id }) => id),
  };
}

/** Cards that are there now and were not before: what has just reached the person. */
export function arrived(before: ExerciseState, after: ExerciseState): Card[] {
  return [...after.cards.values()].filter(({ id }) => !before.cards.has(id));
}

function applySystems(
  before: ReadonlyMap<string, boolean>,
  news: ExerciseChanges["systems"],
): ReadonlyMap<string, boolean> {
  if (!news?.length) return before;
  const after = new Map(before);
  for (const { id, up } of news) after.set(id, up);
  return after;
}

function merged<K, V>(
  before: ReadonlyMap<K, V>,
  news: readonly V[] | undefined,
  key: (value: V) => K,
): ReadonlyMap<K, V> {
  if (!news?.length) return before;
  const after = new Map(before);
  for (const value of news) after.set(key(value), value);
  return after;
}

function without<K, V>(map: ReadonlyMap<K, V>, gone: readonly K[] | undefined): ReadonlyMap<K, V> {
  if (!gone?.some((key) => map.has(key))) return map;
  return new Map([...map].filter(([key]) => !gone.includes(key)));
}

/** New entries come at the end; one that was taken back since takes the place of its earlier self. */
function appended(log: readonly LogEntry[], news: readonly LogEntry[] | undefined): readonly LogEntry[] {
  if (!news?.length) return log;
  const changed = new Map(news.map((entry) => [entry.entry, entry]));
  const kept = log.map((entry) => {
    const now = changed.get(entry.entry);
    changed.delete(entry.entry);
    return now ?? entry;
  });
  return [...kept, ...changed.values()].sort((a, b) => a.entry - b.entry);
}
