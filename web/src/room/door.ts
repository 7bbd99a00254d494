/** The door to a part of a room: a key in the address is handed in first. */
import { claim, room, type RoomRole } from "../lib/api";
import { type Problem, problemOf } from "../lib/problem";

/** What keeps the person out, or null. Who has the role already needs no key, so a bad one does no harm. */
export async function admit(
  code: string,
  key: string | null,
  enough: readonly RoomRole[],
): Promise<Problem | null> {
  if (!key) return null;
  try {
    await claim(code, key);
    return null;
  } catch (cause) {
    const role = await room(code).then(
      (info) => info.role,
      () => null,
    );
    return role !== null && enough.includes(role) ? null : problemOf(cause);
  }
}

/** Whether trying again may help. */
export function isPassing({ code }: Problem): boolean {
  return ["offline", "too_many_attempts", "busy"].includes(code);
}
