/** A calibration and the data of a recording → fitted parameters with their uncertainty. */
import type { Manifest, Unit } from '../contract/manifest.ts';
import type { ManifestCalibration } from '../contract/studies.ts';
import type { KernelFactory } from '../load.ts';
import { count, elementAt } from '../contract/elements.ts';
import { isPrivateSensor } from '../private.ts';
import { createTwin } from '../twin.ts';
import type { Twin, TwinSettings } from '../twin.ts';
import { leastSquares, uncertaintyOf } from './least-squares.ts';
import type { Fit } from './least-squares.ts';
import { reusing } from './one-run.ts';

/** Times (s) do not decrease; values in SI. */
export interface Series {
  times: number[];
  values: number[];
}
export interface CalibrationData {
  /** One for each that is compared. */
  compared: Series[];
  /** Held from each time on. */
  inputs: (Series & { variable: number; element: number })[];
}

export interface Calibrated {
  parameters: {
    text: string;
    unit: Unit;
    start: number;
    value: number;
    /** Standard error; NaN where the data do not tell, or at a bound. */
    error: number;
    atBound?: 'low' | 'high';
    /** Its value is for the text alone. */
    private?: true;
  }[];
  compared: { text: string; unit: Unit; count: number; rms: number; bias: number; private?: true }[];
  /** Where something was held out, how far off the fitted model is there, for each that is compared; or in words why its run failed. */
  tested?: { count: number; rms: number; bias: number }[] | { problem: string };
  correlations: number[][];
  condition: number;
  /** Parameters that the data can hardly tell from each other. */
  weakest: string[];
  converged: boolean;
  iterations: number;
  simulations: number;
  /** How the derivatives of what is predicted came. */
  slopes: SlopesCame;
}

export type SlopesCame = { by: 'exact' } | { by: 'differences'; because: string };

/** What predicts with derivatives: a manifest with the same calibration, and its kernels. Or why there is none. */
export type Slopes =
  | { manifest: Manifest; kernel: KernelFactory; calibration: ManifestCalibration }
  | { because: string };

/** Condition above which a combination of parameters is said to be undetermined. */
const POOR_CONDITION = 100;
const DEFAULT_METHOD = { name: 'auto', tolerance: 1e-9 } as const;
const MOST_ITERATIONS = 200;
const MOST_WEIGHTINGS = 8;

/** In words why there is no fit. */
export interface NoFit {
  problem: string;
}

/**
 * Fits the parameters of a calibration to data, by nonlinear least squares within their bounds. Values are SI. `progress` hears how many
 * runs there were and how well the best fits. With `slopes` derivatives come from the run itself, else from differences of runs.
 */
export function calibrate(
  manifest: Manifest,
  kernel: KernelFactory,
  calibration: ManifestCalibration,
  all: CalibrationData,
  progress?: (simulations: number, rms: number) => void,
  slopes: Slopes = { because: 'they were not asked for' },
): Calibrated | NoFit {
  const { parameters } = calibration;
  const { fitted: data, heldOut } = parted(calibration, all);
  const bare = data.compared.findIndex(({ times }) => times.length === 0);
  if (bare >= 0)
    return { problem: `all measurements of ${calibration.compared[bare]!.text} are held out by test` };
  if (heldOut?.compared.every(({ times }) => times.length === 0) === true)
    return { problem: 'nothing is measured in the time that test holds out' };
  const simulate = simulator(manifest, reusing(kernel), calibration, data);
  let came: SlopesCame =
    'because' in slopes ? { by: 'differences', because: slopes.because } : { by: 'exact' };
  const withSlopes =
    'because' in slopes
      ? undefined
      : simulator(slopes.manifest, reusing(slopes.kernel), slopes.calibration, data);
  /** By measurement and parameter. */
  const derivatives = (values: readonly number[]): number[][][] | undefined => {
    if (withSlopes === undefined || came.by !== 'exact') return undefined;
    simulations += 1;
    progress?.(simulations, last);
    const found = withSlopes(values);
    if (typeof found !== 'string' && found.slopes.flat(2).every(Number.isFinite)) return found.slopes;
    const because =
      typeof found === 'string' ? `the run with slopes stopped: ${found}` : 'a slope has no value';
    came = { by: 'differences', because };
    return undefined;
  };
  const start = startOf(manifest, kernel, calibration);
  const limit = (bound: number | undefined, none: number): number => bound ?? none;
  const low = parameters.map((one) => limit(one.low, -Infinity));
  const high = parameters.map((one) => limit(one.high, Infinity));
  let simulations = 0;
  let trouble = '';
  let last = NaN;
  const run = (values: readonly number[]): number[][] | undefined => {
    simulations += 1;
    progress?.(simulations, last);
    const found = simulate(values);
    if (typeof found === 'string') trouble = found;
    return typeof found === 'string' ? undefined : found.predicted;
  };
  const measured = data.compared.map(({ values }) => values);
  // Columns of different size weigh alike at first, then by how well each is met: the likelihood of unknown variances.
  let weights = measured.map((values) => 1 / (deviationOf(values) || 1));
  const tolerance =
    calibration.method !== undefined && 'tolerance' in calibration.method
      ? calibration.method.tolerance
      : DEFAULT_METHOD.tolerance;
  let fit: Fit | undefined;
  let rms: number[] = [];
  for (let round = 0; round < MOST_WEIGHTINGS; round += 1) {
    const found = leastSquares({
      residuals: (values) =>
        run(values)?.flatMap((predicted, at) =>
          predicted.map((value, n) => (value - measured[at]![n]!) * weights[at]!),
        ),
      jacobian: (values) =>
        derivatives(values)?.flatMap((rows, at) =>
          rows.map((row) => row.map((slope) => slope * weights[at]!)),
        ),
      start: fit?.parameters ?? start,
      low,
      high,
      difference: Math.max(1e-4, Math.cbrt(tolerance) / 10),
      typical: parameters.map((_, at) => {
        const width = high[at]! - low[at]!;
        return Number.isFinite(width) ? width / 10 : 1;
      }),
      mostIterations: MOST_ITERATIONS,
      progress: (_, sum) => {
        last = sum;
      },
    });
    if (found === undefined)
      return {
        problem: `with the parameters as they are the run fails${trouble === '' ? '' : `: ${trouble}`}`,
      };
    fit = found;
    rms = partsOf(fit.residuals, measured).map((part, at) => rootMeanSquare(part) / weights[at]!);
    const next = rms.map((value, at) => (value > 0 ? 1 / value : weights[at]!));
    const settled = next.every((value, at) => Math.abs(value / weights[at]! - 1) < 0.01);
    if (measured.length < 2 || (round > 0 && settled)) break;
    if (round < MOST_WEIGHTINGS - 1) weights = next;
  }
  const { errors, correlations, condition, weakest } = uncertaintyOf(fit!);
  const parts = partsOf(fit!.residuals, measured);
  const tested =
    heldOut && testedBy(simulator(manifest, reusing(kernel), calibration, heldOut), fit!.parameters, heldOut);
  return {
    parameters: parameters.map(({ text, unit, targets }, at) => ({
      text,
      unit,
      start: start[at]!,
      value: fit!.parameters[at]!,
      error: errors[at]!,
      ...(targets.some(({ variable }) => manifest.variables[variable]!.private)
        ? { private: true as const }
        : {}),
      ...(fit!.atBound[at] === true
        ? { atBound: fit!.parameters[at]! <= low[at]! ? ('low' as const) : ('high' as const) }
        : {}),
    })),
    compared: calibration.compared.map(({ text, unit, of }, at) => ({
      text,
      unit,
      ...((
        of.kind === 'sensor'
          ? isPrivateSensor(manifest, manifest.sensors[of.sensor]!)
          : manifest.probes[of.probe]!.private
      )
        ? { private: true as const }
        : {}),
      count: measured[at]!.length,
      rms: rms[at]!,
      bias: parts[at]!.reduce((sum, value) => sum + value, 0) / parts[at]!.length / weights[at]!,
    })),
    ...(tested === undefined ? {} : { tested }),
    correlations,
    condition,
    weakest: condition > POOR_CONDITION ? weakest.map((at) => parameters[at]!.text) : [],
    converged: fit!.converged,
    iterations: fit!.iterations,
    simulations,
    slopes: came,
  };
}

/** What the model predicts for each measurement, held out or not, with given values of the parameters, or those of the text; in words why it stopped early. */
export function predictions(
  manifest: Manifest,
  kernel: KernelFactory,
  calibration: ManifestCalibration,
  data: CalibrationData,
  values?: readonly number[],
): number[][] | string {
  const given = values ?? startOf(manifest, kernel, calibration);
  const found = simulator(manifest, reusing(kernel), calibration, data)(given);
  return typeof found === 'string' ? found : found.predicted;
}

/** What is fitted to, and what is held out. Inputs go along with both. */
export function parted(
  { heldOut }: ManifestCalibration,
  data: CalibrationData,
): { fitted: CalibrationData; heldOut?: CalibrationData } {
  if (heldOut === undefined) return { fitted: data };
  const { from, to = Infinity } = heldOut;
  const where = (inside: boolean): CalibrationData => ({
    ...data,
    compared: data.compared.map(({ times, values }) => {
      const isThere = (_: number, n: number): boolean => (times[n]! >= from && times[n]! <= to) === inside;
      return { times: times.filter(isThere), values: values.filter(isThere) };
    }),
  });
  return { fitted: where(false), heldOut: where(true) };
}

function testedBy(
  simulate: (values: readonly number[]) => Simulated | string,
  parameters: readonly number[],
  { compared }: CalibrationData,
): NonNullable<Calibrated['tested']> {
  const found = simulate(parameters);
  if (typeof found === 'string') return { problem: found };
  return compared.map(({ values }, at) => {
    const off = found.predicted[at]!.map((value, n) => value - values[n]!);
    return {
      count: off.length,
      rms: rootMeanSquare(off),
      bias: off.reduce((sum, value) => sum + value, 0) / off.length,
    };
  });
}

function partsOf(values: readonly number[], like: readonly (readonly number[])[]): number[][] {
  let from = 0;
  return like.map(({ length }) => values.slice(from, (from += length)));
}

const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return rootMeanSquare(values.map((value) => value - mean));
}

type Targets = ManifestCalibration['parameters'][number]['targets'];
const elementsOf = (manifest: Manifest, targets: Targets): { variable: number; element: number }[] =>
  targets.flatMap(({ variable, index }) => {
    const { dims } = manifest.variables[variable]!;
    return index === undefined
      ? Array.from({ length: count(dims) }, (_, element) => ({ variable, element }))
      : [{ variable, element: elementAt(dims, index) }];
  });

function twinWith(
  manifest: Manifest,
  kernel: KernelFactory,
  { scenario, settings, method, parameters }: ManifestCalibration,
  duration: number,
  values: readonly number[] | undefined,
): Twin {
  const overrides: NonNullable<TwinSettings['overrides']> = [
    ...settings.flatMap(({ value, ...target }) =>
      elementsOf(manifest, [target]).map((place) => ({ ...place, value })),
    ),
    ...parameters.flatMap(({ targets }, at) =>
      values === undefined
        ? []
        : elementsOf(manifest, targets).map((place) => ({ ...place, value: values[at]! })),
    ),
  ];
  return createTwin({
    manifest,
    kernel,
    ...(scenario === undefined ? {} : { scenario }),
    settings: {
      duration,
      method: method ?? DEFAULT_METHOD,
      outputPeriod: duration || 1,
      overrides,
      // What is measured comes from the recording: the model has no errors of measurement to draw.
      offered: 'all',
      checkpoints: { keep: 'recent', limit: 1, interval: Infinity },
    },
  });
}

/** Values of the parameters as the text has them; of several elements the first one's. */
function startOf(manifest: Manifest, kernel: KernelFactory, calibration: ManifestCalibration): number[] {
  const twin = twinWith(manifest, kernel, calibration, 0, undefined);
  return calibration.parameters.map(({ targets }) => {
    const [first] = elementsOf(manifest, targets);
    return twin.value(manifest.variables[first!.variable]!.address + 8 * first!.element)!;
  });
}

interface Simulated {
  predicted: number[][];
  /** By what is compared, measurement and parameter; empty where the artefact has none. */
  slopes: number[][][];
}

/** What the model predicts for each measurement; in words why it stopped early. */
function simulator(
  manifest: Manifest,
  kernel: KernelFactory,
  calibration: ManifestCalibration,
  { compared, inputs }: CalibrationData,
): (values: readonly number[]) => Simulated | string {
  const times = [...new Set(compared.flatMap((series) => series.times))].sort((a, b) => a - b);
  const duration = times.at(-1)!;
  return (values) => {
    const twin = twinWith(manifest, kernel, calibration, duration, values);
    for (const { variable, element, times: at, values: given } of inputs)
      at.forEach((time, n) => {
        if (time <= duration && given[n] !== given[n - 1])
          twin.offerInput(variable, element, time, given[n]!);
      });
    const next = compared.map(() => 0);
    const found = compared.map(({ values: all }) => new Array<number>(all.length).fill(NaN));
    const slopes = compared.map((): number[][] => []);
    const sizes = calibration.sizes ?? [];
    for (const time of times) {
      twin.advance(time);
      const trouble = twin.trouble();
      if (trouble !== undefined) return `${trouble.code}: ${trouble.message}`;
      calibration.compared.forEach(({ of, slopes: slope }, at) => {
        while (compared[at]!.times[next[at]!] === time) {
          found[at]![next[at]!] =
            of.kind === 'probe'
              ? twin.probe(of.probe, 0)
              : twin.machine.kernel.predict(of.sensor, of.instance);
          if (slope !== undefined) {
            const first = of.kind === 'sensor' ? of.instance * sizes.length : 0;
            slopes[at]!.push(sizes.map((size, n) => twin.probe(slope, first + n) / size));
          }
          next[at] = next[at]! + 1;
        }
      });
    }
    return { predicted: found, slopes };
  };
}
