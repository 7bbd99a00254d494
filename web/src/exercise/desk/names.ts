/** What people are called on the console. */
import { UNNAMED } from "../people";
import type { Desk } from "./desk.svelte";

/** Somebody by the number in the log; nobody is the server itself. */
export function nameOf(desk: Desk, id: number | null): string {
  if (id === null) return desk.say("exercise.by_server");
  const person = desk.room.state.people.get(id);
  if (!person) return desk.say("exercise.somebody");
  return person.name || desk.say(UNNAMED[person.part], { n: String(id) });
}
