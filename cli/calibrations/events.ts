/** What a calibration comes to while it runs, a line of JSON for each step, for whoever shows it: `preview/study/protocol.ts`. */
import type { Fit, MaybeNumber, StudyEvent } from '../../preview/study/protocol.ts';
import type { Manifest, Unit } from '../../runtime/contract/manifest.ts';
import type { ManifestCalibration } from '../../runtime/contract/studies.ts';
import { studentWidth } from '../../runtime/experiments/beta.ts';
import { predictions } from '../../runtime/experiments/calibrate.ts';
import type { Calibrated, CalibrationData } from '../../runtime/experiments/calibrate.ts';
import type { KernelFactory } from '../../runtime/load.ts';
import { finite, idsOf, shown, stopwatch } from '../experiments/events.ts';

/** ms between two tellings. */
const PERIOD = 150;
const CONFIDENCE = 0.95;
/** Points of a course: more than a picture can show. */
const MOST_POINTS = 4000;

interface Calibration {
  manifest: Manifest;
  kernel: KernelFactory;
  calibration: ManifestCalibration;
  data: CalibrationData;
  /** The recording. */
  file: string;
  root: string;
}

export function tellCalibration(
  of: Calibration,
  write: (event: StudyEvent) => void,
  seconds: () => MaybeNumber = stopwatch(),
): {
  fitting(simulations: number): void;
  /** `texts`: the fitted values as they would stand in the text; empty where that is nobody's business. */
  fit(result: Calibrated, notes: string[], texts: readonly string[]): void;
} {
  const { manifest, calibration, file, root } = of;
  let next = 0;
  write({
    type: 'plan',
    plan: {
      kind: 'calibration',
      name: calibration.name,
      doc: calibration.doc,
      root,
      scenario: calibration.scenario === undefined ? null : manifest.scenarios[calibration.scenario]!.name,
      data: file,
      parameters: calibration.parameters.map(({ text, unit, targets, low, high }) => ({
        name: text,
        unit,
        ids: targets.flatMap((target) => idsOf(manifest, target)),
        low: low === undefined ? null : shown(low, unit),
        high: high === undefined ? null : shown(high, unit),
      })),
    },
  });
  return {
    fitting: (simulations) => {
      if (performance.now() < next) return;
      next = performance.now() + PERIOD;
      write({ type: 'fitting', simulations, seconds: seconds() });
    },
    fit: (result, notes, texts) => {
      write({ type: 'fitting', simulations: result.simulations, seconds: seconds() });
      write({ type: 'fit', fit: fitOf(of, result, notes, texts) });
      write({ type: 'end', how: 'done', seconds: seconds() });
    },
  };
}

function fitOf(of: Calibration, result: Calibrated, notes: string[], texts: readonly string[]): Fit {
  const { manifest, kernel, calibration, data } = of;
  const points = result.compared.reduce((sum, { count }) => sum + count, 0);
  const width = studentWidth(CONFIDENCE, Math.max(1, points - result.parameters.length));
  const values = result.parameters.map(({ value }) => value);
  const fitted = predictions(manifest, kernel, calibration, data, values);
  const written = predictions(manifest, kernel, calibration, data);
  const { heldOut } = calibration;
  const tested = result.tested === undefined || 'problem' in result.tested ? undefined : result.tested;
  return {
    converged: result.converged,
    iterations: result.iterations,
    simulations: result.simulations,
    slopes:
      result.slopes.by === 'exact'
        ? 'slopes exact'
        : `slopes by differences, because ${result.slopes.because}`,
    notes,
    parameters: result.parameters.map(({ unit, value, error, start, atBound, private: secret }, at) => ({
      value: secret ? null : shown(value, unit),
      error: secret ? null : finite(error / unit.factor),
      low: secret ? null : shown(value - width * error, unit),
      high: secret ? null : shown(value + width * error, unit),
      written: secret ? null : shown(start, unit),
      atBound: secret ? null : (atBound ?? null),
      private: secret === true,
      text: texts[at] ?? '',
    })),
    correlations: result.correlations.map((row) => row.map(finite)),
    compared: result.compared.map(({ text, unit, count, rms, bias, private: secret }, at) => {
      const own = tested?.[at];
      // Differences of points on a scale are no points on it.
      const apart = (value: number): MaybeNumber => (secret ? null : finite(value / unit.factor));
      return {
        name: text,
        unit,
        points: count,
        rms: apart(rms),
        bias: apart(bias),
        tested: own === undefined ? null : { points: own.count, rms: apart(own.rms), bias: apart(own.bias) },
        ...(secret
          ? {}
          : { course: courseOf(unit, data.compared[at]!, partOf(fitted, at), partOf(written, at)) }),
      };
    }),
    heldOut: heldOut === undefined ? null : { from: heldOut.from, to: heldOut.to ?? null },
  };
}

const partOf = (found: number[][] | string, at: number): number[] =>
  typeof found === 'string' ? [] : found[at]!;

function courseOf(
  unit: Unit,
  { times, values }: CalibrationData['compared'][number],
  fitted: readonly number[],
  written: readonly number[],
): NonNullable<Fit['compared'][number]['course']> {
  const every = Math.ceil(times.length / MOST_POINTS);
  const some = (all: readonly number[]): MaybeNumber[] =>
    all.filter((_, n) => n % every === 0).map((value) => shown(value, unit));
  return {
    times: times.filter((_, n) => n % every === 0),
    measured: some(values),
    fitted: some(fitted),
    written: some(written),
  };
}
