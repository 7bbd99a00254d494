/** The language of the page: chosen, remembered, else the browser's. */
import { de } from "../messages/de";
import { en, type MessageKey } from "../messages/en";
import { recall, remember } from "./memory";
import { chooseLanguage, fill, type Params, pluralForm } from "./text";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Keys that have a form for one and a form for many. */
export type PluralKey = MessageKey extends infer K ? (K extends `${infer Base}.one` ? Base : never) : never;

const MESSAGES: Record<Language, Record<MessageKey, string>> = { en, de };

class Choice {
  current: Language = $state(chooseLanguage([recall("language"), ...navigator.languages], LANGUAGES));

  choose(language: Language) {
    this.current = language;
    remember("language", language);
  }
}

export const language = new Choice();

/** The text of a key. */
export function t(key: MessageKey, params: Params = {}): string {
  return fill(MESSAGES[language.current][key], params, language.current);
}

/** The text of a key for a count, which is also the parameter `{n}`. */
export function tn(key: PluralKey, n: number, params: Params = {}): string {
  const form = `${key}.${pluralForm(n, language.current)}` as MessageKey;
  return t(form, { n, ...params });
}

export function formatNumber(n: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(language.current, options).format(n);
}

export function formatMoment(moment: number): string {
  return new Intl.DateTimeFormat(language.current, { dateStyle: "medium", timeStyle: "short" }).format(
    moment,
  );
}

export function formatDay(moment: number): string {
  return new Intl.DateTimeFormat(language.current, { dateStyle: "medium" }).format(moment);
}
