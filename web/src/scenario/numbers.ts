/** Numbers as people write them: with a point or a comma. */

export interface NumberRules {
  whole?: boolean;
  signed?: boolean;
}

/** Null for what is no such number. */
export function readNumber(text: string, { whole = false, signed = true }: NumberRules = {}): number | null {
  const plain = text
    .trim()
    .replace(/[\s’']/g, "")
    .replace("−", "-")
    .replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain)) return null;
  const number = Number(plain);
  if (whole && !Number.isInteger(number)) return null;
  return signed || number >= 0 ? number : null;
}

export function writeNumber(value: unknown): string {
  return typeof value === "number" ? String(value) : "";
}
