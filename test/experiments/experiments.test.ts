/** Experiments from text to summary, against closed forms. */
import { describe, expect, it } from 'vitest';
import { kernelFactory } from '../../runtime/load.ts';
import { reusing, runOnce } from '../../runtime/experiments/one-run.ts';
import { createTwin } from '../../runtime/twin.ts';
import { compiled, runExperiment } from './fixture.ts';

const DECAY = `
asset Cup {
  param rate = 0.1 1/s in 0..10 1/s
  input room: Temperature = 20 degC
  state warmth = 100 degC
  der(warmth) = -rate * (warmth - room)
  sensor probe measures warmth every 1 s noise normal(0.5 K)
}
scenario winter for Cup { room = 0 degC  method tsit5 tolerance 1e-10  run 10 s }
`;

describe('an experiment', () => {
  it('runs each variant, and reports what the closed form says', () => {
    const { summary, names } = runExperiment(`${DECAY}
experiment rates on winter {
  vary rate in 0.1 1/s..0.4 1/s step 0.1 1/s
  report warmth, mean of warmth, time of warmth > 50 degC, max of warmth, warmth - room
}`);
    expect(names).toEqual([
      'warmth',
      'mean of warmth',
      'time of warmth > 50 degC',
      'max of warmth',
      'warmth - room',
    ]);
    expect(summary.variants.map(({ values }) => values[0])).toEqual([0.1, 0.2, 0.1 + 2 * 0.1, 0.4]);
    expect(summary).toMatchObject({ base: 0, baseIsModel: true });
    for (const { values, reports } of summary.variants) {
      const rate = values[0]!;
      const [end, mean, above, highest, over] = reports.map((one) => one.mean);
      expect(end! - 273.15).toBeCloseTo(100 * Math.exp(-10 * rate), 6);
      expect(mean! - 273.15).toBeCloseTo((10 * (1 - Math.exp(-10 * rate))) / rate, 1);
      expect(above).toBeCloseTo(Math.min(10, Math.log(2) / rate), 3);
      expect(highest! - 273.15).toBeCloseTo(100, 9);
      expect(over).toBeCloseTo(100 * Math.exp(-10 * rate), 6);
    }
  });

  it('varies all factors with each other, the last one fastest', () => {
    const { summary } = runExperiment(`${DECAY}
experiment both on Cup {
  vary room in [0 degC, 10 degC]
  vary rate in [1 1/s, 2 1/s, 3 1/s]
  run 1 s
  report warmth
}`);
    expect(summary.variants.map(({ values }) => values)).toEqual([
      [273.15, 1],
      [273.15, 2],
      [273.15, 3],
      [283.15, 1],
      [283.15, 2],
      [283.15, 3],
    ]);
    expect(summary.baseIsModel).toBe(false);
  });

  it('leaves out the warm-up', () => {
    const { summary } = runExperiment(`${DECAY}
experiment late on Cup { room = 0 degC  run 5 s after warmup 5 s  report max of warmth, warmth }`);
    const [highest, end] = summary.variants[0]!.reports.map((one) => one.mean - 273.15);
    expect(highest).toBeCloseTo(100 * Math.exp(-0.5), 4);
    expect(end).toBeCloseTo(100 * Math.exp(-1), 4);
  });

  it('gives each repetition a seed of its own, the same in all variants', () => {
    const { summary, results } = runExperiment(`${DECAY}
experiment noisy on Cup {
  vary room in [20 degC, 30 degC]
  repeat 40
  run 1 s
  report probe - warmth at 99 %
}`);
    const values = results.map((one) => one.values[0]!);
    expect(new Set(values.slice(0, 40)).size).toBe(40);
    // Common random numbers: the error of the sensor is keyed by its path and the seed.
    for (let n = 0; n < 40; n += 1) expect(values[n + 40]).toBeCloseTo(values[n]!, 12);
    const [first, second] = summary.variants.map(({ reports }) => reports[0]!);
    expect(Math.abs(first!.mean)).toBeLessThan(first!.half);
    expect(first!.deviation).toBeGreaterThan(0.3);
    expect(first!.deviation).toBeLessThan(0.7);
    expect(second!.difference!.half).toBeLessThan(1e-12);
  });

  it('samples ranges, and mixes them with values', () => {
    const { summary } = runExperiment(`${DECAY}
experiment sampled on Cup {
  vary room in [0 degC, 20 degC]
  vary rate in 1..3 1/s
  sample 4 by sobol
  run 1 s
  report warmth
}`);
    expect(summary.variants.map(({ values }) => values)).toEqual(
      [273.15, 293.15].flatMap((room) => [1, 2, 2.5, 1.5].map((rate) => [room, rate])),
    );
  });

  it('reports each element of an array', () => {
    const { names, summary } = runExperiment(`
asset Cell { param gain = 1  state x = 0  der(x) = gain / 1 s }
asset Row { part cell[3]: Cell }
experiment gains on Row {
  cell[2].gain = 5
  vary cell[*].gain in [2]
  run 1 s
  report cell[*].x, max of sum(cell[*].x)
}`);
    expect(names).toEqual(['cell[1].x', 'cell[2].x', 'cell[3].x', 'max of sum(cell[*].x)']);
    // What is varied holds over what is set.
    [2, 2, 2, 6].forEach((value, n) => expect(summary.variants[0]!.reports[n]!.mean).toBeCloseTo(value, 9));
  });

  it('counts runs that stop early nowhere, and says why', () => {
    const { summary } = runExperiment(`
asset Root { param start = 1  state x = 0  der(x) = -1 / 1 s  let y = sqrt(x + start) }
experiment roots on Root { vary start in [0.5, 2]  run 1 s  report y, mean of y }`);
    const [bad, good] = summary.variants;
    expect(bad).toMatchObject({ failed: 1, reports: [{ count: 0 }, { count: 0 }] });
    expect(bad!.trouble).toMatch(/^PX9003: y is not a number/);
    expect(good!.reports[0]!.mean).toBeCloseTo(1, 6);
  });

  it('of one run is that run, to the last bit', () => {
    const { artefact } = compiled(`${DECAY}
experiment plain on winter { report warmth, probe }`);
    const { manifest } = artefact;
    const kernel = reusing(kernelFactory(artefact));
    const again = Array.from({ length: 3 }, () =>
      runOnce(manifest, kernel, manifest.experiments![0]!, [], 1),
    );
    const twin = createTwin({ manifest, kernel: kernelFactory(artefact), scenario: 'winter' });
    twin.advance(10);
    for (const { values } of again)
      expect(values).toEqual(manifest.experiments![0]!.reports.map(({ probe }) => twin.probe(probe, 0)));
  });
});
