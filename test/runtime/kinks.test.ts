/** Kinks of `abs`, `min` and `max` that states decide: solutions as exact as elsewhere, and no end of steps where something rests at one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import type { Twin } from '../../runtime/twin.ts';
import type { Compiled } from '../../compiler/index.ts';
import { compiled, twinOf } from '../solvers/compiled.ts';

const adaptive = (
  tolerance: number,
  name: 'auto' | 'tsit5' | 'rodas5p' | 'bdf' = 'auto',
): ManifestMethod => ({
  name,
  tolerance,
});
const rk4 = (step: number): ManifestMethod => ({ name: 'rk4', step });

/** Walked and emitted, with the same bits. */
function ran(system: Compiled, method: ManifestMethod, end: number): Twin {
  const [walked, emitted] = [true, false].map((interpreted) => {
    const twin = twinOf(system, { method, end, interpreted });
    twin.advance(end);
    expect(twin.trouble()).toBeUndefined();
    return twin;
  });
  expect(walked!.hash()).toBe(emitted!.hash());
  return emitted!;
}

/** What swings about 0 with another stiffness on each side: half a period of each in turn. */
describe('a spring that is softer on one side', () => {
  const spring = compiled(
    'asset A { state x = 1\n state v = 0\n der(x) * 1 s = v\n der(v) * 1 s = -x - 0.5 * abs(x) }',
  );
  const [stiff, soft] = [Math.sqrt(1.5), Math.sqrt(0.5)];
  const period = Math.PI / stiff + Math.PI / soft;
  const at = (time: number): number => {
    let t = (time + Math.PI / 2 / stiff) % period;
    if (t < Math.PI / stiff) return Math.sin(stiff * t);
    t -= Math.PI / stiff;
    return (-stiff / soft) * Math.sin(soft * t);
  };
  const end = 37.3;
  const error = (method: ManifestMethod): number => Math.abs(ran(spring, method, end).value('x')! - at(end));

  it.each([
    ['tsit5', 1e-6, 1e-5],
    ['tsit5', 1e-10, 1e-9],
    ['rodas5p', 1e-6, 1e-5],
    ['bdf', 1e-6, 1e-4],
    ['rodas5p', 1e-9, 1e-8],
    ['auto', 1e-9, 1e-8],
  ] as const)('swings as its closed form does (%s, %d)', (name, tolerance, most) => {
    expect(error(adaptive(tolerance, name))).toBeLessThan(most);
  });

  it('with the order that a fixed step has elsewhere', () => {
    const errors = [0.1, 0.05, 0.025].map((step) => error(rk4(step)));
    expect(errors[0]! / errors[1]!).toBeGreaterThan(12);
    expect(errors[1]! / errors[2]!).toBeGreaterThan(12);
  });

  it.each([adaptive(1e-6), adaptive(1e-6, 'rodas5p'), adaptive(1e-6, 'bdf'), rk4(0.3)])(
    'goes on to the same bits when it is restored or branched on the way ($name)',
    (method) => {
      const make = () => twinOf(spring, { method, end });
      const whole = make();
      whole.advance(end);
      for (const stop of [1.2825, 1.3, 5.7253, 7, 20]) {
        const first = make();
        first.advance(stop);
        const restored = make();
        restored.restore(first.save());
        const branched = first.branch();
        for (const twin of [restored, branched, first]) {
          twin.advance(end);
          expect(twin.hash()).toBe(whole.hash());
        }
      }
    },
  );
});

it('an integrator behind a limiter adds up its limits, and what lies between them', () => {
  const limited = compiled(
    'asset A { state s = 0\n state c = 1\n state y = 0\n der(s) * 1 s = c\n der(c) * 1 s = -s\n der(y) * 1 s = max(min(2 * s, 1), -1) }',
  );
  // Over a quarter of a wave: 2 sin up to a twelfth of a turn, and 1 from there on.
  const quarter = 2 * (1 - Math.cos(Math.PI / 6)) + Math.PI / 3;
  const half = Math.PI + 10 * Math.PI;
  expect(ran(limited, adaptive(1e-10), half).value('y')).toBeCloseTo(2 * quarter, 8);
  expect(ran(limited, rk4(Math.PI / 50), half).value('y')).toBeCloseTo(2 * quarter, 5);
});

it('a diode opens and closes at the times of its closed form', () => {
  const diode = compiled(`asset A {
    state s = 0\n state c = 1\n der(s) * 1 s = c\n der(c) * 1 s = -s
    let current = max(s - 0.5, 0)
    state charge = 0\n der(charge) * 1 s = current
    state opened = 0 s\n state closed = 0 s
    when current > 0 -> set opened = time
    when current <= 0 -> set closed = time
  }`);
  const twin = ran(diode, adaptive(1e-12), 10);
  expect(Math.abs(twin.value('opened')! - (2 * Math.PI + Math.PI / 6))).toBeLessThan(1e-9);
  expect(Math.abs(twin.value('closed')! - (2 * Math.PI + (5 * Math.PI) / 6))).toBeLessThan(1e-9);
  expect(twin.value('charge')).toBeCloseTo(2 * (Math.sqrt(3) - Math.PI / 3), 9);
});

it('events of what turns back at a kink are found, where a state decides its side', () => {
  const touching = compiled(
    'asset A { state x = 0\n der(x) * 1 s = 1\n let dip = abs(sin(x))\n state n = 0\n when dip < 1e-6 -> set n = pre(n) + 1 }',
  );
  expect(ran(touching, adaptive(1e-6), 300).value('n')).toBe(Math.floor(300 / Math.PI) + 1);
});

/** From the start, each side's closed form up to where it leaves that side. */
function swung(w2: number, k: number, c: number, x0: number, v0: number, end: number): number {
  let [x, v, t] = [x0, v0, 0];
  let side = x > c || (x === c && v > 0) ? 1 : -1;
  for (;;) {
    // x'' = -w² x - k |x - c|
    const square = w2 + side * k;
    const w = Math.sqrt(square);
    const rest = (side * k * c) / square;
    const size = Math.hypot(x - rest, v / w);
    const phase = Math.atan2(-v / w, x - rest);
    let next = Infinity;
    if (Math.abs(c - rest) < size) {
      const angle = Math.acos((c - rest) / size);
      // Downwards through c the phase is the angle, upwards its opposite.
      const turn = 2 * Math.PI;
      const reached = (side > 0 ? angle : -angle) - phase;
      next = (reached - turn * Math.floor(reached / turn)) / w;
      if (next < 1e-9) next += turn / w;
    }
    if (t + next >= end) return rest + size * Math.cos(w * (end - t) + phase);
    t += next;
    v = -size * w * Math.sin(w * next + phase);
    x = c;
    side = -side;
  }
}

it('it swings as its exact solution, whatever the stiffnesses and the place of the kink', () => {
  const between = (min: number, max: number) =>
    fc.integer({ min: 1000 * min, max: 1000 * max }).map((thousandths) => thousandths / 1000);
  const system = compiled(
    `asset A { param w2 = 1\n param k = 0.5\n param c = 0\n state x = 1\n state v = 0
      der(x) * 1 s = v\n der(v) * 1 s = -w2 * x - k * abs(x - c) }`,
  );
  const given = (values: Record<string, number>) =>
    Object.entries(values).map(([wanted, value]) => ({
      variable: system.artefact.manifest.variables.findIndex(({ name }) => name === wanted),
      element: 0,
      value,
    }));
  fc.assert(
    fc.property(
      between(1, 5),
      between(-0.9, 0.9),
      between(-1, 1),
      between(-2, 2),
      between(-2, 2),
      (w2, share, c, x, v) => {
        const k = share * w2;
        const twin = twinOf(system, {
          method: adaptive(1e-10),
          end: 20,
          settings: { overrides: given({ w2, k, c, x, v }) },
        });
        twin.advance(20);
        expect(twin.trouble()).toBeUndefined();
        expect(Math.abs(twin.value('x')! - swung(w2, k, c, x, v, 20))).toBeLessThan(2e-7);
      },
    ),
    { numRuns: 40, seed: 7 },
  );
});

/** Steps on the way to the end, of which nobody waits for more than so many. */
function work(text: string, method: ManifestMethod, end: number): { twin: Twin; steps: number } {
  const twin = twinOf(compiled(text), { method, end });
  let steps = 0;
  while (twin.time() < end && twin.trouble() === undefined && steps < 20_000)
    steps += twin.advance(end, { steps: 1 }) === undefined ? 0 : 1;
  return { twin, steps };
}

describe('what rests at a kink takes no steps for it', () => {
  const battery = 'state charge = 0\n der(charge) * 1 s = min(0.3, 5 * max(1 - charge, 0))';
  it.each([
    ['a battery that fills', battery],
    ['a battery that is full', battery.replace('charge = 0', 'charge = 1')],
    ['one that fills at once and stays', 'state c = 0.5\n der(c) * 1 s = max(min(1 - c, 0.1), -0.1)'],
    ['abs of what rests', 'state x = 0\n state y = 1\n der(x) * 1 s = abs(x)\n der(y) * 1 s = -y'],
    ['abs of what decays', 'state x = 1\n state y = 1\n der(x) * 1 s = -x\n der(y) * 1 s = abs(x) - y'],
    [
      'the less of two equal states',
      'state x = 1\n state y = 1\n der(x) * 1 s = -x + min(x, y) / 2\n der(y) * 1 s = -y + min(x, y) / 2',
    ],
    [
      'the less of two that become equal',
      'state x = 1\n state y = 3\n der(x) * 1 s = y - x\n der(y) * 1 s = x - y\n state z = 0\n der(z) * 1 s = min(x, y) - z',
    ],
    [
      'what has never been but rounding from zero',
      'state x = 1\n state y = 0\n der(x) * 1 s = -9 * x - 0.7 * max(min(-2 * y - 0.4 * sin(time / 1 s), 1), 0.7 * x, -1)\n der(y) * 1 s = -12 * y + 0.75 * min(y, x) + abs(y)',
    ],
    [
      'what decays far below the tolerance',
      'state x = 0\n state z = 0\n der(x) * 1 s = -14 * x - 0.8 * max(-1.6 * z - 1.2 * x, 0) + max(0.2 * x - 2 * sin(time / 1 s), 0)\n der(z) * 1 s = -13 * z + abs(-1.7 * z + 0.3 * x)',
    ],
    ['a stable side each', 'state x = 1\n der(x) * 1 s = min(-x, -50 * x)'],
    ['one that is pressed', 'state x = 1\n der(x) * 1 s = -20 * max(x, 0) - 400 * min(x, 0)'],
  ])('%s', (_, members) => {
    const text = `asset A {\n${members}\n}`;
    for (const method of [adaptive(1e-6), adaptive(1e-6, 'tsit5'), adaptive(1e-6, 'rodas5p')]) {
      const { twin, steps } = work(text, method, 50);
      expect(twin.trouble()).toBeUndefined();
      expect(twin.time()).toBe(50);
      // By stability alone, some 6,000 at a rate of 400 / s.
      expect(steps).toBeLessThan(members.includes('400') ? 8000 : 4000);
    }
    const { twin } = work(text, rk4(0.01), 5);
    expect(twin.time()).toBe(5);
  });
});

describe('kinks that bend nothing end no step', () => {
  const of = (equation: string) =>
    compiled(`asset A { state x = 1\n state v = 0\n der(x) * 1 s = v\n der(v) * 1 s = ${equation} }`).system
      .crossings.length;
  it('with a slope at the kink, or said to be smooth, or in nothing that is integrated', () => {
    expect(of('-x - v * abs(v)')).toBe(0);
    expect(of('-x - max(v, 0)^2')).toBe(0);
    expect(of('-x - 3 * max(v, 0) * v')).toBe(0);
    expect(of('-x - smooth(abs(v))')).toBe(0);
    expect(of('-x\n let shown = abs(v)')).toBe(0);
    expect(of('-x - x * abs(v)')).toBe(1);
  });
  it('nor in many elements', () => {
    const many = (n: number) =>
      compiled(`asset A { state x[${n}] = 1\n for i in 1..${n} { der(x[i]) * 1 s = -abs(x[i] - i) } }`).system
        .crossings.length;
    expect(many(8)).toBe(1);
    expect(many(100)).toBe(0);
  });
});
