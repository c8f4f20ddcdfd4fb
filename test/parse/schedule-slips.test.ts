/** One slip in a test or a scenario is one diagnostic, on its own line, with a change that mends it where that is plain. */
import { describe, expect, it } from 'vitest';
import { isScenarioDecl, isTestDecl } from '../../grammar/generated/ast.ts';
import { applyFix, read } from './helper.ts';

const TEXT = `asset Tank {
  input inflow = 2 m3/h
  state level  = 1 m

  der(level) = inflow / 2 m2
}

scenario surge for Tank {
  level = 2 m
  at 5 min: set inflow = 3 m3/h
  at 10 min: set inflow = 2 m3/h
  run 1 h
}

test "a surge does no harm" on surge {
  require always level < 6 m
  expect at 5 min: level < 3 m
  expect inflow == 2 m3/h
  require eventually level > 2 m
}
`;

const ALWAYS = 'require always level < 6 m';
const AT = 'at 5 min: set inflow = 3 m3/h';

const SLIPS: readonly [line: string, slip: string, mended?: string][] = [
  [ALWAYS, 'require level < 6 m', ALWAYS],
  [ALWAYS, 'always level < 6 m', ALWAYS],
  [ALWAYS, 'expect always level < 6 m', ALWAYS],
  [ALWAYS, 'require level < 6 m always'],
  [ALWAYS, 'require always level < 6 m for 5 min'],
  [ALWAYS, 'require always (level < 6 m', 'require always (level < 6 m)'],
  ['expect inflow == 2 m3/h', 'expect level in 1 m..6 m', 'expect level >= 1 m and level <= 6 m'],
  ['expect at 5 min: level < 3 m', 'expect level < 3 m at 5 min', 'expect at 5 min: level < 3 m'],
  ['expect at 5 min: level < 3 m', 'require at 5 min: level < 3 m', 'expect at 5 min: level < 3 m'],
  ['expect inflow == 2 m3/h', 'expect inflow = 2 m3/h', 'expect inflow == 2 m3/h'],
  ['expect inflow == 2 m3/h', 'expect inflow is 2 m3/h', 'expect inflow == 2 m3/h'],
  ['level = 2 m', 'set level = 2 m', 'level = 2 m'],
  ['level = 2 m', 'level: 2 m', 'level = 2 m'],
  [AT, 'at 5 min set inflow = 3 m3/h', AT],
  [AT, 'at 5 min -> set inflow = 3 m3/h', AT],
  [AT, 'at 5 min: inflow = 3 m3/h', AT],
  [AT, 'after 5 min: set inflow = 3 m3/h', AT],
  [AT, 'at 06:00: set inflow = 3 m3/h'],
  [AT, 'at 5..10 min: set inflow = 3 m3/h'],
  [AT, 'every 5 min: set inflow = 3 m3/h'],
  [AT, 'when level > 2 m -> set inflow = 3 m3/h'],
  ['run 1 h', 'duration 1 h', 'run 1 h'],
  ['run 1 h', 'for 1 h', 'run 1 h'],
];

describe('a slip in a test or a scenario', () => {
  it('is the only mistake of the text it is made in', () => expect(read(TEXT).diagnostics).toEqual([]));

  it.each(SLIPS)('is told once, with what to write: %s → %s', (line, slip, mended) => {
    const text = TEXT.replace(line, slip);
    const { diagnostics } = read(text);
    expect(diagnostics.map(({ message }) => message)).toHaveLength(1);
    const [told] = diagnostics;
    expect(told!.source.line).toBe(TEXT.slice(0, TEXT.indexOf(line)).split('\n').length);
    expect(told!.help ?? told!.fixes[0]?.title).toBeTruthy();
    if (mended !== undefined) expect(applyFix(text, told!)).toBe(TEXT.replace(line, mended));
  });

  it('leaves what stands in the other block as it is', () => {
    const [file] = read(TEXT.replace(AT, 'at 5 min set inflow = 3 m3/h')).files;
    expect(file!.elements.filter(isScenarioDecl)).toHaveLength(1);
    expect(file!.elements.find(isTestDecl)?.statements).toHaveLength(4);
  });

  it('of an asset is not told as one of a scenario', () => {
    const [told] = read(TEXT.replace('der(level)', 'at 5 min set inflow = 3 m3/h\n  der(level)')).diagnostics;
    expect(told?.help).not.toContain('at 5 min');
  });
});
