/** A run in a kernel that others ran in has the bits of one in a new kernel, whatever the runs before left behind. */
import { describe, expect, it } from 'vitest';
import { reusing, runsOf } from '../../runtime/experiments/one-run.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { compiled } from './fixture.ts';

const METHODS = [
  'euler step 10 ms',
  'rk4 step 10 ms',
  'implicitEuler step 10 ms',
  'tsit5 tolerance 1e-6',
  'rodas5p tolerance 1e-6',
  'bdf tolerance 1e-6',
  'auto tolerance 1e-6',
];

/** Stiff where `fast` is large; no number where `start` is below 0; draws, delays, crosses, counts and remembers. */
const text = (method: string): string => `
package t
asset A {
  param fast = 100 1/s
  param start = 1
  param luck = draw normal(0, 0.01)
  sensor probe measures x every 200 ms noise normal(0.01)
  state x = start
  state y = 0
  state z = start + 1
  state over: Integer = 0
  let root = sqrt(start)
  let held: Number
  held + exp(held) = 3 + x
  der(x) = y * 1 1/s - x * root * 1 1/s
  der(y) = -(y - cos(time / 1 s)) * fast + luck * 1 1/s
  der(z) = -delay(x, 300 ms) * z * 1 1/s + held * 0.1 1/s
  when x < 0.4 { set over = over + 1  set z = z + 0.5 }
  every 250 ms { set over = over + 2 }
  let spread = max(z over 500 ms)
}
experiment e on A {
  vary fast in [1 1/s, 100 1/s, 5000 1/s]
  vary start in [1, -1, 2]
  method ${method}
  run 2 s
  report x, y, z, over, probe, spread, mean of x
}`;

describe('a kernel in which others ran', () => {
  it.each(METHODS)('%s', (method) => {
    const { artefact } = compiled(text(method));
    const { manifest } = artefact;
    const runs = runsOf(manifest, manifest.experiments![0]!);
    const used = reusing(kernelFactory(artefact));
    const all = [100, 5000, 1, 100].flatMap((fast) => [1, -1, 2].map((start) => [fast, start]));
    const again = [...all, ...all.toReversed()].map((values, n) => ({ values, seed: 1 + (n % 3) }));
    const results = again.map(({ values, seed }) => runs.once(used, values, seed));
    expect(results).toEqual(
      again.map(({ values, seed }) => runs.once(kernelFactory(artefact), values, seed)),
    );
    const failed = results.filter(({ trouble }) => trouble !== undefined);
    expect(failed.length).toBeGreaterThanOrEqual(8);
    expect(failed.length).toBeLessThan(results.length);
  });
});
