/** How the standing of a threat is shown. */
import type { MessageKey } from "../../messages/en";
import type { Section, Standing } from "../threats";

export type Tone = "quiet" | "good" | "warn" | "bad" | "urgent";

export const STANDING: Record<Standing, { label: MessageKey; tone: Tone }> = {
  upcoming: { label: "exercise.standing.upcoming", tone: "quiet" },
  soon: { label: "exercise.standing.soon", tone: "warn" },
  due: { label: "exercise.standing.due", tone: "urgent" },
  open: { label: "exercise.standing.open", tone: "bad" },
  quiet: { label: "exercise.standing.quiet", tone: "quiet" },
  answered: { label: "exercise.standing.answered", tone: "good" },
  mishandled: { label: "exercise.standing.mishandled", tone: "warn" },
  prevented: { label: "exercise.standing.prevented", tone: "good" },
};

export const SECTION_TITLE: Record<Section, MessageKey> = {
  due: "exercise.section.due",
  open: "exercise.section.open",
  coming: "exercise.section.coming",
  dealt: "exercise.section.dealt",
  prevented: "exercise.section.prevented",
};
