/** KPIs of two versions against closed forms, and against Student's t as it is in printed tables. */
import { describe, expect, it } from 'vitest';
import { seedOf } from '../../runtime/experiments/design.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { KeptResults } from '../../review/known-runs.ts';
import type { Review } from '../../review/review.ts';
import { isSame } from '../../review/review.ts';
import { reviewOf, version } from './versions.ts';

/** What comes out is a · x + b, and x is drawn: the difference of two versions is (a' - a) · x + (b' - b). */
const lottery = (a: string, b: string): string => `package p

asset Lottery {
  param x = draw normal(10, 1)
  kpi out = ${a} * x + ${b}
  private let secret = x
}

scenario once for Lottery {
  run 1 s
}

experiment many on once {
  vary x in [1, 2]
  report out, max of out as %
}

test "enough" on once {
  expect out > 1
}
`;
/** Two-sided 95 % quantile for 11 degrees of freedom, in any printed table. */
const STUDENT = 2.201;

function drawn(text: string, runs: number): number[] {
  const artefact = version('it', text).artefact({ kind: 'asset', name: 'p.Lottery' })!;
  return Array.from({ length: runs }, (_, run) => {
    const twin = createTwin({
      manifest: artefact.manifest,
      kernel: kernelFactory(artefact),
      scenario: 0,
      seed: seedOf(1, run),
    });
    twin.advance(1);
    return twin.value('x')!;
  });
}
const kpi = ({ behaviour }: Review, kind: string) => behaviour.kpis.find((each) => each.kind === kind)!;

describe('KPIs', () => {
  it('have intervals of the paired differences, as computed by hand', () => {
    const review = reviewOf(lottery('2', '0'), lottery('3', '1'));
    const x = drawn(lottery('2', '0'), 12);
    const mean = x.reduce((sum, each) => sum + each, 0) / 12;
    const deviation = Math.sqrt(x.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 11);
    const half = (STUDENT * deviation) / Math.sqrt(12);
    for (const kind of ['kpi', 'report', 'margin']) {
      const found = kpi(review, kind);
      expect(found.runs, kind).toBe(12);
      expect(found.difference.mean).toBeCloseTo(mean + 1, 9);
      expect(found.difference.half! / half).toBeCloseTo(1, 3);
      expect(found.before.half! / (2 * half)).toBeCloseTo(1, 3);
      expect(found.after.half! / (3 * half)).toBeCloseTo(1, 3);
      expect(found.differs).toBe(true);
    }
    expect(kpi(review, 'margin').before.mean).toBeCloseTo(2 * mean - 1, 9);
    expect(review.behaviour.kpis.map(({ name }) => name)).toEqual(['out', 'max of out', 'out > 1', 'out']);
  });

  it('run again what is new alone: results that are known of a program stand', () => {
    const store = new Map<string, number[][]>();
    const written: string[] = [];
    const kept: KeptResults = {
      read: (of) => store.get(of.join('\n')),
      write: (of, rows) => {
        written.push(of.join('\n'));
        store.set(
          of.join('\n'),
          rows.map((row) => [...row]),
        );
      },
    };
    const base = lottery('2', '0');
    const compared = (head: string): Review => reviewOf(base, head, { kept });
    const plain = reviewOf(base, lottery('3', '1'));
    expect(compared(lottery('3', '1'))).toEqual(plain);
    // An experiment and a scenario, of two versions.
    expect(written.splice(0)).toHaveLength(4);
    expect(compared(lottery('3', '1'))).toEqual(plain);
    expect(written).toEqual([]);
    // Of another version after only that runs; a comment makes no other program.
    const other = reviewOf(base, lottery('4', '0'));
    expect(compared(`// In short\n${lottery('4', '0')}`).behaviour.kpis).toEqual(other.behaviour.kpis);
    expect(written.splice(0)).toHaveLength(2);
    // More runs go on where those that are known end.
    const more = { repeat: 15 };
    expect(reviewOf(base, lottery('3', '1'), { kept, ...more }).behaviour.kpis).toEqual(
      reviewOf(base, lottery('3', '1'), more).behaviour.kpis,
    );
    expect(new Set([...store.values()].map(({ length }) => length))).toEqual(new Set([12, 15]));
  });

  it('lose noise that both versions have: a shift is exact, however much chance there is', () => {
    const { difference, before, text, differs } = kpi(
      reviewOf(lottery('2', '0'), lottery('2', '0.5')),
      'kpi',
    );
    expect(difference.mean).toBeCloseTo(0.5, 12);
    expect(difference.half).toBeLessThan(1e-12);
    expect(before.half).toBeGreaterThan(0.5);
    expect(differs).toBe(true);
    expect(text).toMatch(/^\d+\.\d+ ± \d\.\d+ → \d+\.\d+ ± \d\.\d+ \(\+0\.5\)$/);
  });

  it('that may be chance alone do not count as moved', () => {
    // The same draws, twice as wide about the same mean: differences of both signs.
    const wide = lottery('1', '0').replace('normal(10, 1)', 'normal(10, 2)');
    const { difference, differs } = kpi(reviewOf(lottery('1', '0'), wide), 'kpi');
    expect(Math.abs(difference.mean!)).toBeLessThan(difference.half!);
    expect(differs).toBe(false);
  });

  it('have the seeds of the version before, where the version after has others: luck is none of its merit', () => {
    const { behaviour } = reviewOf(
      lottery('2', '0'),
      lottery('2', '0').replace('run 1 s\n}', 'seed 7\n  run 1 s\n}'),
    );
    expect(behaviour.kpis.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['kpi', 'margin']));
    for (const { difference, before, differs } of behaviour.kpis) {
      expect(before.half).toBeGreaterThan(0.1);
      expect([difference.mean, differs]).toEqual([0, false]);
    }
  });

  it('say in how many runs they have no value, and how sure those of the version before are', () => {
    const stops = lottery('0.5', '0').replace('kpi out = 0.5 * x', 'kpi out = 1000 * sqrt(10 - x)');
    const lacking = drawn(lottery('0.5', '0'), 12).filter((x) => x > 10).length;
    expect(lacking).toBeGreaterThan(1);
    const { text } = kpi(reviewOf(lottery('0.5', '0'), stops), 'kpi');
    expect(text).toMatch(new RegExp(`; 0 → ${lacking} of 12 runs have no value$`));
    // x / 2 has an interval of some tenths, and the other one of hundreds.
    expect(text).toMatch(/^\d\.\d+ ± 0\.\d+ → \d+ ± \d\d+ /);
  });

  it('run once where nothing is drawn, and have no interval then', () => {
    const fixed = (b: string): string => lottery('2', b).replace('draw normal(10, 1)', '10');
    const found = kpi(reviewOf(fixed('0'), fixed('1')), 'kpi');
    expect(found).toMatchObject({ runs: 1, before: { mean: 20, half: null }, difference: { mean: 1 } });
    expect(found.text).toBe('20 → 21 (+1)');
  });

  it('are not run at all where both versions are the same program', () => {
    const review = reviewOf(lottery('2', '0'), `// the same\n${lottery('2', '0')}`);
    expect(review.behaviour.kpis).toEqual([]);
    expect(isSame(review)).toBe(true);
  });
});
