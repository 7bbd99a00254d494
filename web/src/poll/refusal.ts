/** How a refused connection is told, by the code of the refusal. */
import type { IconName } from "../ui/icons";
import { en, type MessageKey } from "../messages/en";

export type Told = { icon: IconName; title: MessageKey; text: MessageKey | null };

export function told(code: string): Told {
  const title = `refused.${code}` as MessageKey;
  if (!(title in en)) return { icon: "warning", title: "refused.other", text: null };
  return { icon: ICONS[code] ?? "warning", title, text: `refused.${code}.text` as MessageKey };
}

const ICONS: Record<string, IconName> = {
  deleted: "trash",
  forbidden: "lock",
  full: "people",
  too_many_attempts: "clock",
  unknown_room: "warning",
};
