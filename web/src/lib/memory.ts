/** Small choices kept in the browser; where that is forbidden they last as long as the page. */

const PREFIX = "chorus.";

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Private windows may refuse; the choice then holds for this page only.
  }
}
