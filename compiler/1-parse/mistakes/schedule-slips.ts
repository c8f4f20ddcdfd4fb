/** Lines of tests and scenarios that are written nearly as they are in the language. */
import { report, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { unexpected } from '../../diagnostics/syntax.ts';
import { endOfLine, lineBefore } from './lines.ts';
import { write, type Stop } from './statement-slips.ts';

interface Slip {
  /** Its second group is what is wrong, and the first what stands before that on the line. */
  pattern: RegExp;
  /** What takes the place of the second group. */
  text?: (groups: readonly string[]) => string;
  advice: string;
}

const OVER_TIME =
  'At all times: `require always …`; at some time: `require eventually …`; at the end: `expect …`.';
const AT_A_TIME = 'What holds at a time is `expect at 2 h: …`.';

const OF_TESTS: readonly Slip[] = [
  { pattern: /^(\s*)(require)\s+at\s/, text: () => 'expect', advice: AT_A_TIME },
  { pattern: /^(\s*)(require)\s+\S.*\s(?:always|eventually|never)\s*$/, advice: OVER_TIME },
  {
    pattern: /^(\s*)(require)\s+(?!(?:always|eventually|never|when)\b)\S/,
    text: () => 'require always',
    advice: OVER_TIME,
  },
  {
    pattern: /^(\s*)(always|eventually|never)\s/,
    text: ([, , word = '']) => `require ${word}`,
    advice: OVER_TIME,
  },
  { pattern: /^(\s*)(expect)\s+(?:always|eventually|never)\s/, text: () => 'require', advice: OVER_TIME },
  {
    pattern: /^(\s*)(expect\s+(\S.*\S)\s+at\s+(\S.*\S))\s*$/,
    text: ([, , , condition = '', time = '']) => `expect at ${time}: ${condition}`,
    advice: AT_A_TIME,
  },
  {
    pattern: /^(\s*(?:require|expect)\s.*\s)(for\s+\S.*\S)\s*$/,
    advice:
      '`within 5 min` and `after 5 min` say which times count; `duration(c) >= 5 min` is true once c has been so for so long.',
  },
  {
    pattern: /^(\s*(?:require|expect)\s.*\s)(is)\s/,
    text: () => '==',
    advice: 'Values and modes are compared by ==.',
  },
  {
    pattern: /^(\s*(?:require|expect)\s[^=<>!]*)(=)(?!=)/,
    text: () => '==',
    advice: '`=` gives a value; what is compared is written with ==.',
  },
];

const BY_THE_CLOCK =
  'Times count from the start of the run, as in `at 6 h: …`. What goes by the clock is a `profile x daily { 6:00: … }`.';

const OF_SCENARIOS: readonly Slip[] = [
  {
    pattern: /^(\s*)(set\s+)[\w.[\]]+\s*=/,
    text: () => '',
    advice: 'Before the run it is `x = …`, while it runs `at 5 min: set x = …`.',
  },
  { pattern: /^(\s*at\s+)(\d+:\d\d)/, advice: BY_THE_CLOCK },
  { pattern: /^(\s*at\s+)([a-z]+)\s+\d/, advice: BY_THE_CLOCK },
  {
    pattern: /^(\s*at\s+\S[^:{]*?)(\s*\.\.|\s+to)\s/,
    advice: 'One time at each `at`: a second one sets the value back.',
  },
  {
    pattern: /^(\s*at\s+\S[^.]*)(\.\.)/,
    advice: 'One time at each `at`: a second one sets the value back.',
  },
  {
    pattern: /^(\s*at\s+[^:{]*?[^\s:{])(\s+->\s*|\s+)(?:set|ramp)\s/,
    text: () => ': ',
    advice: 'What happens at a time stands behind a colon, or in braces: `at 5 min: set x = …`.',
  },
  {
    pattern: /^(\s*at\s+[^:{]+:\s*)()[a-z_][\w.[\]]*\s*=(?!=)/i,
    text: () => 'set ',
    advice: 'What changes while it runs is set: `at 5 min: set x = …`.',
  },
  {
    pattern: /^(\s*)(after|from)\s+\d[^:{]*[:{]/,
    text: () => 'at',
    advice:
      'What happens at a time is written `at 5 min: set x = …`; `ramp x to 3 m over 1 h` takes its time.',
  },
  {
    pattern: /^(\s*)((?:duration|for|until|length|stop|stopTime|end)\s*[=:]?\s*)\d/,
    text: () => 'run ',
    advice: 'How long it runs is written `run 1 h`.',
  },
  {
    pattern: /^(\s*)(every)\s/,
    advice: 'A value that comes again and again is a `profile x every 10 min { 0 s: 1 m, 5 min: 2 m }`.',
  },
  {
    pattern: /^(\s*)(when|rule)\s/,
    advice: 'A scenario goes by time. What reacts to values is a `when` or a `rule` of the asset.',
  },
  {
    pattern: /^(\s*[a-z_][\w.[\]]*)(\s*:\s*)\S/i,
    text: () => ' = ',
    advice: 'A value stands behind =, as in `level = 2 m`.',
  },
];

const SLIPS: Record<string, readonly Slip[]> = {
  'the test': OF_TESTS,
  'the require': OF_TESTS,
  'the expect': OF_TESTS,
  'the scenario': OF_SCENARIOS,
  'the at': OF_SCENARIOS,
  'the assignment': OF_SCENARIOS,
};

export function scheduleSlip(stop: Stop): Diagnostic | undefined {
  const { text, found, place, at } = stop;
  const slips = SLIPS[place ?? ''];
  if (slips === undefined || (slips === OF_SCENARIOS && !isInScenario(stop))) return undefined;
  const before = lineBefore(text, found.startOffset);
  const from = found.startOffset - before.length;
  const line = text.slice(from, endOfLine(text, from)).replace(/\s*\/\/.*$/, '');
  for (const { pattern, text: instead, advice } of slips) {
    const groups = pattern.exec(line) as readonly string[] | null;
    if (groups === null) continue;
    const [, head = '', wrong = ''] = groups;
    const start = from + head.length;
    const written = instead?.(groups);
    const source = at(start, start + wrong.length);
    const isShown = wrong.trim() !== '';
    const gap = wrong.length - wrong.trimStart().length;
    const shown = isShown
      ? at(start + gap, start + wrong.trimEnd().length)
      : at(found.startOffset, found.startOffset + found.image.length);
    const what = isShown ? wrong.trim() : found.image;
    const title = written === '' ? `Remove '${what}'` : `Write ${written?.trim()}`;
    return report(
      unexpected,
      { found: `'${what}'`, expected: [], place, advice },
      shown,
      written === undefined ? undefined : write(source, written, title),
    );
  }
  return undefined;
}

/** The word at the beginning of the declaration in which it lies says so. */
function isInScenario({ text, found: { startOffset } }: Stop): boolean {
  const above = text.slice(Math.max(0, startOffset - LONGEST_SCENARIO), startOffset);
  const declared = above.match(/^(scenario|asset|experiment|calibrate|test|twin|bind|view)\b/gm);
  return declared?.at(-1) === 'scenario';
}

/** So far above is looked, so that a long text with many mistakes is not read again for each. */
const LONGEST_SCENARIO = 20_000;
