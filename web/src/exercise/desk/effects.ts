/** What things do to budget and support, in words. */
import { signed } from "../review/format";
import type { Curveball } from "../wire";
import type { Desk } from "./desk.svelte";

export function effectOf(desk: Desk, { lose_budget, budget, support }: Curveball): string {
  const effects = [
    lose_budget ? desk.say("exercise.loses_all") : "",
    !lose_budget && budget !== 0 ? desk.say("exercise.budget_by", { by: signed(budget) }) : "",
    support !== 0 ? desk.say("exercise.support_by", { by: signed(support) }) : "",
  ].filter(Boolean);
  return effects.join(" · ") || desk.say("exercise.no_effect");
}
