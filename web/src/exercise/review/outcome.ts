/** How what became of a threat looks. */
import type { IconName } from "../../ui/icons";
import type { Standing } from "./replay";
import type { Outcome } from "./types";

export const OUTCOME_ICON: Record<Outcome | Standing, IconName> = {
  prevented: "shield",
  handled: "check",
  mishandled: "warning",
  missed: "close",
  pending: "clock",
  open: "clock",
  coming: "more",
};
