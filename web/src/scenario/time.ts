/** Game time as scenarios write it: `4:30`, in milliseconds here. */
import { parseGameTime } from "../exercise/clock";

export { parseGameTime as parseTime };

export function formatTime(millis: number): string {
  const minutes = Math.floor(millis / 60_000);
  const rest = millis % 60_000;
  const words = `${minutes}:${String(Math.floor(rest / 1000)).padStart(2, "0")}`;
  return rest % 1000 === 0 ? words : `${words}.${String(rest % 1000).padStart(3, "0")}`;
}

/** A time that may be written in any of its forms, for places that need some number. */
export function millisOf(time: unknown): number {
  return parseGameTime(String(time)) ?? 0;
}
