/**
 * Where a text can be cut so that each piece is parsed by itself: before a declaration that begins a line, outside of
 * braces and comments. A word that only begins declarations is a cut even inside of braces: one that is not closed then
 * spoils its own declaration alone.
 */
import type { Keywords } from '../keywords.ts';

/** Names too, so they begin a declaration only where something follows that a declaration begins with. */
const BEFORE_A_NAME = '(?=[ \\t]+["\\p{L}_])';
const COMMENT = /\/\*|\*\//;

export class Cuts {
  private readonly marks: RegExp;
  private readonly always: ReadonlySet<string>;

  constructor({ declarations, names }: Keywords) {
    const words = [...declarations, 'port'];
    const always = words.filter((word) => !names.has(word));
    const sometimes = words.filter((word) => names.has(word));
    this.always = new Set(always);
    this.marks = new RegExp(
      String.raw`"(?:\\.|[^"\\\r\n])*"|//[^\n\r]*|/\*[\s\S]*?\*/|[{}]|` +
        String.raw`^(?:${always.join('|')})\b|^(?:${sometimes.join('|')})${BEFORE_A_NAME}`,
      'gmu',
    );
  }

  /** The cuts from an offset on, which has to be a cut itself or the beginning. */
  *after(text: string, from: number): Iterable<number> {
    let depth = 0;
    let last = from;
    this.marks.lastIndex = from;
    for (let match = this.marks.exec(text); match !== null; match = this.marks.exec(text)) {
      const [mark] = match;
      const at = match.index;
      const next = this.marks.lastIndex;
      if (mark === '{') depth += 1;
      else if (mark === '}') depth = Math.max(0, depth - 1);
      else if (
        /^\p{L}/u.test(mark) &&
        at > from &&
        /[\n\r]/.test(text[at - 1] ?? '') &&
        (depth === 0 || this.always.has(mark)) &&
        !(mark === 'asset' && isAbstract(text.slice(last, at)))
      ) {
        depth = 0;
        last = at;
        yield at;
      }
      this.marks.lastIndex = next;
    }
  }
}

/** `abstract` on a line of its own. */
function isAbstract(before: string): boolean {
  return /^abstract(?:\s|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)*$/.test(before);
}

const BLOCK = 4096;

/** Where two texts differ, from both ends. */
export function differenceOf(
  oldText: string,
  newText: string,
): { start: number; oldEnd: number; newEnd: number } {
  const shorter = Math.min(oldText.length, newText.length);
  let start = 0;
  // Comparing blocks is far quicker than comparing characters.
  while (
    start + BLOCK < shorter &&
    oldText.slice(start, start + BLOCK) === newText.slice(start, start + BLOCK)
  )
    start += BLOCK;
  while (start < shorter && oldText.charCodeAt(start) === newText.charCodeAt(start)) start += 1;
  let same = 0;
  const ending = (text: string): string => text.slice(text.length - same - BLOCK, text.length - same);
  while (same + BLOCK < shorter - start && ending(oldText) === ending(newText)) same += BLOCK;
  while (
    same < shorter - start &&
    oldText.charCodeAt(oldText.length - 1 - same) === newText.charCodeAt(newText.length - 1 - same)
  ) {
    same += 1;
  }
  return { start, oldEnd: oldText.length - same, newEnd: newText.length - same };
}

/** Whether an edit makes or breaks the marks of a comment, which can reach over any number of declarations. */
export function touchesComment(text: string, start: number, end: number): boolean {
  return COMMENT.test(text.slice(Math.max(0, start - 1), end + 1));
}
