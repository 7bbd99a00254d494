/** Messages with parameters and plurals. */

export type Params = Record<string, string | number>;

/** Puts parameters in the place of `{name}`; numbers are written as the language does. */
export function fill(message: string, params: Params, language: string): string {
  return message.replace(/\{(\w+)\}/g, (all, name: string) => {
    const value = params[name];
    if (value === undefined) return all;
    return typeof value === "number" ? new Intl.NumberFormat(language).format(value) : value;
  });
}

/** `one` or `other`, by the rules of the language. */
export function pluralForm(count: number, language: string): "one" | "other" {
  return new Intl.PluralRules(language).select(count) === "one" ? "one" : "other";
}

/** The first of the person's languages that there are texts for. */
export function chooseLanguage<L extends string>(
  wanted: readonly (string | null | undefined)[],
  there: readonly L[],
): L {
  for (const tag of wanted) {
    const found = there.find((language) => tag?.toLowerCase().split("-")[0] === language);
    if (found) return found;
  }
  return there[0]!;
}
