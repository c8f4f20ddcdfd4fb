/**
 * What rests at a threshold, as a battery that is full and a tank that overflows do, leaves it when its rate says so: not for what a step sees beyond, nor for
 * rounding, which kept runs at it for ever. Against closed forms.
 */
import { describe, expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { adaptive, compiled, twinOf } from '../solvers/compiled.ts';

const END = 19;
const battery = (charging: string): string => `asset Battery {
  state q = 0.5
  state wasted = 0
  let p = 0.35 * sin(time * 0.6 1/s)
  let charging = ${charging}
  der(q) = charging * 1 1/s
  der(wasted) = (p - charging) * 1 1/s
}
`;
/** Half a wave moves 7/6: up to 1 from 0.5, down to 0, up to 1, and from there down again. */
const full = { q: 1 - (0.35 / 0.6) * (1 + Math.cos(0.6 * END)), wasted: 2 / 3 - 1 / 6 + 1 / 6 };

/** dL/dt = b (1 + sin w t) − k L from 0.5 on; from 1 on what is above the drain overflows, until the inflow is less than that. */
const tank = `asset Tank {
  state level = 0.5 m
  state spilled = 0 m
  let inflow = 0.05 m/s * (1 + sin(time * 0.3 1/s))
  let drain = 0.03 1/s * level
  let spill = if level >= 1 m then max(inflow - drain, 0 m/s) else 0 m/s
  der(level) = inflow - drain - spill
  der(spilled) = spill
}
`;
const overflowed = ((): { level: number; spilled: number } => {
  const [b, w, k, end] = [0.05, 0.3, 0.03, 20];
  const forced = (t: number): number =>
    b / k + (b * (k * Math.sin(w * t) - w * Math.cos(w * t))) / (k * k + w * w);
  const free = (t: number, from: number, level: number): number =>
    forced(t) + (level - forced(from)) * Math.exp(-k * (t - from));
  let [low, high] = [5, 10];
  while (high - low > 1e-14 * high) {
    const middle = (low + high) / 2;
    if (free(middle, 0, 0.5) < 1) low = middle;
    else high = middle;
  }
  // Where the inflow is k · 1 again.
  const leaves = (Math.PI - Math.asin(k / b - 1)) / w;
  const inflow = (t: number): number => b * t - (b / w) * Math.cos(w * t);
  return { level: free(end, leaves, 1), spilled: inflow(leaves) - inflow(low) - k * (leaves - low) };
})();

const cases: [string, string, number, Record<string, number>][] = [
  [
    'a battery with limits',
    battery('if q >= 1 then min(p, 0) else if q <= 0 then max(p, 0) else p'),
    END,
    full,
  ],
  ['with strict ones', battery('if q > 1 then min(p, 0) else if q < 0 then max(p, 0) else p'), END, full],
  [
    'a battery that is held while it is full',
    battery('if (q >= 1 and p > 0) or (q <= 0 and p < 0) then 0 else p'),
    END,
    full,
  ],
  ['a tank that overflows', tank, 20, overflowed],
];

describe.each(cases)('%s', (_, text, end, exact) => {
  const model = compiled(text);
  it.each<[ManifestMethod, number]>([
    [adaptive('auto', 1e-6), 1e-5],
    [adaptive('tsit5', 1e-4), 1e-3],
    [adaptive('tsit5', 1e-12), 1e-10],
    [adaptive('rodas5p', 1e-6), 1e-5],
    [adaptive('rodas5p', 1e-9), 1e-8],
    [adaptive('bdf', 1e-6), 3e-5],
    [{ name: 'rk4', step: 0.03 }, 1e-6],
    [{ name: 'euler', step: 0.01 }, 1e-2],
  ])('by %o', (method, within) => {
    const run = (interpreted: boolean): { hash: string; steps: number } => {
      const twin = twinOf(model, { method, end, interpreted, settings: { maxStep: end / 20 } });
      let steps = 0;
      while (twin.trouble() === undefined && twin.time() < end && steps < 40_000)
        if (twin.advance(end, { steps: 1000 }).reason === 'steps') steps += 1000;
      expect(twin.trouble()).toBeUndefined();
      expect(twin.time()).toBe(end);
      for (const [name, value] of Object.entries(exact))
        expect(Math.abs(twin.value(name)! - value), name).toBeLessThan(within);
      return { hash: twin.hash(), steps };
    };
    expect(run(true)).toEqual(run(false));
  });
});
