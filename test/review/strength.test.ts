import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { strengthOf } from '../../review/strength.ts';
import type { Strength } from '../../review/strength.ts';
import { plainNames } from '../../review/canonical.ts';
import { madeHere, testRuns } from '../../review/asked-runs.ts';
import { changesOf, reviewOf, version } from './versions.ts';

/** level = t: what holds of a run can be told by hand. */
const RAMP = (...required: string[]): string => `package p

asset Ramp {
  param slope = 1 m/s
  state level = 0 m
  state cycle = 0
  der(level) = slope
  der(cycle) = 0.1 Hz
  let high = level > 5 m
  let other = cycle > 0.5
}

scenario up for Ramp {
  run 10 s
  method rk4 step 100 ms
}

test "ramp" on up {
${required.map((each) => `  ${each}\n`).join('')}}
`;

const strength = (old: string, now: string): Strength | undefined => {
  const [a, b] = [version('old', RAMP(old)).model!, version('now', RAMP(now)).model!];
  const of = ({ requirements, chances }: (typeof a)['tests'][number]) => [...requirements, ...chances][0]!;
  return strengthOf(of(a.tests[0]!), of(b.tests[0]!), {
    owners: { old: 'p.Ramp', now: 'p.Ramp' },
    names: { old: plainNames(a), now: plainNames(b) },
  });
};
const opposite = { same: 'same', stronger: 'weaker', weaker: 'stronger' } as const;

describe('of two requirements', () => {
  it.each([
    ['require always level < 20 m', 'require always level < 15 m', 'stronger'],
    ['require always level < 20 m', 'require always level < 2000 cm', 'same'],
    ['require always level < 20 m', 'require always 20 m > level', 'same'],
    ['require always level <= 20 m', 'require always level < 20 m', 'stronger'],
    ['require always level > -1 m', 'require always level > -0.5 m', 'stronger'],
    ['require always level - 1 m < 20 m', 'require always level < 20 m', 'stronger'],
    ['require always level < slope * 30 s + 1 m', 'require always level < slope * 30 s + 5 mm', 'stronger'],
    ['require always level < slope * 30 s + 1 m', 'require always level < slope * 30 s - 1 m', 'stronger'],
    ['require always level < 20 m', 'require always slope * 1 s < 20 m', undefined],
    ['require always level < 20 m', 'require always level > 15 m', undefined],
    ['require always level < 20 m', 'require always level < 15 m and cycle < 3', 'stronger'],
    ['require always level < 20 m', 'require always level < 25 m and cycle < 3', undefined],
    ['require always level < 20 m or cycle < 3', 'require always level < 20 m', 'stronger'],
    ['require never level > 20 m', 'require never level > 25 m', 'weaker'],
    ['require never level > 20 m', 'require never level > 20 m or cycle > 3', 'stronger'],
    ['require never level > 20 m', 'require always not (level > 20 m)', 'same'],
    ['require always not (level > 20 m)', 'require always not (level > 15 m)', 'stronger'],
    ['require always level < 20 m', 'require always level < 20 m after 2 s', 'weaker'],
    ['require always level < 20 m', 'require always level < 20 m within 5 s', 'weaker'],
    ['require eventually level > 4 m', 'require eventually level > 4 m within 5 s', 'stronger'],
    ['require eventually level > 4 m', 'require eventually level > 4.5 m within 5 s', 'stronger'],
    ['require eventually level > 4 m within 5 s', 'require eventually level > 4.5 m', undefined],
    ['require eventually level > -1 m', 'require always level > -1 m', 'stronger'],
    ['require eventually level > -1 m', 'require always level > -2 m', undefined],
    ['expect level < 20 m', 'expect level < 15 m', 'stronger'],
    ['expect abs(level - 10 m) < 1 cm', 'expect abs(level - 10 m) < 5 cm', 'weaker'],
    ['expect at 5 s: level < 6 m', 'expect at 6 s: level < 6 m', undefined],
    ['require when high: within 2 s level > 6 m', 'require when high: within 1 s level > 6 m', 'stronger'],
    [
      'require when level > 5 m: within 2 s level > 6 m',
      'require when level > 4 m: within 2 s level > 6 m',
      'stronger',
    ],
    [
      'require always (high or eventually(level > 6 m within 8 s))',
      'require always (high or eventually(level > 6 m within 7 s))',
      'stronger',
    ],
    [
      'require eventually always(level > 5 m for 1 s)',
      'require eventually always(level > 5 m for 2 s)',
      'stronger',
    ],
    [
      'require always (cycle < 3 or once(level < 9 m within 8 s))',
      'require always (cycle < 3 or once(level < 9 m within 9 s))',
      'weaker',
    ],
    [
      'expect P[within 5 s](eventually high) < 5 %',
      'expect P[within 5 s](eventually high) < 4 %',
      'stronger',
    ],
    [
      'expect P[within 5 s](eventually high) < 5 %',
      'expect P[within 6 s](eventually high) < 5 %',
      'stronger',
    ],
    ['expect P[within 5 s](eventually high) > 5 %', 'expect P[within 6 s](eventually high) > 5 %', 'weaker'],
    ['expect P[within 5 s](eventually high) > 5 %', 'expect P[within 5 s](eventually high) < 5 %', undefined],
  ] as [string, string, Strength | undefined][])('%s → %s: %s', (old, now, expected) => {
    expect(strength(old, now)).toBe(expected);
    expect(strength(now, old)).toBe(expected && opposite[expected]);
    expect(strength(old, old)).toBe('same');
  });

  it('the stronger one never holds where the weaker one fails, whatever they are', () => {
    const number = fc.integer({ min: -2, max: 14 });
    const seconds = fc.integer({ min: 1, max: 9 });
    const atom = fc.oneof(
      fc.tuple(fc.constantFrom('<', '<=', '>', '>='), number).map(([by, at]) => `level ${by} ${at} m`),
      fc.tuple(fc.constantFrom('<', '>'), number).map(([by, at]) => `cycle + 1 ${by} ${at / 10}`),
    );
    const condition = fc.oneof(
      atom,
      fc.tuple(atom, fc.constantFrom('and', 'or'), atom).map(([a, by, b]) => `(${a}) ${by} (${b})`),
      atom.map((a) => `not (${a})`),
    );
    const requirement = fc.oneof(
      fc
        .tuple(fc.constantFrom('always', 'eventually', 'never'), condition, fc.option(seconds))
        .map(([mode, it, until]) => `require ${mode} ${it}${until === null ? '' : ` within ${until} s`}`),
      condition.map((it) => `expect ${it}`),
      fc
        .tuple(
          fc.constantFrom('always', 'eventually'),
          fc.constantFrom('always', 'eventually'),
          atom,
          seconds,
        )
        .map(
          ([outer, inner, it, window]) =>
            `require ${outer} ${inner}(${it} ${inner === 'always' ? 'for' : 'within'} ${window} s)`,
        ),
    );
    let told = 0;
    fc.assert(
      fc.property(fc.array(requirement, { minLength: 24, maxLength: 24 }), (all) => {
        const unique = [...new Set(all)];
        const { roots, artefact, model } = version('all', RAMP(...unique));
        const [{ requirements }] = model!.tests as [(typeof model & object)['tests'][number]];
        const outcome = madeHere(testRuns(artefact(roots[0]!)!))[0]!.requirements;
        const reading = {
          owners: { old: 'p.Ramp', now: 'p.Ramp' },
          names: { old: plainNames(model!), now: plainNames(model!) },
        };
        requirements.forEach((old, a) =>
          requirements.forEach((now, b) => {
            if (strengthOf(old, now, reading) !== 'stronger') return;
            told += 1;
            expect([unique[a], unique[b], outcome[b]!.holds && !outcome[a]!.holds]).toEqual([
              unique[a],
              unique[b],
              false,
            ]);
          }),
        );
      }),
      { numRuns: 12 },
    );
    expect(told).toBeGreaterThan(30);
  });
});

describe('in a review', () => {
  const found = (old: string[], now: string[]) => {
    const { findings, verdict, behaviour } = reviewOf(RAMP(...old), RAMP(...now));
    return {
      rules: findings.map(({ rule, breaking }) => `${rule}${breaking ? '!' : ''}`),
      findings,
      verdict,
      behaviour,
    };
  };

  it('a promise made stronger is a minor version, one made weaker a major one', () => {
    const stronger = found(['require always level < 20 m'], ['require always level < 15 m']);
    expect(stronger.rules).toEqual(['requirement-tightened']);
    // It climbs to 10 m.
    expect(stronger.behaviour.tests).toMatchObject([
      {
        replaces: { requirement: 'require always level < 20 m', strength: 'stronger' },
        before: { holds: true, value: expect.closeTo(10, 9) },
        after: { holds: true, value: expect.closeTo(5, 9) },
      },
    ]);
    expect(stronger.verdict.bump).toBe('minor');
    const weaker = found(['require always level < 15 m'], ['require always level < 20 m']);
    expect(weaker.findings.map(({ text }) => text)).toEqual([
      '"ramp" requires always level < 20 m, and required always level < 15 m: a promise made weaker.',
    ]);
    expect(weaker.verdict.bump).toBe('major');
  });

  it('one that is stronger than what the twin keeps breaks it', () => {
    const { rules, findings } = found(['require always level < 20 m'], ['require always level < 9 m']);
    expect(rules).toEqual(['requirement-tightened!']);
    expect(findings[0]!.text).toBe(
      '"ramp" requires always level < 9 m, and required always level < 20 m: a promise made stronger, which does not hold.',
    );
  });

  it('the same in another unit is nothing', () => {
    const review = reviewOf(RAMP('require always level < 20 m'), RAMP('require always level < 2000 cm'));
    expect(review.verdict.bump).toBe('none');
    expect(changesOf(review)).toEqual([]);
  });

  it('of several, each goes with its own', () => {
    const { rules } = found(
      ['require always level < 20 m', 'require always level > -1 m', 'require always cycle < 3'],
      ['require always level > -2 m', 'require always cycle < 3', 'require always level < 19 m'],
    );
    expect(rules.toSorted()).toEqual(['requirement-tightened', 'requirement-weakened!']);
  });

  it('another one in its place is one finding, and breaks', () => {
    expect(found(['require always level < 20 m'], ['require always cycle < 3']).rules).toEqual([
      'requirement-replaced!',
    ]);
  });

  it('a test that is gone or new is one finding', () => {
    const both = RAMP('require always level < 20 m', 'require always cycle < 3', 'expect level > 20 m');
    const none = both.slice(0, both.indexOf('test "'));
    const gone = reviewOf(both, none);
    expect(gone.findings.map(({ text }) => text)).toEqual([
      'Test "ramp" is gone, and with it 3 requirements: promises are withdrawn.',
    ]);
    expect(gone.verdict.bump).toBe('major');
    const fresh = reviewOf(none, both);
    expect(fresh.findings.map(({ text, breaking }) => [text, breaking])).toEqual([
      ['Test "ramp" is new, with 3 requirements, of which these do not hold: level > 20 m.', true],
    ]);
  });
});
