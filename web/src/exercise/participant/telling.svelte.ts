/** Tells participants of what has just happened, by voice and by a buzz. */
import { announce } from "../../lib/announce.svelte";
import { isUp } from "../actions";
import { tellNews } from "../desk/telling.svelte";
import type { ExerciseRoom } from "../room.svelte";

const BUZZ = [120, 80, 120];

export function tellParticipant(room: ExerciseRoom) {
  room.onarrival = (cards) => {
    for (const { title } of cards) announce(room.say("exercise.tell.card", { title }));
    try {
      navigator.vibrate?.(BUZZ);
    } catch {
      // some browsers have it and forbid it
    }
  };
  const down = $derived.by(() => {
    const systems = room.state.brief?.systems.filter(({ id }) => !isUp(room.state.systems, id));
    return systems ? systems.map(({ name }) => name).join(", ") : null;
  });
  tellNews(
    () => down,
    (systems) =>
      announce(
        systems ? room.say("exercise.tell.down", { systems }) : room.say("exercise.tell.up"),
        "systems",
      ),
  );
  tellNews(
    () => room.state.game && `${room.state.game.phase} ${room.running}`,
    () => {
      const phase = room.state.game?.phase;
      if (!phase) return;
      const name = phase === "simulation" && !room.running ? "stopped" : phase;
      announce(room.say(`exercise.phase.${name}`), "phase");
    },
  );
}
