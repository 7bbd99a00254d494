/** Events in words. */
import { en, type MessageKey } from "../../messages/en";
import { signed } from "./format";
import type { Speech } from "./speech.svelte";
import type { ReviewEvent } from "./types";

/** What kind of thing happened; of a kind that is new to this page, its own name. */
export function kindWords(kind: string, { t }: Speech): string {
  const key = `review.kind.${kind}`;
  return key in en ? t(key as MessageKey) : kind;
}

/** What happened, with what it happened to. */
export function eventWords({ kind, text }: ReviewEvent, say: Speech): string {
  return text ? `${kindWords(kind, say)}: ${text}` : kindWords(kind, say);
}

/** By how much budget and support changed; empty when they did not. */
export function changeWords({ budget, support }: ReviewEvent, { t }: Speech): string {
  return [
    budget !== 0 && t("review.change.budget", { n: signed(budget) }),
    support !== 0 && t("review.change.support", { n: signed(support) }),
  ]
    .filter(Boolean)
    .join(", ");
}
