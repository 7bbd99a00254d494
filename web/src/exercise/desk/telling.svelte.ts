/** Tells screen readers what facilitators have to know at once. */
import { untrack } from "svelte";
import { announce } from "../../lib/announce.svelte";
import { isUp } from "../actions";
import type { Desk } from "./desk.svelte";

export function tellStaff(desk: Desk) {
  const due = $derived(
    desk.rows.filter(({ standing }) => standing === "due").map(({ threat }) => threat.title),
  );
  const down = $derived(
    desk.scenario.systems
      .filter(({ id }) => !isUp(desk.room.state.systems, id))
      .map(({ name }) => name)
      .join(", "),
  );
  tellNews(
    () => due.join(", "),
    (titles) => titles && announce(desk.say("exercise.tell.due", { titles }), "due"),
  );
  tellNews(
    () => down,
    (systems) =>
      announce(
        systems ? desk.say("exercise.tell.down", { systems }) : desk.say("exercise.tell.up"),
        "systems",
      ),
  );
  tellNews(
    () => `${desk.game.phase} ${desk.room.running}`,
    () => {
      const { phase } = desk.game;
      const name = phase === "simulation" && !desk.room.running ? "stopped" : phase;
      announce(desk.say(`exercise.phase.${name}`), "phase");
    },
  );
}

/** Tells of a change, not of what was there from the beginning; null is not known yet. */
export function tellNews(what: () => string | null, tell: (now: string) => void) {
  let before: string | null = null;
  $effect(() => {
    const now = what();
    if (now === null) return;
    const changed = before !== null && before !== now;
    before = now;
    if (changed) untrack(() => tell(now));
  });
}
