/** A small scenario for tests, in which everything is referred to. */
import { emptyDocument } from "./edit";
import type { Document, Threat } from "./types";

export function threat(more: Partial<Threat> & Pick<Threat, "id">): Threat {
  return {
    title: more.id,
    description: "",
    at: "1:00",
    place: "party",
    kind: "table",
    to: [],
    disables: [],
    support: 0,
    responses: [],
    advice: "",
    ...more,
  };
}

export function scenario(): Document {
  return {
    ...emptyDocument("en"),
    title: "Small",
    systems: [{ id: "S1", name: "Mail", description: "", at: "hq" }],
    mitigations: [{ id: "M1", name: "Two-step login", category: "Accounts", cost: { hq: 100 } }],
    responses: [
      { id: "RP1", text: "Restore it", at: "hq", restores: ["S1"], mitigation: "M1", requires: "M1" },
    ],
    threats: [
      threat({
        id: "T1",
        title: "First",
        at: "2:00",
        place: "hq",
        to: ["R1"],
        prevented_by: "M1",
        disables: ["S1"],
        responses: ["RP1"],
        followup: "T2",
      }),
      threat({ id: "T2", title: "Zweite für später" }),
    ],
    roles: [{ id: "R1", name: "Manager", at: "hq", briefing: "" }],
    actions: [
      { id: "A1", text: "Call", at: "hq", cost: 0, gain: 0, support: 0, needs: ["S1"], roles: ["R1"] },
    ],
    curveballs: [{ id: "C1", text: "Snow", lose_budget: false, budget: 0, support: 0 }],
    learning: [{ id: "L1", theme: "People", text: "Talk", threats: ["T2"] }],
  };
}
