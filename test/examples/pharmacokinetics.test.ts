/** The fit of the patient against SciPy's, and the population against what its parameters imply. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { calibrate } from '../../runtime/experiments/calibrate.ts';
import { designOf, seedOf } from '../../runtime/experiments/design.ts';
import { reusing, runOnce } from '../../runtime/experiments/one-run.ts';
import { estimate } from '../../runtime/experiments/statistics.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { artefactOf } from './example.ts';

it('is fitted as scipy.optimize.least_squares fits its matrix exponential', () => {
  const artefact = artefactOf('pharmacokinetics', 'Patient');
  const { manifest } = artefact;
  const file = new URL('../../examples/pharmacokinetics/levels.csv', import.meta.url);
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number) as [number, number]);
  const result = calibrate(manifest, kernelFactory(artefact), manifest.calibrations![0]!, {
    compared: [{ times: rows.map(([hours]) => hours * 3600), values: rows.map(([, level]) => level * 1e-3) }],
    inputs: [],
  });
  if ('problem' in result) throw new Error(result.problem);
  expect(result.converged).toBe(true);
  const values = [
    1.429805810853791, 4.559375753484247, 16.22180730373616, 24.22588846129641, 4.728835261861809,
  ];
  const errors = [
    0.0971843629961809, 0.10091480852132072, 0.8971331432634577, 1.6511740993777162, 0.3194776642000735,
  ];
  result.parameters.forEach(({ value, error, unit, text }, at) => {
    expect(value / unit.factor / values[at]!, text).toBeCloseTo(1, 5);
    expect(error / unit.factor / errors[at]!, text).toBeCloseTo(1, 3);
  });
  // The patient whose samples these are lies within two standard errors.
  [1.3, 4.6, 15, 24, 5.2].forEach((truth, at) =>
    expect(Math.abs(values[at]! - truth) / errors[at]!).toBeLessThan(2),
  );
});

it('gives a population whose mean level is dose / (clearance · interval)', () => {
  const artefact = artefactOf('pharmacokinetics', 'Anyone');
  const { manifest } = artefact;
  const experiment = manifest.experiments![0]!;
  const design = designOf(experiment, 1);
  const kernel = reusing(kernelFactory(artefact));
  const regime = [...design.variants()].find(([dose, interval]) => dose === 5e-4 && interval === 8 * 3600)!;
  const levels = Array.from(
    { length: 60 },
    (_, n) => runOnce(manifest, kernel, experiment, regime, seedOf(1, n)).values[0]!,
  );
  const { mean, half } = estimate(levels, 0.99);
  // E[1 / clearance] of a lognormal with mean 6 L/h and deviation 1.8 L/h is (1 + 0.3²) / 6 h/L.
  const expected = ((0.8 * 500) / 8) * ((1 + 0.3 ** 2) / 6) * 1e-3;
  expect(Math.abs(mean - expected)).toBeLessThan(half);
  expect(new Set(levels).size).toBe(60);
});
