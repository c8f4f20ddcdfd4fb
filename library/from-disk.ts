/** The library's files as texts, read from this folder: for scripts that plain Node runs. */
import { readdirSync, readFileSync } from 'node:fs';

export function readLibraryFiles(): Record<string, string> {
  const names = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.twin'));
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(new URL(name, import.meta.url), 'utf8')]),
  );
}
