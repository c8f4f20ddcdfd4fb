/** Margins of formulas, on-line, against a second implementation that looks at the whole trace for each time. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluator, SURE } from '../../runtime/temporal.ts';
import type { Formula, Point } from '../../runtime/temporal.ts';

type Trace = { time: number; values: number[] }[];

/**
 * The definitions, as they stand in Donzé and Maler (2010), over all pairs of times: no wedge, no state. A window is a set of moments:
 * the observations in it, and its two ends, between observations on the straight line. NaN where the window reaches beyond the trace.
 */
function offline(formula: Formula<number>, trace: Trace): number[] {
  const end = trace.at(-1)!.time;
  const times = trace.map(({ time }) => time);
  /** Values at a moment, of a signal known at the observations. */
  const at = (signal: number[], moment: number): number => {
    const before = times.findLastIndex((time) => time <= moment);
    const after = times.findIndex((time) => time > moment);
    if (times[before] === moment || after < 0) return signal[before]!;
    const [low, high] = [signal[before]!, signal[after]!];
    if (Math.abs(low) === SURE || Math.abs(high) === SURE) return low;
    return low + ((moment - times[before]!) / (times[after]! - times[before]!)) * (high - low);
  };
  switch (formula.kind) {
    case 'atom':
      return trace.map(({ values }) => values[formula.atom]!);
    case 'not':
      return offline(formula.operand, trace).map((x) => -x);
    case 'and':
    case 'or': {
      const [a, b] = [offline(formula.left, trace), offline(formula.right, trace)];
      return a.map((x, i) => (formula.kind === 'and' ? Math.min(x, b[i]!) : Math.max(x, b[i]!)));
    }
    case 'until':
    case 'since': {
      const ahead = formula.kind === 'until';
      const { from, to = Infinity } = formula;
      const [a, b] = [offline(formula.left, trace), offline(formula.right, trace)];
      return times.map((time, i) => {
        if ((ahead && time + to > end) || Number.isNaN(a[i]! + b[i]!)) return NaN;
        const candidates = times.flatMap((other, j) => {
          const distance = ahead ? other - time : time - other;
          const inOrder = ahead ? j >= i : j <= i;
          if (!inOrder || distance < from || distance > to) return [];
          const held = a.filter((_, k) => (ahead ? k >= i && k < j : k > j && k <= i));
          return [Math.min(b[j]!, SURE, ...held)];
        });
        return Math.max(-SURE, ...candidates);
      });
    }
    default: {
      const ahead = formula.kind === 'always' || formula.kind === 'eventually';
      const least = formula.kind === 'always' || formula.kind === 'historically';
      const { from, to = Infinity } = formula;
      const signal = offline(formula.operand, trace);
      return times.map((time, i) => {
        const [low, high] = ahead ? [time + from, time + to] : [time - to, time - from];
        if ((ahead && high > end) || Number.isNaN(signal[i])) return NaN;
        const inside = signal.filter(
          (_, j) => times[j]! >= low && times[j]! <= high && (ahead ? j >= i : j <= i),
        );
        const ends = [low, high]
          .filter((moment) => moment >= times[0]! && moment <= end && moment !== time)
          .map((moment) => at(signal, moment));
        const all = [...inside, ...ends];
        if (all.some(Number.isNaN)) return NaN;
        return least ? Math.min(SURE, ...all) : Math.max(-SURE, ...all);
      });
    }
  }
}

function online(formula: Formula<number>, trace: Trace, stop = Infinity): Point[] {
  let own = evaluator(formula);
  const found: Point[] = [];
  trace.forEach(({ time, values }, i) => {
    if (i === stop) {
      // Into another process and back.
      const saved = JSON.parse(JSON.stringify(own.save())) as ReturnType<typeof own.save>;
      own = evaluator(formula);
      own.restore(saved);
    }
    found.push(...own.observe(time, (atom) => values[atom]!));
  });
  return [...found, ...own.finish()];
}

const window = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 6 }))
  .map(([from, length]) => ({ from, to: from + length }));

const { formula } = fc.letrec<{ formula: Formula<number> }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'formula' },
    fc.nat(2).map((atom): Formula<number> => ({ kind: 'atom', atom })),
    tie('formula').map((operand): Formula<number> => ({ kind: 'not', operand })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), tie('formula'), tie('formula'))
      .map(([kind, left, right]): Formula<number> => ({ kind, left, right })),
    fc
      .tuple(
        fc.constantFrom('always' as const, 'eventually' as const, 'historically' as const, 'once' as const),
        window,
        tie('formula'),
      )
      .map(([kind, { from, to }, operand]): Formula<number> => ({ kind, from, to, operand })),
    fc
      .tuple(fc.constantFrom('until' as const, 'since' as const), window, tie('formula'), tie('formula'))
      .map(([kind, { from, to }, left, right]): Formula<number> => ({ kind, from, to, left, right })),
  ),
}));

/** Times in uneven steps, some of them twice, as at events; the last atom is a condition without a number. */
const trace: fc.Arbitrary<Trace> = fc
  .array(
    fc.tuple(
      fc.constantFrom(0, 0.25, 0.5, 1, 1, 1.5, 2.5),
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: -9, max: 9 }),
      fc.boolean(),
    ),
    {
      minLength: 2,
      maxLength: 40,
    },
  )
  .map((steps) => {
    let time = 0;
    return steps.map(([step, a, b, c], i) => {
      const twice = i > 1 && steps[i - 1]![0] === 0;
      time += step === 0 && twice ? 1 : step;
      return { time, values: [a, b, c ? SURE : -SURE] };
    });
  });

describe('formulas over time should', () => {
  it('have the margins of the definitions', () => {
    let judged = 0;
    fc.assert(
      fc.property(formula, trace, (one, seen) => {
        const wanted = offline(one, seen);
        const found = online(one, seen);
        // Judged are the first ones, in order, up to where windows reach beyond the end.
        found.forEach(([time, margin], i) => {
          expect(time).toBe(seen[i]!.time);
          // Two observations of the last time: the first of them may have been enough.
          if (!Number.isNaN(wanted[i])) expect(margin).toBeCloseTo(wanted[i]!, 9);
        });
        judged += found.length;
      }),
      { numRuns: 400, seed: 20261122 },
    );
    expect(judged).toBeGreaterThan(1500);
  });

  it('go on after having been saved in the middle', () => {
    fc.assert(
      fc.property(formula, trace, fc.nat(40), (one, seen, stop) => {
        expect(online(one, seen, stop)).toEqual(online(one, seen));
      }),
      { numRuns: 100, seed: 20261122 },
    );
  });

  it('know closed forms', () => {
    const wave: Trace = Array.from({ length: 2001 }, (_, i) => ({
      time: i / 100,
      values: [Math.sin(i / 100)],
    }));
    const atom: Formula<number> = { kind: 'atom', atom: 0 };
    // The largest of sin over a quarter of its period ahead, at 0: 1.
    const ahead = online({ kind: 'eventually', from: 0, to: Math.PI / 2, operand: atom }, wave);
    expect(ahead[0]![1]).toBeCloseTo(1, 4);
    // … and over [1, 1.2]: sin(1.2).
    const later = online({ kind: 'eventually', from: 1, to: 1.2, operand: atom }, wave);
    expect(later[0]![1]).toBeCloseTo(Math.sin(1.2), 4);
    // A wave comes back at least to 1 within each period: always eventually.
    const back = online(
      {
        kind: 'always',
        from: 0,
        to: 5,
        operand: { kind: 'eventually', from: 0, to: 2 * Math.PI, operand: atom },
      },
      wave,
    );
    expect(Math.min(...back.map(([, margin]) => margin))).toBeCloseTo(1, 4);
    expect(back.at(-1)![0]).toBeCloseTo(20 - 5 - 2 * Math.PI, 1);
  });
});
