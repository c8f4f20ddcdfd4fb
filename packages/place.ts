/** A text of JSON and the way to something in it → where that stands. */

/** Names of keys from the outside in; what is meant there is the key itself, or what it holds. */
export interface Way {
  keys: readonly string[];
  of: 'key' | 'value';
}

/** From one character up to another. Of a text that is JSON; of something that is not in it, what it would be in. */
export function placeIn(text: string, { keys, of }: Way): { start: number; end: number } {
  const found = rangesIn(text);
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const ranges = found.get(JSON.stringify(keys.slice(0, depth)));
    if (ranges !== undefined) return depth === keys.length ? ranges[of] : ranges.key;
  }
  // What is missing at the top is missed where the text begins.
  const start = Math.max(0, text.search(/\S/));
  return { start, end: Math.min(start + 1, text.length) };
}

interface Range {
  start: number;
  end: number;
}

const SPACE = /\s*/y;
const TEXT = /"(?:[^"\\]|\\.)*"/y;
const WORD = /[^\s,\]}]+/y;

/** Of all keys, by the way to them. Of a key that is there twice, the last counts, as when it is read. */
function rangesIn(text: string): Map<string, { key: Range; value: Range }> {
  const found = new Map<string, { key: Range; value: Range }>();
  let at = 0;
  const take = (what: RegExp): Range => {
    what.lastIndex = at;
    const start = at;
    at += what.exec(text)?.[0].length ?? 0;
    return { start, end: at };
  };
  const value = (keys: readonly string[]): Range => {
    take(SPACE);
    const start = at;
    const opened = text[at];
    if (opened === '"') return take(TEXT);
    if (opened !== '{' && opened !== '[') return take(WORD);
    at += 1;
    for (take(SPACE); at < text.length && text[at] !== '}' && text[at] !== ']'; take(SPACE)) {
      if (opened === '{') {
        const key = take(TEXT);
        take(SPACE);
        at += 1;
        const way = [...keys, JSON.parse(text.slice(key.start, key.end)) as string];
        found.set(JSON.stringify(way), { key, value: value(way) });
      } else value([...keys, '[]']);
      take(SPACE);
      if (text[at] === ',') at += 1;
    }
    at += 1;
    return { start, end: at };
  };
  value([]);
  return found;
}
