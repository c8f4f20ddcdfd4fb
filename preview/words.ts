/**
 * The words that are shown, in the language of the editor or browser: `words/` has a table for each. They are chosen once, as the
 * page starts.
 */
import type { Said } from './protocol.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import type { Words } from './words/en.ts';

export type { Words } from './words/en.ts';

const tables: Readonly<Record<string, Words>> = { en, de };

/** `de-AT` → the table for `de`; English where there is none. */
export function tableFor(language: string): { language: string; words: Words } {
  const short = language.toLowerCase().split(/[-_]/)[0]!;
  const known = tables[short];
  return known === undefined ? { language: 'en', words: en } : { language: short, words: known };
}

/** An editor says its language on the page; else that of the browser counts. */
function spoken(): string {
  if (typeof document === 'undefined') return 'en';
  return document.documentElement.dataset['language'] ?? navigator.language;
}

const chosen = tableFor(spoken());
if (typeof document !== 'undefined') document.documentElement.lang = chosen.language;

export const words: Words = chosen.words;

/** Of the table that was chosen: `en`, `de`. */
export const language: string = chosen.language;

/** What a session says, in the language of the page where it has a sentence for it. */
export const sentence = ({ text, said }: { text: string; said?: Said }): string =>
  said === undefined ? text : words.said[said.key](...said.args);
