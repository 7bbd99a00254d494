/** Moments in a `datetime-local` input, which knows only local time. */

export function toLocalInput(moment: number): string {
  const date = new Date(moment);
  const pad = (n: number) => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** Null when there is nothing, or nothing sensible, in the input. */
export function fromLocalInput(value: string): number | null {
  if (!value) return null;
  const moment = new Date(value).getTime();
  return Number.isFinite(moment) ? moment : null;
}
