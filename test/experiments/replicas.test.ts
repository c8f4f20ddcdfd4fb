/** Replicas side by side against each run by itself: the same bits, for any number of runs and wherever they stand. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { designOf, seedOf } from '../../runtime/experiments/design.ts';
import { reusing, runOnce } from '../../runtime/experiments/one-run.ts';
import { arePlain } from '../../runtime/experiments/plain-runs.ts';
import { replicaRunner, whyAlone } from '../../runtime/experiments/replicas.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { compiled } from './fixture.ts';

const experimentOf = (text: string) => {
  const { artefact } = compiled(text);
  const { manifest } = artefact;
  const experiment = manifest.experiments![0]!;
  const design = designOf(experiment, experiment.seed ?? 1);
  const runs = [...design.variants()].flatMap((values) =>
    Array.from({ length: design.repeat }, (_, n) => ({ values, seed: seedOf(design.seed, n) })),
  );
  return { manifest, experiment, runs, factory: kernelFactory(artefact) };
};

/** Results of both, which must be the same; `count`: only the first runs. */
function expectSame(text: string, count = Infinity) {
  const { manifest, experiment, runs, factory } = experimentOf(text);
  expect(whyAlone(manifest, experiment)).toBeUndefined();
  const some = runs.slice(0, count);
  const kernel = reusing(factory);
  const one = some.map(({ values, seed }) => runOnce(manifest, kernel, experiment, values, seed));
  const many = replicaRunner(manifest, factory, experiment);
  expect(many(some)).toEqual(one);
  // The same in other company.
  expect([...many(some.slice(0, 3)), ...many(some.slice(3))]).toEqual(one);
  return one;
}

const around = (body: string, experiment: string): string =>
  `package t\nasset A {\n${body}\n}\nexperiment e on A {\n${experiment}\n}\n`;

const predation = `
  param a = 1.5 1/s
  state x = 1
  state y = 1
  der(x) = a * x - x * y * 1 1/s
  der(y) = x * y * 1 1/s - 3 1/s * y`;

describe('replicas side by side', () => {
  it.each([1, 2, 7, 8, 9, 23])('%d runs have the bits of single runs', (count) => {
    const results = expectSame(
      around(
        predation,
        'vary a in 1 1/s..2 1/s\n sample 32 by sobol\n method rk4 step 10 ms\n run 3 s\n report x, y',
      ),
      count,
    );
    expect(new Set(results.map(({ values }) => values[0])).size).toBe(count);
  });

  it('against the closed form', () => {
    const [result] = expectSame(
      around(
        'param k = 0.5 1/s\n state x = 1\n der(x) = -k * x',
        'vary k in [0.5 1/s]\n method rk4 step 10 ms\n run 2 s\n report x',
      ),
    );
    expect(result!.values[0]).toBeCloseTo(Math.exp(-1), 10);
  });

  it('functions, choices, time and values that only a report reads', () => {
    expectSame(
      around(
        `
  param a = 1
  param active: Boolean = true
  state x = 1
  state u = 0.2
  let drive = if a > 1.2 and active then sin(a * time / 1 s) else -exp(-abs(x)) + sqrt(abs(u))
  let seen  = tanh(x) + u ^ 3
  der(x) = (drive - x * u) / 1 s
  der(u) = (min(x, 0.3) - max(u, drive) * 0.1) / 1 s`,
        'vary a in 0.5..3\n sample 16 by sobol\n method euler step 7 ms\n run 2 s\n report x, u, seen',
      ),
    );
  });

  it('by Euler alone where states pass kinks', () => {
    const kinked = (method: string): string =>
      around(
        'param a = 1\n state x = 1\n state v = 0\n der(x) * 1 s = v\n der(v) * 1 s = -a * x - 0.5 * abs(x)',
        `vary a in 1..3\n sample 16 by sobol\n method ${method} step 7 ms\n run 9 s\n report x`,
      );
    expectSame(kinked('euler'));
    expect(() => expectSame(kinked('rk4'))).toThrow('end at kinks');
  });

  it('sensors, rules of time, draws, a scenario and a warm-up', () => {
    const text = `package t
asset A {
  param rate  = draw lognormal(1 1/s, 0.2 1/s)
  param ease  = 1
  input push  = 0
  state level = draw normal(2, 0.1)
  state count = 0
  der(level) = (push - level * ease) * rate
  every 0.3 s { set count = count + 1 }
  every exponential(0.5 s) { set level = level + draw uniform(0, 0.2) }
  sensor gauge measures level every 0.1 s noise normal(0.05)
}
scenario pushed for A {
  at 1 s: set push = 2
  run 3 s
}
experiment e on pushed {
  vary ease in [0.5, 1, 2]
  method rk4 step 10 ms
  repeat 5
  report level, gauge, count
}
`;
    const results = expectSame(text);
    expect(results[0]!.values[2]).toBe(11);
  });

  it('a run that has no numbers any more stops as it would by itself; the others go on', () => {
    const results = expectSame(
      around(
        'param a = 1\n state x = 0.1\n let y = sqrt(4 - x)\n der(x) = a * x ^ 2 * 1 1/s + 0 * y * 1 1/s',
        'vary a in 0..20 step 1\n method rk4 step 5 ms\n run 4 s\n report x, y',
      ),
    );
    const stopped = results.map(({ trouble }) => trouble !== undefined);
    expect(stopped).toContain(true);
    expect(stopped).toContain(false);
    expect(results.find(({ trouble }) => trouble !== undefined)!.trouble).toMatch(/^PX9003: /);
  });

  const term = fc.constantFrom('x', 'y', 'a', '0.3', 'sin(x)', 'cos(y + a)', 'exp(-x * x)', 'time / 1 s');
  const sum = fc
    .tuple(term, fc.constantFrom('+', '-', '*'), term, fc.constantFrom('+', '-', '*'), term)
    .map(([p, f, q, g, r]) => `(${p} ${f} ${q}) ${g} ${r}`);
  it('equations by chance', () => {
    fc.assert(
      fc.property(
        sum,
        sum,
        sum,
        fc.constantFrom('rk4', 'euler'),
        fc.integer({ min: 1, max: 12 }),
        (p, q, r, method, count) => {
          expectSame(
            around(
              `param a = 1\n state x = 0.5\n state y = 1\n let z = if a > 0.2 then ${p} else ${q}\n der(x) = (z - x) / 1 s\n der(y) = (${r} - y) / 1 s`,
              `vary a in -1..1\n sample 16 by random\n method ${method} step 13 ms\n run 0.5 s\n report x, y, z`,
            ),
            count,
          );
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('runs without a twin of their own', () => {
  const isPlain = (text: string): boolean => {
    const { manifest, experiment } = experimentOf(text);
    return arePlain(manifest, experiment);
  };
  const grid = 'vary a in 1 1/s..2 1/s\n sample 12 by sobol\n method rk4 step 10 ms\n run 2 s';

  it('are those of equations alone, with draws and what a scenario sets at the start', () => {
    expect(isPlain(around(predation, `${grid}\n report x, y`))).toBe(true);
    const text = `package t
asset A {
  param rate = draw lognormal(1 1/s, 0.2 1/s)
  param ease = 1
  state level = draw normal(2, 0.1)
  let shown = 2 * level + time / 1 s
  der(level) = -level * ease * rate
}
scenario eased for A { ease = 0.5  run 3 s }
experiment e on eased { vary ease in [0.5, 1, 2]  method rk4 step 7 ms  repeat 5  report level, shown }
`;
    expect(isPlain(text)).toBe(true);
    expect(new Set(expectSame(text).map(({ values }) => values[0])).size).toBe(15);
  });

  it.each([
    ['rules', 'state n = 0\n every 1 s { set n = n + 1 }', 'report x'],
    ['sensors', 'sensor gauge measures x every 0.1 s', 'report x'],
    ['what happens once', 'state n = 0\n when time > 1 s { set n = 1 }', 'report x'],
  ])('are none with %s', (_, members, report) => {
    expect(isPlain(around(`${predation}\n${members}`, `${grid}\n ${report}`))).toBe(false);
  });

  it('are none where an input follows a course', () => {
    const text = `package t
asset A {
  param ease = 1
  input push = 0
  state level = 1
  der(level) = (push - level * ease) / 1 s
}
scenario pushed for A {
  at 0 s: ramp push from 0 to 1 over 1 s
  run 2 s
}
experiment e on pushed { vary ease in [0.5, 1, 2]  method rk4 step 10 ms  report level }
`;
    expect(isPlain(text)).toBe(false);
    expectSame(text);
  });

  it('say what a twin says where one of them cannot start, does not get to its end, or goes on from a time of none', () => {
    const results = expectSame(
      around(
        'param a = 1\n state x = sqrt(a)\n let y = 1 / (a - 3)\n der(x) = a * x ^ 2 * 0.3 1/s + 0 * y * 1 1/s',
        'vary a in -2..9 step 1\n method rk4 step 5 ms\n run 1 s\n report x, y',
      ),
    );
    const said = results.map(({ trouble }) => trouble?.replace(/ .*/, '') ?? 'well');
    expect(said.slice(0, 2)).toEqual(['PX9003:', 'PX9003:']);
    expect(said.slice(2, 5)).toEqual(['well', 'well', 'well']);
    expect(said[5]).toBe('PX9003:');
    expect(said.slice(-1)).not.toEqual(['well']);
  });
});

describe('why runs go one by one', () => {
  const plain = 'vary a in [1, 2]\n method rk4 step 10 ms\n run 1 s\n report x';
  const reason = (body: string, experiment = plain): string | undefined => {
    const { manifest, experiment: found } = experimentOf(around(body, experiment));
    return whyAlone(manifest, found);
  };
  const simple = 'param a = 1\n state x = 1\n der(x) = -a * x / 1 s';

  it.each([
    ['steps of their own', simple, 'vary a in [1, 2]\n run 1 s\n report x', /steps are as long as each run/],
    [
      'statistics',
      simple,
      'vary a in [1, 2]\n method rk4 step 10 ms\n run 1 s\n report max of x',
      /look at each/,
    ],
    ['crossings', `${simple}\n at x <= 0.5 falling { set x = 1 }`, plain, /crossings/],
    ['iteration', `${simple}\n let z: Number guess 1\n z * exp(z) = 1 + x`, plain, /iteration/],
    ['delays', `${simple}\n let z = delay(x, 0.1 s)`, plain, /delays/],
    [
      'many states',
      'param a = 1\n state x = 1\n state s[40] = 1\n der(x) = -a * x / 1 s\n for i in 1..40 { der(s[i]) = -s[i] / 1 s }',
      plain,
      /41 states/,
    ],
    [
      'arrays',
      'param a = 1\n state x = 1\n state s[4] = 1\n der(x) = -a * x / 1 s\n for i in 1..4 { der(s[i]) = -s[i] / 1 s }',
      plain,
      /arrays/,
    ],
    ['no states', 'param a = 1\n let x = a', plain, /no states/],
  ])('%s', (_, body, experiment, expected) => {
    expect(reason(body, experiment)).toMatch(expected);
  });

  it('is nothing where they go side by side', () => {
    expect(reason(simple)).toBeUndefined();
  });
});
