/** Files that are to be imported. */
import type { File as ImportFile } from "./api";

/** What the server takes, in bytes. */
export const MOST_BYTES = 8_000_000;
export const MOST_FILES = 100;

export const ENDINGS = [".yaml", ".yml", ".json", ".csv"];

export type FilesFault = "none" | "many" | "large";

interface Sized {
  name: string;
  size: number;
}

/** The files that may belong to a scenario, by their names. */
export function wanted<F extends Sized>(files: Iterable<F>): F[] {
  return [...files].filter(({ name }) => ENDINGS.some((ending) => name.toLowerCase().endsWith(ending)));
}

/** Why files cannot be sent; null when they can. */
export function filesFault(files: readonly Sized[]): FilesFault | null {
  if (files.length === 0) return "none";
  if (files.length > MOST_FILES) return "many";
  return files.reduce((sum, { size }) => sum + size, 0) > MOST_BYTES ? "large" : null;
}

export function readAll(files: readonly File[]): Promise<ImportFile[]> {
  return Promise.all(files.map(async (file) => ({ name: file.name, content: await file.text() })));
}
