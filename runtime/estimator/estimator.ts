/**
 * An extended Kalman filter over a running twin: between samples the covariance of what is not known of the states spreads as they move, and each
 * sample from outside corrects them. All that it knows lies in discrete variables, so it is saved, restored and gone over again with the rest.
 *
 * How rates and predictions depend on states is found by looking at both sides of the estimate, one standard deviation away: so a bend in between
 * counts as far as the states may lie beyond it, and no equation has to be differentiated.
 */
import { asDifference } from '../contract/difference.ts';
import type { ManifestEstimator } from '../contract/manifest.ts';
import { valueText } from '../describe.ts';
import type { Emit } from '../events/instant.ts';
import { sensorName } from '../events/due.ts';
import type { Entry } from '../journal.ts';
import { variableElement } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { instanceOf } from '../samples/sample-columns.ts';
import { notDependent } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';
import { expected, measured, spread } from './covariance.ts';

/** Samples further off than so many standard deviations are not used: of a million that fit the model, less than one. */
const GATE = 5;
/** So many of them in a row say that it is the estimate that is wrong. */
const PATIENCE = 10;
/** Of a value: states are moved by as much at least, so that differences are more than rounding. */
const LEAST = 1e-7;
/** How often a move is shortened, to a tenth each time, where equations have no value; and a correction, to a half. */
const [SHORTER, SMALLER] = [8, 20];

type State = ManifestEstimator['states'][number] & {
  /** Position of the element in the states. */
  at: number;
  low: number;
  high: number;
};

interface Sample {
  sensor: ManifestEstimator['sensors'][number];
  instance: number;
  value: number;
}

export interface Estimator {
  /** Whether a sample has come yet: until then nothing differs from a twin without one. */
  begun(): boolean;
  /** The covariance `h` seconds later. Memory shows, evaluated, the middle of the step that takes them; the states are left so, other values not. */
  pass(h: number): Trouble | undefined;
  /** Corrects the states by what came at this time, before conditions are looked at. Memory is evaluated, and is so again. */
  correct(entries: readonly Entry[]): Trouble | 'nothing' | 'corrected';
}

/** Undefined where the twin estimates nothing. */
export function createEstimator(machine: Machine, emit: Emit): Estimator | undefined {
  const { manifest, numbers, states, kernel, read, write } = machine;
  const estimator = manifest.estimator;
  if (estimator === undefined) return undefined;
  const { address } = manifest.layout.states;
  const all: State[] = estimator.states.map((state) => {
    const { address: own, low = -Infinity, high = Infinity } = manifest.variables[state.variable]!;
    return { ...state, at: (own - address) / 8 + state.element, low, high };
  });
  const n = all.length;
  const first = manifest.variables[estimator.covariance]!.address / 8;
  const covariance = numbers.subarray(first, first + n * n);
  const drifts = Float64Array.from(all, ({ drift }) => drift * drift);
  const bySensor = new Map(estimator.sensors.map((one) => [one.sensor, one]));

  const begin = (): void => {
    covariance.fill(0);
    all.forEach((state, i) => {
      covariance[i * n + i] = state.spread ** 2;
    });
  };
  const showDeviations = (): void => {
    all.forEach(({ deviation, element }, i) =>
      write(deviation, element, Math.sqrt(Math.max(0, covariance[i * n + i]!))),
    );
  };

  /** How what `look` writes depends on each state: by rows of what it writes. `size`: how many numbers. */
  const slopesOf = (size: number, look: (into: Float64Array) => void): Float64Array | Trouble => {
    const found = new Float64Array(size * n);
    const iterated = machine.iterates ? machine.iterated.slice() : undefined;
    const here = new Float64Array(size);
    look(here);
    const seen = (at: number, value: number): Float64Array | undefined => {
      states[at] = value;
      if (iterated !== undefined) machine.iterated.set(iterated);
      const isSolved = machine.evaluate() === undefined;
      const into = new Float64Array(size);
      if (isSolved) look(into);
      machine.status.fill(0);
      return isSolved && into.every(Number.isFinite) ? into : undefined;
    };
    /** Between the two nearest places on both sides that have values; or here and one of them. */
    const difference = (j: number): Float64Array | undefined => {
      const { at, low, high } = all[j]!;
      const value = states[at]!;
      let move = Math.max(Math.sqrt(Math.max(0, covariance[j * n + j]!)), LEAST * Math.abs(value));
      let found: Float64Array | undefined;
      for (let round = 0; round < SHORTER && move > 0; round += 1) {
        const [from, to] = [
          value - move < low && value >= low ? low : value - move,
          value + move > high && value <= high ? high : value + move,
        ];
        const [below, above] = [from < value ? seen(at, from) : here, to > value ? seen(at, to) : here];
        const [left, right] = [below ?? here, above ?? here];
        const width = (above === undefined ? value : to) - (below === undefined ? value : from);
        if (width > 0) found = left.map((each, i) => (right[i]! - each) / width);
        if (below !== undefined && above !== undefined && width > 0) break;
        move /= 10;
      }
      states[at] = value;
      return found;
    };
    for (let j = 0; j < n; j += 1) {
      const column = here.every(Number.isFinite) ? difference(j) : undefined;
      if (column === undefined) {
        const { variable, element } = all[j]!;
        return notDependent(variableElement(manifest, variable, element), machine.time());
      }
      for (let i = 0; i < size; i += 1) found[i * n + j] = column[i]!;
    }
    if (iterated !== undefined) machine.iterated.set(iterated);
    return found;
  };

  const rates = all.map(({ variable, element }) => {
    const derivative = manifest.variables.findIndex(
      ({ role, name }) => role === 'derivative' && name === `der(${manifest.variables[variable]!.name})`,
    );
    return manifest.variables[derivative]!.address / 8 + element;
  });
  const pass = (h: number): Trouble | undefined => {
    const slopes = slopesOf(n, (into) => {
      for (let i = 0; i < n; i += 1) into[i] = numbers[rates[i]!]!;
    });
    if ('code' in slopes) return slopes;
    spread(covariance, slopes, drifts, h);
    showDeviations();
    return undefined;
  };

  const samplesOf = (entries: readonly Entry[]): Sample[] =>
    entries.flatMap((entry): Sample[] => {
      const sensor = 'sensor' in entry ? bySensor.get(entry.sensor) : undefined;
      if (sensor === undefined) return [];
      if (entry.kind === 'sample') return [{ sensor, instance: entry.instance, value: entry.value }];
      if (entry.kind !== 'column') return [];
      return Array.from(entry.values, (value, at) => ({ sensor, instance: instanceOf(entry, at), value }));
    });

  const told = ({ sensor: { sensor }, instance }: Sample, text: string): void => {
    const declared = manifest.sensors[sensor]!;
    emit({
      kind: 'sensor',
      name: sensorName(declared, instance),
      text,
      severity: 'warning',
      source: declared.source,
    });
  };

  /** What a sample was expected to be, and how far off it may be: in words. */
  const tellRefused = (sample: Sample, value: number, deviation: number): void => {
    const { unit, measured: variable } = manifest.sensors[sample.sensor.sensor]!;
    const { base } = manifest.variables[variable]!;
    const [is, should] = [sample.value, value].map((each) => valueText(each, unit, base));
    const off = valueText(deviation, asDifference(unit), base, 2);
    told(
      sample,
      `measured ${is} where ${should} was expected, give or take ${off}: not used to correct states`,
    );
  };

  /** By how much the samples move the states, one after the other; what is known afterwards lies in the covariance. */
  const movesBy = (samples: readonly Sample[], slopes: Float64Array): Float64Array => {
    const moves = new Float64Array(n);
    samples.forEach((sample, i) => {
      const { sensor, instance, value } = sample;
      const row = slopes.subarray(i * n, (i + 1) * n);
      const own = manifest.sensors[sensor.sensor]!;
      const variance = kernel.probe(sensor.deviation, instance) ** 2;
      let foreseen = read(own.predicted, instance) + kernel.probe(sensor.mean, instance);
      for (let j = 0; j < n; j += 1) foreseen += row[j]! * moves[j]!;
      const off = value - foreseen;
      let known = expected(covariance, row, variance);
      if (!(known.variance > 0) || !Number.isFinite(off)) return;
      const surprise = Math.abs(off) / Math.sqrt(known.variance);
      write(sensor.surprise, instance, surprise);
      if (surprise > GATE) {
        const refused = read(sensor.refused, instance) + 1;
        write(sensor.refused, instance, refused);
        if (refused === 1) tellRefused(sample, foreseen, Math.sqrt(known.variance));
        if (refused < PATIENCE) return;
        told(
          sample,
          `${PATIENCE} samples in a row were not as expected: what is known of the states begins anew`,
        );
        begin();
        known = expected(covariance, row, variance);
      }
      write(sensor.refused, instance, 0);
      for (let j = 0; j < n; j += 1) moves[j]! += known.gain[j]! * off;
      measured(covariance, row, known.gain, variance);
    });
    return moves;
  };

  /** Moves the states within their limits; less far where equations have no values. */
  const move = (moves: Float64Array): Trouble | undefined => {
    const before = Float64Array.from(all, ({ at }) => states[at]!);
    const iterated = machine.iterates ? machine.iterated.slice() : undefined;
    let share = 1;
    for (let round = 0; round <= SMALLER; round += 1) {
      if (round === SMALLER) share = 0;
      all.forEach(({ at, low, high }, j) => {
        const value = before[j]!;
        const moved = value + share * moves[j]!;
        states[at] = moved < low ? Math.min(low, value) : moved > high ? Math.max(high, value) : moved;
      });
      if (iterated !== undefined) machine.iterated.set(iterated);
      const trouble = machine.evaluate() ?? machine.fault();
      if (trouble === undefined || round === SMALLER) return trouble;
      machine.status.fill(0);
      share /= 2;
    }
    return undefined;
  };

  const correct: Estimator['correct'] = (entries) => {
    const samples = samplesOf(entries);
    if (samples.length === 0) return 'nothing';
    if (read(estimator.begun, 0) === 0) {
      write(estimator.begun, 0, 1);
      begin();
    }
    const slopes = slopesOf(samples.length, (into) => {
      samples.forEach(({ sensor, instance }, i) => {
        into[i] = kernel.predict(sensor.sensor, instance);
      });
    });
    if ('code' in slopes) return slopes;
    const trouble = machine.evaluate();
    if (trouble !== undefined) return trouble;
    const moves = movesBy(samples, slopes);
    showDeviations();
    return move(moves) ?? 'corrected';
  };

  return { begun: () => read(estimator.begun, 0) !== 0, pass, correct };
}
