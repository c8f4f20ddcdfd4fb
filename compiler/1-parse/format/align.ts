/** Lines → texts, with the columns of neighbours under each other. */
import type { Line } from './layout.ts';

/** Blanks before a column, by its keyword; all others have one. */
const WIDE = new Set(['in', 'noise', 'range', 'late', 'stale']);
/** A name much longer than its neighbours would push all of them away: it begins a group of its own. */
const MOST_PADDING = 24;

export function align(lines: readonly Line[]): string[] {
  const texts: string[] = [];
  for (let from = 0; from < lines.length;) {
    const to = endOfGroup(lines, from);
    const group = lines.slice(from, to);
    const codes = alignGroup(group);
    const comments = commentColumn(group, codes);
    for (const [index, line] of group.entries()) {
      if (line.spaced) texts.push('');
      const code = codes[index] ?? '';
      texts.push(line.comment === '' ? code : `${code.padEnd(comments)}  ${line.comment}`);
    }
    from = to;
  }
  return texts;
}

/** Lines that follow each other without a blank line, of one kind, and with heads of similar length. */
function endOfGroup(lines: readonly Line[], from: number): number {
  const first = lines[from];
  let shortest = Infinity;
  let longest = 0;
  for (let to = from; to < lines.length; to += 1) {
    const line = lines[to];
    if (line === undefined || first === undefined) return to;
    if (
      to > from &&
      (line.spaced || line.kind !== first.kind || line.kind === '' || line.indent !== first.indent)
    )
      return to;
    const width = line.cells[0]?.length ?? 0;
    [shortest, longest] = [Math.min(shortest, width), Math.max(longest, width)];
    if (to > from && longest - shortest > MOST_PADDING) return to;
  }
  return lines.length;
}

function alignGroup(group: readonly Line[]): string[] {
  const texts = group.map((line) => '  '.repeat(line.indent) + (line.cells[0] ?? ''));
  if (group.length === 1 && group[0]?.kind === '')
    return group.map((line, at) => [texts[at], ...line.cells.slice(1)].join(' '));
  const next = group.map(() => 1);
  // Column by column in the order in which lines have them: `in` of one line stands under `in` of another.
  for (const word of orderOfColumns(group)) {
    const members = group.flatMap((line, at) => (keyOf(line.cells[next[at] ?? 1]) === word ? [at] : []));
    const width = Math.max(...members.map((at) => texts[at]?.length ?? 0));
    for (const at of members) {
      const cell = group[at]?.cells[next[at] ?? 1] ?? '';
      texts[at] = (texts[at] ?? '').padEnd(width) + (WIDE.has(word) ? '  ' : ' ') + cell;
      next[at] = (next[at] ?? 1) + 1;
    }
  }
  return texts;
}

const ORDER = ['measures', 'from', '=', 'guess', 'in', 'every', 'as', 'noise', 'late', 'range', 'stale'];

function orderOfColumns(group: readonly Line[]): string[] {
  const present = new Set(group.flatMap((line) => line.cells.slice(1).map(keyOf)));
  return ORDER.filter((word) => present.has(word));
}

function keyOf(cell: string | undefined): string {
  const word = cell === undefined ? '' : (/^(?:=|\w+)/.exec(cell)?.[0] ?? '');
  return word === 'to' ? 'from' : word;
}

function commentColumn(group: readonly Line[], codes: readonly string[]): number {
  const widths = group.map((line, at) => (line.comment === '' ? 0 : (codes[at]?.length ?? 0)));
  return Math.max(0, ...widths);
}
