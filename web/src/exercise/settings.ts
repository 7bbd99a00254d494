/** The settings of an exercise as they are written in a form. */
import type { MessageKey } from "../messages/en";
import { formatGameTime, parseGameTime } from "./clock";
import type { Settings } from "./wire";

export interface SettingsDraft {
  budget: string;
  support: string;
  support_min: string;
  support_max: string;
  duration: string;
  speed: string;
  carry_over: boolean;
  delivery: Settings["delivery"];
  resale: Settings["resale"];
  restart: Settings["restart"];
}

export type SettingsField = "budget" | "support" | "support_min" | "support_max" | "duration" | "speed";
export type SettingsFaults = Partial<Record<SettingsField, MessageKey>>;

const MOST_BUDGET = 1_000_000_000;
const MOST_SUPPORT = 1_000;
const SPEEDS = { least: 10, most: 2_000 };

export function draftOf(settings: Settings): SettingsDraft {
  const { carry_over, delivery, resale, restart } = settings;
  return {
    budget: String(settings.budget),
    support: String(settings.support),
    support_min: String(settings.support_min),
    support_max: String(settings.support_max),
    duration: formatGameTime(parseGameTime(settings.duration) ?? 0),
    speed: String(settings.speed),
    carry_over,
    delivery,
    resale,
    restart,
  };
}

/** What the server would refuse, by the field it is in. */
export function faultsOf(draft: SettingsDraft): SettingsFaults {
  const { budget, support, support_min: min, support_max: max, speed } = numbers(draft);
  const faults: SettingsFaults = {};
  const check = (field: SettingsField, holds: boolean, fault: MessageKey) => {
    if (!holds) faults[field] ??= fault;
  };
  check("budget", isWhole(budget) && within(budget, 0, MOST_BUDGET), "exercise.fault.budget");
  check("support_min", within(min, 0, MOST_SUPPORT), "exercise.fault.bounds");
  check("support_max", within(max, 0, MOST_SUPPORT), "exercise.fault.bounds");
  check("support_max", !(max <= min), "exercise.fault.order");
  check("support", !Number.isNaN(support), "exercise.fault.number");
  check("support", !(support < min || support > max), "exercise.fault.support");
  check("duration", (parseGameTime(minutes(draft.duration)) ?? 0) > 0, "exercise.fault.duration");
  check("speed", isWhole(speed) && within(speed, SPEEDS.least, SPEEDS.most), "exercise.fault.speed");
  return faults;
}

/** The settings that a draft without faults means. */
export function settingsOf(draft: SettingsDraft): Settings {
  const { carry_over, delivery, resale, restart } = draft;
  const duration = formatGameTime(parseGameTime(minutes(draft.duration)) ?? 0);
  return { ...numbers(draft), duration, carry_over, delivery, resale, restart };
}

/** A number alone means minutes here, whatever it means in a scenario. */
function minutes(text: string): string {
  return /^\s*\d+\s*$/.test(text) ? `${text.trim()}:00` : text;
}

function numbers(draft: SettingsDraft) {
  return {
    budget: numberOf(draft.budget),
    support: numberOf(draft.support),
    support_min: numberOf(draft.support_min),
    support_max: numberOf(draft.support_max),
    speed: numberOf(draft.speed),
  };
}

/** A number with a point or a comma; not a number when it is none. */
function numberOf(text: string): number {
  const plain = text.trim().replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}

const isWhole = (number: number) => Number.isInteger(number);
const within = (number: number, least: number, most: number) => number >= least && number <= most;
