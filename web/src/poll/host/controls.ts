/** The host's controls for one question, as far as they make sense now. */
import type { Action } from "../../generated/Action";
import type { PollView } from "../../generated/PollView";
import type { QuestionView } from "../../generated/QuestionView";
import type { MessageKey } from "../../messages/en";
import type { IconName } from "../../ui/icons";
import { type NextStep, nextStep } from "../stage";

export interface Control {
  label: MessageKey;
  icon: IconName;
  action: Action;
}

export const STEP_LABEL: Record<Exclude<NextStep, null>, { label: MessageKey; icon: IconName }> = {
  open: { label: "open_voting", icon: "play" },
  again: { label: "open_again", icon: "play" },
  close: { label: "close_voting", icon: "stop" },
  reveal: { label: "reveal", icon: "eye" },
};

/** Everything besides the next step; throwing votes away is asked for elsewhere. */
export function controlsFor({ id, phase, revealed }: QuestionView, poll: PollView): Control[] {
  if (phase === "draft") return [];
  const next = nextStep({ phase, revealed } as QuestionView, poll.ended);
  const controls: Control[] = [];
  if (phase === "closed" && next !== "again" && !poll.ended) {
    controls.push({ label: "open_again", icon: "play", action: { do: "open", question: id, seconds: null } });
  }
  if (revealed) controls.push({ label: "hide", icon: "eyeOff", action: { do: "hide", question: id } });
  else if (next !== "reveal")
    controls.push({ label: "reveal", icon: "eye", action: { do: "reveal", question: id } });
  controls.push(
    poll.current === id
      ? { label: "unshow", icon: "monitor", action: { do: "show", question: null } }
      : { label: "show", icon: "monitor", action: { do: "show", question: id } },
  );
  return controls;
}
