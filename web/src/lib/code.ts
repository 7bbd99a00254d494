/** Join codes: 6 characters without the ones people mix up (0 O 1 I L), shown as `ABC DEF`. */

export const CODE_LENGTH = 6;

const ALPHABET = /^[A-HJ-KM-NP-Z2-9]*$/;

/** What was typed, in capitals and without blanks and dashes; a pasted link gives its code. */
export function cleanCode(input: string): string {
  const link = /^\s*(?:https?:\/\/)?[^\s/]+\/(?:(?:j|host|observe|screen|review)\/)?([^/?#\s]+)/i.exec(input);
  const text = link?.[1] ?? input;
  return text
    .toUpperCase()
    .replace(/[\s\-–—_.]/g, "")
    .slice(0, CODE_LENGTH);
}

/** The code in its one true form, or null when it cannot be one. */
export function parseCode(input: string): string | null {
  const code = cleanCode(input);
  return code.length === CODE_LENGTH && ALPHABET.test(code) ? code : null;
}

/** Whether a (partial) code contains a character no code has. */
export function hasForeignCharacter(code: string): boolean {
  return !ALPHABET.test(code);
}

/** `ABCDEF` as `ABC DEF`, also while it is being typed. */
export function formatCode(code: string): string {
  return code.length > 3 ? `${code.slice(0, 3)} ${code.slice(3)}` : code;
}
