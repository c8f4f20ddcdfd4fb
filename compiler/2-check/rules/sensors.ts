/** Sensors: noise, period, range. */
import type { Expression, SensorDecl } from '../../../grammar/generated/ast.ts';
import { closestNames } from '../../1-parse/names/closest-names.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as sensors from '../../diagnostics/sensors.ts';
import * as structure from '../../diagnostics/structure.ts';
import * as types from '../../diagnostics/types.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { WRITTEN } from '../distributions.ts';
import { numberValue } from '../constants.ts';
import { requireFit } from '../mismatch.ts';
import { isNumeric, numberOf } from '../type.ts';
import { positiveTime } from './events.ts';
import { checkRange } from './variables.ts';

export function noiseMustBeKnown(sensor: SensorDecl, analysis: Analysis): void {
  const { noise } = sensor;
  const name = noise?.function as string | undefined;
  if (noise === undefined || name === undefined) return;
  if (!WRITTEN.has(name)) {
    const suggestions = closestNames(name, WRITTEN.keys(), 1);
    const place = sourceOfProperty(noise, 'function');
    const fixes = suggestions.map((text) => ({
      title: `Write ${text}`,
      edits: [{ uri: uriOf(noise), start: place.start, end: place.end, text }],
    }));
    analysis.report(sensors.unknownNoise, { name, suggestions }, noise, { place, fixes });
    return;
  }
  const given = noise.arguments.length;
  const short = name === 'normal' || name === 'uniform';
  if (short && (given < 1 || given > 2)) {
    analysis.report(structure.argumentCount, { name, expected: 'one or two arguments', given }, noise);
    return;
  }
  const target = analysis.declaredType(sensor);
  if (target.base === 'unknown') return;
  if (!isNumeric(target)) {
    const holes = { text: sensor.name, is: 'true or false', place: 'Noise' };
    analysis.report(types.numberExpected, holes, noise);
    return;
  }
  const { dimension, kind } = target.quantity;
  const error = numberOf({ dimension, kind: kind === 'absolute' ? 'difference' : kind }, target.unit);
  const place = { text: `The noise of '${sensor.name}'`, type: error };
  if (!short) {
    requireFit(noise, place, analysis);
    return;
  }
  const sound = noise.arguments
    .map((argument) => requireFit(argument as Expression | undefined, place, analysis))
    .every(Boolean);
  const spread = noise.arguments.at(-1);
  const value = numberValue(spread, analysis);
  const two = name === 'uniform' && given === 2;
  if (sound && spread !== undefined && value !== undefined && value < 0 && !two) {
    analysis.report(types.positiveExpected, { text: textOf(spread), place: 'The width of noise' }, spread);
  }
  const low = numberValue(noise.arguments[0], analysis);
  if (sound && two && value !== undefined && low !== undefined && low > value) {
    analysis.report(types.rangeReversed, { low: textOf(noise.arguments[0]), high: textOf(spread) }, noise);
  }
}

export function sensorPeriodMustBePositive(sensor: SensorDecl, analysis: Analysis): void {
  if (sensor.period !== undefined) positiveTime(sensor.period, 'A period', analysis);
}

export function sensorRangeMustFit(sensor: SensorDecl, analysis: Analysis): void {
  checkRange(sensor.range, { text: `'${sensor.name}'`, type: analysis.declaredType(sensor) }, analysis);
}
