/** The scenario's own words in the place of the screens' words. */

export type Wording = (text: string) => string;

interface WordPair {
  word: string;
  synonym: string;
}

/** The words of a scenario, where the page is in its language. */
export function wordsIn(
  spoken: { language: string; words: readonly WordPair[] } | null | undefined,
  page: string,
): readonly WordPair[] {
  return spoken?.language.toLowerCase().split("-")[0] === page ? spoken.words : [];
}

/**
 * Replaces whole words, in the case in which they stand: `Threats` becomes `Incidents` by the pair
 * Threat, Incident. Parameters such as `{budget}` are left alone.
 */
export function wording(words: readonly WordPair[]): Wording {
  if (words.length === 0) return (text) => text;
  const synonyms = new Map(words.map(({ word, synonym }) => [word.toLowerCase(), synonym]));
  const longestFirst = [...synonyms.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(?<![\\p{L}{])(${longestFirst.map(escape).join("|")})(s?)(?![\\p{L}}])`, "giu");
  return (text) =>
    text.replace(pattern, (all, word: string, plural: string) => {
      const synonym = synonyms.get(word.toLowerCase());
      return synonym === undefined ? all : inCaseOf(word, withPlural(synonym, plural));
    });
}

function withPlural(synonym: string, plural: string): string {
  return /s$/i.test(synonym) ? synonym : synonym + plural;
}

/** In the middle of an English sentence words are small; names that have capitals inside keep them. */
function inCaseOf(model: string, word: string): string {
  const first = model.charAt(0);
  const rest = word.slice(1);
  if (first !== first.toLowerCase()) return word.charAt(0).toUpperCase() + rest;
  return rest === rest.toLowerCase() ? word.charAt(0).toLowerCase() + rest : word;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
