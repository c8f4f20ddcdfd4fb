/** Fits with exact slopes: the same as by differences, with fewer runs. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jacobianOf } from '../../compiler/gradients.ts';
import { generate } from '../../compiler/4-generate/generate.ts';
import { linearise } from '../../compiler/3-flatten/algebra/linearise.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import type { FlatSystem } from '../../compiler/ir/flat-system.ts';
import { calibrate } from '../../runtime/experiments/calibrate.ts';
import type { Calibrated, CalibrationData, Slopes } from '../../runtime/experiments/calibrate.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { example, flat } from '../flatten/systems.ts';

const fitted = (
  plain: FlatSystem,
  data: CalibrationData,
  exact: 'wasm' | 'interpreted' | 'no',
): Calibrated => {
  const system = { ...plain, linear: linearise(plain)! };
  const artefact = generate(system);
  const { manifest } = artefact;
  const made = jacobianOf(system, 0);
  if ('because' in made) throw new Error(made.because);
  const slopes: Slopes =
    exact === 'no'
      ? { because: 'asked for' }
      : {
          manifest: made.artefact.manifest,
          kernel: exact === 'wasm' ? kernelFactory(made.artefact) : () => interpret(made.system),
          calibration: made.artefact.manifest.calibrations![0]!,
        };
  const found = calibrate(
    manifest,
    kernelFactory(artefact),
    manifest.calibrations![0]!,
    data,
    undefined,
    slopes,
  );
  if ('problem' in found) throw new Error(found.problem);
  return found;
};

describe('a calibration with exact slopes', () => {
  it('fits the patient as SciPy does, with half of the runs', () => {
    const { system } = example('pharmacokinetics').systems.find(
      ({ system: one }) => one.calibrations.length > 0,
    )!;
    const file = new URL('../../examples/pharmacokinetics/levels.csv', import.meta.url);
    const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
    const rows = lines.map((line) => line.split(',').map(Number) as [number, number]);
    const data: CalibrationData = {
      compared: [
        { times: rows.map(([hours]) => hours * 3600), values: rows.map(([, level]) => level * 1e-3) },
      ],
      inputs: [],
    };
    const [exact, differences] = [fitted(system, data, 'wasm'), fitted(system, data, 'no')];
    expect(exact.slopes).toEqual({ by: 'exact' });
    expect(differences.slopes).toEqual({ by: 'differences', because: 'asked for' });
    expect(exact.simulations).toBeLessThan(differences.simulations / 2);
    const values = [
      1.429805810853791, 4.559375753484247, 16.22180730373616, 24.22588846129641, 4.728835261861809,
    ];
    const errors = [
      0.0971843629961809, 0.10091480852132072, 0.8971331432634577, 1.6511740993777162, 0.3194776642000735,
    ];
    exact.parameters.forEach(({ value, error, unit, text }, at) => {
      expect(value / unit.factor / values[at]!, text).toBeCloseTo(1, 5);
      expect(error / unit.factor / errors[at]!, text).toBeCloseTo(1, 4);
    });
  });

  it('sees sensors and events, in the interpreter too', () => {
    const system = flat(`asset Cell {
      input rate = 1
      input top = 1
      state x = 0.4
      der(x) = rate / 1 s
      when x > top -> set x = pre(x) - 0.9 * top
      sensor gauge measures x every 1 s
    }
    asset A {
      param rate = 0.5
      param top = 1.2
      part cell[2]: Cell(top = top)
      for i in 1..2 { cell[i].rate = rate * i }
    }
    calibrate A from "a.csv" { fit rate, top in 0.8..1.6  compare cell[2].gauge with "g" }`);
    const times = [0.3, 0.7, 1.1, 1.6, 2.2, 2.9];
    // x[2] falls by 0.9 top each time it reaches top.
    const values = times.map((t) => {
      let x = 0.4 + 2 * 0.55 * t;
      while (x > 1.3) x -= 0.9 * 1.3;
      return x;
    });
    const data = { compared: [{ times, values }], inputs: [] };
    for (const how of ['wasm', 'interpreted'] as const) {
      const found = fitted(system, data, how);
      expect(found.slopes).toEqual({ by: 'exact' });
      expect(found.parameters[0]!.value).toBeCloseTo(0.55, 6);
      expect(found.parameters[1]!.value).toBeCloseTo(1.3, 6);
    }
  });

  it('says why not', () => {
    const system = flat(`asset A {
      param rate = 0.5
      state x = 0
      der(x) = rate / 1 s
      let late = delay(x, 1 s)
      sensor gauge measures late every 1 s
    }
    calibrate A from "a.csv" { fit rate compare gauge with "g" }`);
    expect(jacobianOf(system, 0)).toEqual({ because: 'the equation of late looks back by a delay' });
  });
});
