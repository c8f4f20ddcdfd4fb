/** Steps of explicit methods of which a stage, but not the end, sees another branch of the equations. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpret } from '../../compiler/interpret/index.ts';
import type { Kernel } from '../../runtime/contract/kernel.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { compiled, finished, twinOf } from '../solvers/compiled.ts';

const rk4 = (step: number) => ({ name: 'rk4', step }) as const;
const share = fc.double({ min: 0.003, max: 0.4, noNaN: true });

describe('the value is that of its straight pieces', () => {
  it.each([0.001, 0.3, 1, 7])(
    'where it goes on %d times as fast beyond, at whatever part of a step',
    (fast) => {
      const value = compiled(`asset A {
  state x = 1
  der(x) = (if x > 0 then -1 else -${fast}) / 1 s
}
`);
      fc.assert(
        fc.property(share, (step) => {
          expect(finished(value, { method: rk4(step), end: 1.5 }).value('x')).toBeCloseTo(-0.5 * fast, 8);
        }),
      );
    },
  );

  it('where it is thrown back from there', () => {
    // What falls to zero as e^(-rate t) never gets beyond: steps have the error that they have without a condition.
    const text = (beyond: string): string => `asset A {
  state x = 1
  der(x) = (${beyond}) / 1 s
}
`;
    const [thrown, smooth] = [compiled(text('if x > 0 then -15 * x else 100')), compiled(text('-15 * x'))];
    fc.assert(
      fc.property(fc.double({ min: 0.003, max: 0.12, noNaN: true }), (step) => {
        const [one, other] = [thrown, smooth].map((value) =>
          Math.abs(finished(value, { method: rk4(step), end: 0.7 }).value('x')! - Math.exp(-15 * 0.7)),
        ) as [number, number];
        expect(one).toBeLessThanOrEqual(other * 1.0001 + 1e-12);
      }),
    );
  });

  it('where a stage is beyond just as what rests at zero leaves it, which somebody looks at', () => {
    // x falls as 2 e^-t - 1 to zero at ln 2 s, from where y falls at 1.
    const value = compiled(`asset A {
  state x = 1
  state y = -2
  state seen = 0
  der(x) = (-1 - x) / 1 s
  der(y) = (if x > 0 then 0 else -1) / 1 s
  every 10 s after 0.3 s { set y = 0 }
  at abs(y) > 0.5 rising { set seen = seen + 1 }
}
`);
    fc.assert(
      fc.property(share, (step) => {
        const twin = finished(value, { method: rk4(step), end: 1 });
        expect(Math.abs(twin.value('y')! - (Math.log(2) - 1))).toBeLessThan(1e-8 + step ** 4 / 10);
        expect(twin.value('seen')).toBe(0);
      }),
    );
  });

  it('in an array of them, each at a time of its own', () => {
    const value = compiled(`asset A {
  state x[60] = 1
  for i in 1..60 { der(x[i]) = (if x[i] > 0 then -i / 20 else -0.1) / 1 s }
}
`);
    const twin = finished(value, { method: rk4(0.07), end: 1.3 });
    for (let i = 1; i <= 60; i += 1) {
      const rate = i / 20;
      expect(twin.value(`x[${i}]`)).toBeCloseTo(rate * 1.3 < 1 ? 1 - rate * 1.3 : -0.1 * (1.3 - 1 / rate), 8);
    }
  });
});

it('what slides along a condition stays within a step of it', () => {
  const value = compiled(`asset A {
  state x = 1
  der(x) = (if x > 0 then -1 else 1) / 1 s
}
`);
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 0.3, noNaN: true }), (step) => {
      const twin = createTwin({
        manifest: value.artefact.manifest,
        kernel: kernelFactory(value.artefact),
        settings: { method: rk4(step), duration: 3, outputPeriod: 3 },
      });
      twin.advance(3);
      expect(Math.abs(twin.value('x')!)).toBeLessThanOrEqual(step);
    }),
    { numRuns: 20 },
  );
});

describe('who looks at a condition that rates beyond it drive back to', () => {
  const rate = fc.double({ min: 0.2, max: 2, noNaN: true });
  const limit = fc.double({ min: 0.5, max: 2, noNaN: true });
  /** Rises at `a` up to the limit `c`, and falls at `b` from there on. */
  const hears: [string, (a: number, b: number, c: number) => string][] = [
    [
      'a rule',
      (a, b, c) => `asset A {
  state x = 0
  state full: Boolean = false
  der(x) = (if x > ${c} or full then -${b} else ${a}) / 1 s
  when x > ${c} -> set full = true
}
`,
    ],
    [
      'a memory',
      (a, b, c) => `asset A {
  state x = 0
  der(x) = (if x > ${c} or once(x > ${c} within 9 s) then -${b} else ${a}) / 1 s
}
`,
    ],
    [
      'a mode',
      (a, b, c) => `asset A {
  state x = 0
  der(x) = (if x > ${c} or phase == Emptying then -${b} else ${a}) / 1 s
  modes phase { initial Filling { when x > ${c} -> Emptying } Emptying {} }
}
`,
    ],
  ];
  it.each(hears)('%s hears of it', (_name, text) => {
    fc.assert(
      fc.property(rate, rate, limit, fc.double({ min: 0.003, max: 0.2, noNaN: true }), (a, b, c, step) => {
        const end = c / a + 1.5;
        expect(finished(compiled(text(a, b, c)), { method: rk4(step), end }).value('x')).toBeCloseTo(
          c - 1.5 * b,
          8,
        );
      }),
      { numRuns: 15 },
    );
  });

  // Slopes that change on the way bring an adaptive step before the condition, where stages beyond pull its end back.
  const curved: [string, (a: number, b: number, c: number) => string][] = hears.map(([name, text]) => [
    name,
    (a, b, c) =>
      text(a, b, c).replace(`else ${a})`, `else ${a} * (3 - x))`).replace(`-${b}`, `-${b} * (1 + x)`),
  ]);
  it.each(
    curved.flatMap(([name, text]) =>
      (['tsit5', 'auto', 'rodas5p', 'bdf'] as const).map((method) => [name, method, text] as const),
    ),
  )('%s hears of it by %s', (_name, method, text) => {
    fc.assert(
      fc.property(rate, rate, limit, fc.integer({ min: 3, max: 10 }), (a, b, c, digits) => {
        const [value, tolerance] = [compiled(text(a, b, c)), 10 ** -digits];
        const end = Math.log(3 / (3 - c)) / a + 1;
        const twin = finished(value, { method: { name: method, tolerance }, end });
        expect(Math.abs(twin.value('x')! - ((1 + c) * Math.exp(-b) - 1))).toBeLessThan(100 * tolerance);
      }),
      { numRuns: 15 },
    );
  });

  it('each of an array hears of its own', () => {
    const value = compiled(`asset A {
  state x[40] = 0
  state full[40]: Boolean = false
  for i in 1..40 {
    der(x[i]) = (if x[i] > 1 or full[i] then -1 else i / 20) / 1 s
    when x[i] > 1 -> set full[i] = true
  }
}
`);
    for (const interpreted of [false, true]) {
      const twin = finished(value, { method: rk4(0.07), end: 3, interpreted });
      for (let i = 1; i <= 40; i += 1)
        expect(twin.value(`x[${i}]`)).toBeCloseTo((i / 20) * 3 < 1 ? (i / 20) * 3 : 1 - (3 - 20 / i), 8);
    }
  });

  it('who only counts is told that there is no end to it, by every method', () => {
    const value = compiled(`asset A {
  state x = 0
  state n = 0
  der(x) = (if x > 3 then -1 else 0.5) / 1 s
  when x > 3 -> set n = n + 1
}
`);
    for (const method of [
      rk4(0.1),
      rk4(0.037),
      { name: 'euler', step: 0.01 },
      { name: 'tsit5', tolerance: 1e-6 },
      { name: 'rodas5p', tolerance: 1e-6 },
    ] as const) {
      const twin = twinOf(value, { method, end: 30 });
      twin.advance(30);
      expect(twin.trouble()).toMatchObject({ code: 'PX9006', source: { line: 6 } });
      expect(twin.trouble()!.time).toBeCloseTo(6, 6);
    }
  });

  it('nobody hears where rates beyond only come to rest', () => {
    // Fills at 0.5 to 3 and rests there until it is emptied from 10 s on.
    const value = compiled(`asset A {
  state x = 0
  state n = 0
  let net = if time < 10 s then 0.5 else -1
  der(x) = (if x > 3 then min(net, 0) else net) / 1 s
  when x > 3 -> set n = n + 1
}
`);
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.3, noNaN: true }), (step) => {
        const twin = finished(value, { method: rk4(step), end: 12 });
        expect(twin.value('n')).toBe(1);
        expect(twin.value('x')).toBeCloseTo(1, 8);
      }),
      { numRuns: 20 },
    );
  });
});

describe('an adaptive step is not held before a jump of its rate', () => {
  // x' = a - k x to zero, and b - k x from there.
  it.each([1e-3, 1e-4, 1e-6, 1e-9])('with a tolerance of %d', (tolerance) => {
    const rate = fc.double({ min: 0.01, max: 3, noNaN: true });
    fc.assert(
      fc.property(rate, rate, fc.double({ min: 0.1, max: 2, noNaN: true }), (a, b, k) => {
        const value = compiled(`asset A {
  state x = -0.1
  der(x) = ((if x < 0 then ${a} else ${b}) - ${k} * x) / 1 s
}
`);
        const crossing = Math.log((a / k + 0.1) / (a / k)) / k;
        const end = crossing + 0.5;
        for (const name of ['tsit5', 'auto'] as const) {
          const twin = twinOf(value, { method: { name, tolerance }, end, settings: { maxStep: 0.05 } });
          const { reason } = twin.advance(end, { steps: 1000 });
          expect(reason).toBe('end');
          const exact = (b / k) * (1 - Math.exp(-k * (end - crossing)));
          expect(Math.abs(twin.value('x')! - exact)).toBeLessThan(20 * tolerance * Math.max(a, b, 1));
        }
      }),
      { numRuns: 12 },
    );
  });
});

const chain = (n: number): string => `asset Chain {
  state x[${n}] = 1
  let q[${n}]: Number
  let wave = sin(time * 7 rad/s)
  for i in 1..${n} { q[i] = x[i] - i / ${n + 1} }
  der(x[1]) = (if q[1] > 0 then -x[1] - 1 else -0.1 + 0.05 * wave) / 1 s
  for i in 2..${n} { der(x[i]) = ((if q[i] > 0 then -4 else if q[i] > -0.1 then -1 - abs(x[i]) else -2 - wave) + 0.1 * x[i - 1]) / 1 s }
}
`;

describe('has the same bits however it is computed', () => {
  it.each([
    [
      'single states',
      2,
      `asset A {
  state x = 1
  state v = 0
  let pull = if x > 0.3 then -5 else 2
  der(x) = v / 1 s
  der(v) = (pull - 0.2 * v + (if v > 0.4 then -3 else 0)) / 1 s
  when x > 1.1 -> set v = -v
}
`,
    ],
    [
      'a slope that is compared',
      2,
      `asset A {
  state x = 1
  state y = 0
  der(x) = -x / 1 s
  der(y) = if der(x) > -0.6 1/s then 2 1/s else -1 1/s
}
`,
    ],
    ['few elements', 0.8, chain(3)],
    ['more than stay in locals', 0.2, chain(33)],
    ['tiles', 0.12, chain(300)],
  ])('%s', (_name, end, text) => {
    const { artefact, system } = compiled(text);
    const whole = kernelFactory(artefact);
    const kernels: (() => Kernel)[] = [
      whole,
      () => ({ ...whole(), goRk4: undefined, goTsit5: undefined, goRodas: undefined }),
      ...(end < 0.2 ? [] : [() => interpret(system)]),
    ];
    const methods = [
      rk4(0.07),
      ...(['tsit5', 'rodas5p', 'bdf'] as const).map((name) => ({ name, tolerance: 1e-5 })),
    ];
    for (const method of end < 0.8 ? methods.slice(0, 2) : methods) {
      const hashes = kernels.map((kernel) => {
        const twin = createTwin({
          manifest: artefact.manifest,
          kernel,
          settings: { method, duration: end, outputPeriod: end },
        });
        return [0.3 * end, 0.6 * end, end].map((time) => [twin.advance(time).reason, twin.hash()]);
      });
      for (const other of hashes.slice(1)) expect(other).toEqual(hashes[0]);
    }
  });
});
