/** The door to the console: a key in the address is handed in first. */
import { claim, room } from "../../lib/api";
import { type Problem, problemOf } from "../../lib/problem";

/** What keeps the person out, or null. Who is the host already needs no key, so a bad one does no harm. */
export async function admit(code: string, key: string | null): Promise<Problem | null> {
  if (!key) return null;
  try {
    await claim(code, key);
    return null;
  } catch (cause) {
    const role = await room(code).then(
      (info) => info.role,
      () => null,
    );
    return role === "host" ? null : problemOf(cause);
  }
}

/** Whether trying again may help. */
export function isPassing({ code }: Problem): boolean {
  return code === "offline" || code === "too_many_attempts";
}
