/** Parts of a report → a comment within what forges take, and a summary. */

export interface Part {
  /** Markdown, with a heading of its own. */
  text: string;
}

/** Of GitHub; GitLab takes a million. */
export const COMMENT_LIMIT = 65_536;
/** Of a step's summary on GitHub, bytes. */
export const SUMMARY_LIMIT = 1_048_576;

/** Parts stay whole, as half a table or chart is none: what has no room is named. Undefined when there is nothing to say. */
export function commentOf(parts: readonly Part[], footer: string, limit = COMMENT_LIMIT): string | undefined {
  if (parts.length === 0) return undefined;
  const left = (n: number): string =>
    n === 0
      ? ''
      : `\n> ${n} more ${n === 1 ? 'part has' : 'parts have'} no room here: the job's summary has all.\n`;
  // Room for the mark, the note on what was left out, and the footer.
  let room = limit - 400 - footer.length;
  const taken: string[] = [];
  for (const { text } of parts) {
    if (text.length + 2 > room) continue;
    taken.push(text.trim());
    room -= text.length + 2;
  }
  return `${taken.join('\n\n')}\n${left(parts.length - taken.length)}\n${footer}`;
}

/** What somebody else's job wrote: it mentions nobody, and holds no mark of ours. */
export const harmless = (text: string): string =>
  text.replaceAll(/@(?=[\w-])/g, '@\u200b').replaceAll(/<!--\s*pollux:/g, '<!-- ');

export function cutBytes(text: string, limit: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= limit) return text;
  const note = '\n\n… the rest has no room here.\n';
  return `${new TextDecoder().decode(bytes.slice(0, limit - note.length - 8)).replace(/\uFFFD+$/, '')}${note}`;
}
