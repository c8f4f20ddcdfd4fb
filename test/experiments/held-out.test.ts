/** Measurements kept from a fit: against the line of least squares by hand. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { calibrate } from '../../runtime/experiments/calibrate.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { flat } from '../flatten/systems.ts';

const fitted = (test: string, at: readonly number[]) => {
  const artefact = generate(
    flat(`asset A {
      param a = 1
      param b = 1 1/s
      let y = a + b * time
    }
    calibrate A from "x.csv" {
      fit a, b
      compare y with "y"
      ${test}
    }`),
  );
  const { manifest } = artefact;
  return calibrate(manifest, kernelFactory(artefact), manifest.calibrations![0]!, {
    compared: [{ times: [...at], values: at.map((t) => t * t) }],
    inputs: [],
  });
};
const times = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('what is held out', () => {
  it('changes no parameter, and is compared with the line through the rest', () => {
    const found = fitted('test after 5 s', times);
    if ('problem' in found) throw new Error(found.problem);
    // The line through 0, 1, 4, 9, 16 is 4 t - 2; it is off by 7, 14, 23, 34, 47 from 25, 36, 49, 64, 81.
    expect(found.parameters.map(({ value }) => value)).toEqual([expect.closeTo(-2, 6), expect.closeTo(4, 6)]);
    expect(found.compared[0]!.count).toBe(5);
    expect(found.tested).toEqual([
      { count: 5, rms: expect.closeTo(Math.sqrt(827.8), 5), bias: expect.closeTo(-25, 5) },
    ]);
  });

  it('may lie in the middle', () => {
    const found = fitted('test 1 s..3 s', [0, 1, 2, 3, 4]);
    if ('problem' in found) throw new Error(found.problem);
    // The line through (0, 0) and (4, 16).
    expect(found.parameters[1]!.value).toBeCloseTo(4, 6);
    expect(found.tested).toEqual([
      { count: 3, rms: expect.closeTo(Math.sqrt(34 / 3), 5), bias: expect.closeTo(10 / 3, 5) },
    ]);
  });

  it('is told to be nothing, or all', () => {
    expect(fitted('test after 20 s', times)).toEqual({
      problem: 'nothing is measured in the time that test holds out',
    });
    expect(fitted('test 0 s..20 s', times)).toEqual({
      problem: 'all measurements of y are held out by test',
    });
  });

  it('is not there where none is said', () => {
    expect(fitted('', times)).not.toHaveProperty('tested');
  });
});
