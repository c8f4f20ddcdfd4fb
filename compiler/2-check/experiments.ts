/** What the words and numbers of an experiment mean: asked by the rules and by lowering. */
import type { VaryStep, ReportedValue, Expression } from '../../grammar/generated/ast.ts';
import type { Levels, SampleMethod, SearchMethod, Statistic } from '../model/experiment.ts';
import { textOf, type Analysis } from './analysis.ts';
import { numberValue, valueOf } from './constants.ts';
import { TIME } from './infer/infer.ts';
import { numberOf, PLAIN, type Type } from './type.ts';

export const SAMPLE_METHODS: readonly SampleMethod[] = ['sobol', 'latinHypercube', 'random'];
export const SEARCH_METHODS: readonly SearchMethod[] = [
  'cmaes',
  'differentialEvolution',
  'nelderMead',
  'gradient',
];
export const STATISTICS: readonly Exclude<Statistic, 'end'>[] = [
  'mean',
  'min',
  'max',
  'sd',
  'quantile',
  'share',
  'time',
  'count',
];
/** Statistics of conditions; the others are of numbers. */
export const OF_CONDITIONS: ReadonlySet<string> = new Set(['share', 'time', 'count']);

const MOST_COUNT = 10_000_000;

/** A whole number above zero, as written. */
export function countOf(text: string | undefined): number | undefined {
  const value = /^[0-9_]+$/.test(text ?? '') ? Number(text!.replaceAll('_', '')) : NaN;
  return value >= 1 && value <= MOST_COUNT ? value : undefined;
}

/** The values to run at (SI), or the range to sample; undefined where they are not known, or their steps lead nowhere. */
export function levelsOf(vary: VaryStep, analysis: Analysis): Levels | undefined {
  if (vary.values !== undefined) {
    const values = (vary.values.items as (Expression | undefined)[]).map((item) => {
      const value = valueOf(item, analysis);
      return typeof value === 'boolean' ? Number(value) : value;
    });
    return values.every((value) => value !== undefined) ? { values } : undefined;
  }
  const [low, high] = [numberValue(vary.range?.low, analysis), numberValue(vary.range?.high, analysis)];
  if (low === undefined || high === undefined) return undefined;
  if (vary.step === undefined) return { low, high };
  const step = numberValue(vary.step, analysis);
  if (step === undefined || !(step > 0) || !(high >= low)) return undefined;
  // A step that meets the end but for rounding meets it.
  const count = Math.floor((high - low) / step + 1e-9) + 1;
  if (count > MOST_COUNT) return undefined;
  return { values: Array.from({ length: count }, (_, n) => Math.min(low + n * step, high)) };
}

/** What is reported: `sd of` a point on a scale is a difference, `time of` a condition a time. */
export function reportedType(reported: ReportedValue, analysis: Analysis): Type {
  const type = analysis.typeOf(reported.value);
  switch (reported.statistic) {
    case 'share':
    case 'count':
      return PLAIN;
    case 'time':
      return numberOf({ dimension: TIME, kind: 'either' });
    case 'sd':
      return type.quantity.kind === 'absolute'
        ? numberOf({ ...type.quantity, kind: 'difference' })
        : { ...type, base: 'number' };
    case undefined:
      return type;
    default:
      return type.base === 'integer' ? { ...type, base: 'number' } : type;
  }
}

/** As written, without the unit: that is shown beside it. */
export function reportedText({ statistic, share, value }: ReportedValue): string {
  const words = [statistic, share && textOf(share), statistic && 'of'].filter((word) => word !== undefined);
  return [...words, textOf(value, Infinity)].join(' ');
}
