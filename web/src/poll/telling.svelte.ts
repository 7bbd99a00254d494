/** Tells screen readers what changes on stage: phases at once, numbers now and then. */
import type { QuestionTally } from "../generated/QuestionTally";
import type { QuestionView } from "../generated/QuestionView";
import { untrack } from "svelte";
import { announce } from "../lib/announce.svelte";
import { formatNumber, t, tn } from "../lib/language.svelte";
import { bars } from "./results";

const NUMBERS_EVERY = 12_000;

export function tellPhases(
  now: () => QuestionView | null,
  tallyOf: (id: number) => QuestionTally | undefined,
) {
  const phase = $derived(now() && `${now()!.id} ${now()!.phase} ${now()!.revealed}`);
  $effect(() => {
    if (!phase) return;
    untrack(() => {
      const question = now();
      if (question) announce(wordsFor(question, tallyOf(question.id)), "phase");
    });
  });
}

/** For the host: how many have voted, while votes come in. */
export function tellVoted(voted: () => number | null) {
  let told = 0;
  $effect(() => {
    const count = voted();
    if (!count) return;
    const wait = Math.max(1500, told + NUMBERS_EVERY - Date.now());
    const timer = setTimeout(() => {
      told = Date.now();
      announce(tn("people_voted", count), "voted");
    }, wait);
    return () => clearTimeout(timer);
  });
}

function wordsFor({ content, phase, revealed }: QuestionView, tally: QuestionTally | undefined): string {
  if (phase === "open") return `${t("voting_open")}: ${content.text}`;
  const leader = revealed ? bars(content, tally)?.find(({ leading }) => leading) : undefined;
  if (!leader) return t("voting_closed");
  const percent = formatNumber(leader.share, { style: "percent" });
  return `${t("voting_closed")}. ${t("leads", { option: leader.label, percent })}`;
}
