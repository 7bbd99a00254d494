/** How a refused connection is told, by the code of the refusal. */
import type { IconName } from "../ui/icons";
import { en, type MessageKey } from "../messages/en";
import type { ExerciseRole } from "./wire";

export type Told = { icon: IconName; title: MessageKey; text: MessageKey | null };

/** By the exercise's words for it, else by those of all rooms. */
export function told(code: string, part: ExerciseRole): Told {
  const name = code === "forbidden" && part === "observer" ? "forbidden_observer" : code;
  for (const title of [`exercise.refused.${name}`, `refused.${code}`] as MessageKey[]) {
    if (title in en) return { icon: ICONS[code] ?? "warning", title, text: `${title}.text` as MessageKey };
  }
  return { icon: "warning", title: "refused.other", text: null };
}

const ICONS: Record<string, IconName> = {
  deleted: "trash",
  forbidden: "lock",
  full: "people",
  locked: "lock",
  removed: "lock",
  too_many_attempts: "clock",
};
