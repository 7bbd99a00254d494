/** How a refused connection is told, by the code of the refusal. */
import type { IconName } from "../ui/icons";
import { en, type MessageKey } from "../messages/en";

export type Told = { icon: IconName; title: MessageKey; text: MessageKey | null };

/** By the kind's own words for it (the key without `.text`), else by those of all rooms. */
export function told(code: string, own: string | null = null): Told {
  for (const title of [own, `refused.${code}`]) {
    if (title !== null && title in en) {
      return {
        icon: ICONS[code] ?? "warning",
        title: title as MessageKey,
        text: `${title}.text` as MessageKey,
      };
    }
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
