/** Light, dark, or as the system is. */
import { recall, remember } from "./memory";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

class Choice {
  current: Theme = $state(known(recall("theme")));

  choose(theme: Theme) {
    this.current = theme;
    remember("theme", theme);
  }

  next() {
    this.choose(THEMES[(THEMES.indexOf(this.current) + 1) % THEMES.length]!);
  }
}

export const theme = new Choice();

/** What to show: a projector is dark unless somebody chose otherwise. */
export function appliedTheme(chosen: Theme, projector: boolean): Theme {
  return chosen === "system" && projector ? "dark" : chosen;
}

function known(name: string | null): Theme {
  return THEMES.find((theme) => theme === name) ?? "system";
}
