/** Steps of processes and clauses of resources that are written nearly as they are in the language, told by their line. */
import { report, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { missing, unexpected } from '../../diagnostics/syntax.ts';
import { endOf, isFirstOnLine } from './lines.ts';
import { write, type Stop } from './statement-slips.ts';

const PLACES = new Set(
  'arrive breaks choose convey item process queue release repair resource seize set shift shifts use wait'
    .split(' ')
    .map((word) => `the ${word}`),
);

export const isOfProcess = (place: string | undefined): boolean => PLACES.has(place ?? '');

/** What is wrong in a line, from where on, and what is written instead. */
interface Slip {
  /** Its second group is what is wrong, and the first what stands before that. */
  pattern: RegExp;
  /** What takes the place of the second group. */
  text?: (groups: readonly string[]) => string;
  advice: (groups: readonly string[], text: string) => string;
  /** Told where the parser stopped. */
  isToldAtStop?: true;
}

const written = (text: string): string => `Write \`${text}\`.`;

const SLIPS: readonly Slip[] = [
  {
    pattern:
      /^(\s*(?:queue|store)\s+\w+)(\s*\(\s*(\w+)\s*\)|\s*(?:capacity|size|max)\s*[=:]?\s*(\w+)|\s+(\d+)\b)/,
    text: ([, , , bracketed, named, bare]) => `[${bracketed ?? named ?? bare}]`,
    advice: ([, head = ''], text) => `Did you mean ${head.trim()}${text}?`,
  },
  {
    pattern:
      /^(\s*(?:queue|store)\b.*?)((\s+when\s+full\b.*?)(\s+order\s+(?:fifo|lifo|(?:lowest|highest)\s+[\w.]+)))/,
    text: ([, , , full = '', order = '']) => `${order}${full}`,
    advice: ([, head = ''], text) =>
      `The order stands before what happens when it is full: ${head.trim()}${text}.`,
    isToldAtStop: true,
  },
  {
    pattern: /^(\s*(?:queue|store)\b.*\bwhen\s+full)(\s+)(?:block|balk)\b/,
    text: () => ': ',
    advice: ([line = '']) => written(line.trim().replace(/full\s+/, 'full: ')),
  },
  {
    pattern: /^(\s*(?:queue|store)\b.*\bwhen\s+full)(\s*:\s*->\s*)(?=\w)/,
    text: () => ' -> ',
    advice: () => 'Where items go follows without a colon: `when full -> elsewhere`.',
  },
  {
    pattern: /^(\s*(?:queue|store)\s+\w+(?:\s*\[[^\]]*\])?\s+)(full)\b/,
    text: () => 'when full',
    advice: () => 'Write `when full: balk`, `when full: block` or `when full -> elsewhere`.',
  },
  {
    pattern: /^(\s*wait\s+)(for\s+)(\S.*[<>=].*)$/,
    text: () => 'until ',
    advice: ([, , , rest = '']) => written(`wait until ${rest.trim()}`),
  },
  {
    pattern: /^(\s*wait\s+)(for\s+)(\S.*)$/,
    text: () => '',
    advice: ([, , , rest = '']) => written(`wait ${rest.trim()}`),
  },
  {
    pattern: /^(\s*wait\s+)(while\s+(\S.*\S))\s*$/,
    text: ([, , , rest]) => `until not (${rest})`,
    advice: (_, text) => written(`wait ${text}`),
  },
  {
    pattern: /^(\s*arrive\b.*\s)(for)\s/,
    text: () => 'until',
    advice: () => 'Arrivals end with `until 8 h`, or after `at most 100`.',
  },
  {
    pattern: /^(\s*)(seize)\s.*\sfor\s/,
    text: () => 'use',
    advice: () =>
      '`seize` keeps the units until a `release`; what is kept for a time is written `use machine for 5 s`.',
  },
  {
    pattern: /^(\s*(?:use|seize|release)\s+[\w.]+)(\s+and\s+)/,
    text: () => ', ',
    advice: () => 'What is needed at once is listed with commas: `use press, crew for 5 s`.',
  },
  {
    pattern: /^(\s*(?:use|seize|release)\s+)(\d+\s+)(?!of\b)[a-z_]/i,
    text: ([, , units = '']) => `${units.trim()} of `,
    advice: ([, head = '', units = '']) => `So many units at once: \`${head.trim()} ${units.trim()} of …\`.`,
  },
  {
    pattern: /^(\s*use\s+[\w.]+)(\s+)\d/,
    text: () => ' for ',
    advice: () => 'How long a unit is kept stands behind for: `use machine for 5 s`.',
  },
  {
    pattern: /^(\s*use\s+[\w.]+\s+)(until|while)\s/,
    advice: () =>
      'For as long as a condition says: `seize machine`, then `wait until …`, then `release machine`.',
  },
  {
    pattern: /^(\s*)(go)\s+(?!to\b)\w/,
    text: () => 'go to',
    advice: () => 'Write `go to scrap`.',
  },
  {
    pattern: /^(\s*)(->)\s*\w/,
    text: () => 'go to',
    advice: () => 'A step that leads elsewhere is `go to scrap`, or `choose 2 % -> scrap, else -> leave`.',
  },
  {
    pattern: /^(\s*use\s+.*\sfor\s+.*?)(\s+with\s+(.+?))\s*$/,
    advice: ([, , , units = '']) =>
      `All that is needed stands before the time: \`use … with ${units} for …\`.`,
  },
  {
    pattern: /^(\s*)(leave)\s+\w+/,
    text: () => 'exit',
    advice: () => 'A way out by name is `exit scrap`; items are sent to it by `go to scrap` or `choose`.',
  },
  {
    pattern: /^(\s*item\s+\w+)(\s*:\s*)(?=\w+\s*\()/,
    text: () => ' = ',
    advice: () => 'A value stands behind =, as in `item weight = 5 kg`.',
  },
  {
    pattern: /^(\s*item\s+\w+)(\s+)(?=[\w.])/,
    text: () => ' = ',
    advice: () => 'A value stands behind =, as in `item weight = 5 kg`.',
  },
  {
    pattern: /^(\s*)(attribute|attr|property|field|let|var|param|state|kpi)\s+\w+\s*[:=]/,
    text: () => 'item',
    advice: () =>
      'What each item carries is an `item weight = 5 kg`; what the asset has is declared outside of the process.',
  },
  {
    pattern: /^(\s*choose\s*)(\{)/,
    advice: () => 'The options follow without braces: `choose 2 % -> scrap, else -> leave`.',
  },
  {
    pattern: /^(\s*choose\b.*,\s*)((?:else|otherwise|default)\s*:?\s*(?!->)(\w+))/,
    text: ([, , , place = '']) => `else -> ${place}`,
    advice: (_, text) => `What is left goes elsewhere by \`${text}\`.`,
  },
  {
    pattern: /^(\s*choose\b.*?\S)(\s*:\s*)\w/,
    text: () => ' -> ',
    advice: () => 'Options are written `2 % -> scrap`.',
  },
  {
    pattern: /^(\s*choose\b.*?)(=>)/,
    text: () => '->',
    advice: () => 'Options are written `2 % -> scrap`.',
  },
  {
    pattern: /^(\s*choose\b.*[^,\s])(\s+)else\b/,
    text: () => ', ',
    advice: () => 'Options are separated by commas: `choose 2 % -> scrap, else -> leave`.',
  },
  {
    pattern: /^(\s*repair\s+)((?:after|for|in|takes)\s+|=\s*)/,
    text: () => '',
    advice: () => 'The time follows by itself: `repair lognormal(20 min, 10 min) by fitter`.',
  },
  {
    pattern: /^(.*\bshifts\s+)(?=\d)()/,
    text: () => 'daily ',
    advice: () =>
      'The days stand before the hours: `shifts daily 06:00..22:00`, or weekdays, weekend, monday ….',
  },
  {
    pattern: /^(.*\bshifts\s.*?)(\d+(?::\d+)?\s*(?:-|to|\.\.)\s*\d+(?::\d+)?)/,
    advice: () => 'Hours are written `06:00..22:00`.',
  },
];

export function stepSlip(stop: Stop, line: string, from: number): Diagnostic | undefined {
  const { found, before, at, place } = stop;
  const plain = line.replace(/\s*\/\/.*$/, '');
  if (/^\s*wait\s+until\s*$/.test(plain)) {
    const start = from + line.indexOf('until');
    const help = '`wait until door.open` waits for a condition, `wait 5 min` for a time.';
    const holes = { expected: "a condition after 'until'", found: 'the end of the line', place, help };
    return report(missing, holes, at(start, start + 'until'.length));
  }
  // `release`, `seize` and their like may be names, and are taken for the time.
  const above = /(?:^|\n)([^\n]*)\n$/.exec(stop.text.slice(0, from))?.[1] ?? '';
  if (/^\s*wait\s*$/.test(above) && before !== undefined && !isFirstOnLine(stop.text, found.startOffset)) {
    const start = from - above.length - 1 + above.indexOf('wait');
    const help = '`wait 5 min` waits for a time, `wait until door.open` for a condition.';
    const holes = { expected: "a time after 'wait'", found: 'the end of the line', place: 'the wait', help };
    return report(missing, holes, at(start, start + 'wait'.length));
  }
  for (const { pattern, text, advice, isToldAtStop } of SLIPS) {
    const groups = pattern.exec(plain) as readonly string[] | null;
    if (groups === null) continue;
    const [, head = '', wrong = ''] = groups;
    const gap = wrong.length - wrong.trimStart().length;
    const start = from + head.length;
    const isAtStop = isToldAtStop === true || wrong.trim() === '';
    const shown = isAtStop
      ? at(found.startOffset, endOf(found))
      : at(start + gap, start + wrong.trimEnd().length);
    const instead = text?.(groups);
    const source = at(start, start + wrong.length);
    const what = isAtStop ? found.image : wrong.trim();
    return report(
      unexpected,
      { found: `'${what}'`, expected: [], place, advice: advice(groups, instead ?? '') },
      shown,
      instead === undefined ? undefined : write(source, instead, `Write ${instead.trim() || head.trim()}`),
    );
  }
  if (before?.image === 'exit' && found.image !== 'exit') {
    const source = at(before.startOffset, endOf(before));
    const help = '`exit` is a way out with a name of its own, as in `exit scrap`; the plain one is `leave`.';
    return report(
      missing,
      { expected: 'a name', found: 'the end of the line', place, help },
      source,
      write(source, 'leave'),
    );
  }
  if (place === 'the process' && /^\s*[a-z_]\w*(\s*[.[][^=]*)?\s*=(?!=)/i.test(plain)) {
    const start = from + (line.length - line.trimStart().length);
    const name = /^[\w.]+/.exec(line.trimStart())![0];
    const help = `A step changes a value with set ${name} = …`;
    const holes = { expected: "'set'", found: `'${name}'`, place, help };
    return report(
      missing,
      holes,
      at(start, start + name.length),
      write(at(start, start), 'set ', "Write 'set'"),
    );
  }
  return undefined;
}
