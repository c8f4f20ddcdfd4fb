/**
 * Two versions → by how much what says how well a twin does has moved: what experiments report, `kpi` declarations at the end
 * of scenarios, margins of requirements. Where chance plays a part, both versions run several times with the same seeds. Noise
 * that both have drops out of the paired differences, and an interval by Student's t says how sure the rest is.
 */
import type { Artefact, Unit } from '../runtime/contract/manifest.ts';
import { estimate, paired } from '../runtime/experiments/statistics.ts';
import { together } from './asked-runs.ts';
import type { Asking } from './asked-runs.ts';
import type { NameMap, Tolerance } from './behaviour.ts';
import { knownRuns } from './known-runs.ts';
import type { KeptResults, KnownRuns } from './known-runs.ts';
import { CONFIDENCE, drawsNumbers, seriesOf } from './series.ts';
import type { Measured, Series } from './series.ts';

export interface Kpi {
  root: string;
  kind: Measured['kind'];
  /** Name of the experiment, scenario or test. */
  of: string;
  name: string;
  /** For people. */
  unit: string;
  /** How often each version ran. */
  runs: number;
  /** Of the interval, as a share. */
  confidence: number;
  /** In the unit; null where there is no value. */
  before: KpiValue;
  after: KpiValue;
  /** Of the paired differences. */
  difference: KpiValue;
  /** 0 lies outside of the interval, or, with a single run, outside of the tolerance. */
  differs: boolean;
  /** `12.4 ± 0.3 min → 11.1 ± 0.2 min (−1.3 ± 0.1 min)` */
  text: string;
}
export interface KpiValue {
  mean: number | null;
  /** Half the width of the interval; null with fewer than two runs. */
  half: number | null;
}

export const USUAL_REPEAT = 12;

/** A KPI, of what experiments and scenarios are named in full; and in which of these the version before has it. */
export interface KpiOfSeries {
  series: string;
  kpi: Kpi;
}

/**
 * @param names of the version before → after, also within the texts of requirements
 * @param kept where results of runs are looked for, and kept
 */
export function* compareKpis(
  root: string,
  before: Artefact,
  after: Artefact,
  names: NameMap,
  repeat: number,
  tolerance: Tolerance,
  kept?: KeptResults,
): Asking<KpiOfSeries[]> {
  if (repeat < 1) return [];
  const runs = drawsNumbers(before.manifest) || drawsNumbers(after.manifest) ? repeat : 1;
  const [old, now] = [seriesOf(before.manifest, runs), seriesOf(after.manifest, runs)];
  const key = ({ kind, of, name }: Measured): string => `${kind}\n${of}\n${name}`;
  const known = (artefact: Artefact, all: readonly Series[], at: number, seed: number): KnownRuns => {
    const { name, measured } = all[at]!;
    return knownRuns(artefact, JSON.stringify([name, measured.map(key)]), at, runs, seed, kept);
  };

  function* compareSeries(at: number): Asking<KpiOfSeries[]> {
    const { name: series, measured, seed } = old[at]!;
    const place = now.findIndex(({ name }) => name === names(series));
    if (place < 0) return [];
    const found = now[place]!.measured;
    const places = new Map(found.map((each, y) => [key(each), y]));
    const pairs = measured.flatMap((each, x) => {
      const y = places.get(key({ ...each, of: names(each.of), name: names(each.name) }));
      return y === undefined ? [] : [[x, y] as const];
    });
    if (pairs.length === 0) return [];
    // Where the version after has another seed, that is no reason for another luck.
    const both = [known(before, old, at, seed), known(after, now, place, seed)];
    const rows = (count: number): Asking<number[][][]> => together(both.map((side) => side.rows(count)));
    let [a, b] = (yield* rows(Math.min(runs, LEAST_RUNS))) as [number[][], number[][]];
    // Where chance has not shown in any value so far, it moves something else.
    if (runs > LEAST_RUNS && !(standsStill(a) && standsStill(b)))
      [a, b] = (yield* rows(runs)) as [number[][], number[][]];
    for (const side of both) side.keep();
    const column = (all: readonly number[][], n: number): number[] => all.map((row) => row[n]!);
    // A margin in which chance does not show is compared as a requirement already.
    const tells = ([x, y]: readonly [number, number]): boolean =>
      found[y]!.kind !== 'margin' || !(stands(column(a, x)) && stands(column(b, y)));
    return pairs.filter(tells).map(([x, y]) => ({
      series,
      kpi: comparison(root, found[y]!, column(a, x), column(b, y), tolerance),
    }));
  }
  return (yield* together(old.map((_, at) => compareSeries(at)))).flat();
}

const LEAST_RUNS = 3;
const stands = ([first, ...others]: readonly number[]): boolean =>
  others.every((value) => Object.is(value, first));
const standsStill = ([first, ...others]: readonly number[][]): boolean =>
  others.every((row) => row.every((value, at) => Object.is(value, first![at])));

function comparison(
  root: string,
  { kind, of, name, unit, confidence }: Measured,
  before: readonly number[],
  after: readonly number[],
  { relative }: Tolerance,
): Kpi {
  const [a, b] = [estimate(before, confidence), estimate(after, confidence)];
  const d = paired(after, before, confidence);
  const span: Unit = { ...unit, offset: 0 };
  const shown = (mean: number, half: number, by: Unit): KpiValue => ({
    mean: finite(mean / by.factor - by.offset),
    half: finite(half / by.factor),
  });
  const size = Math.max(Math.abs(a.mean), Math.abs(b.mean));
  const vanished = Number.isFinite(a.mean) !== Number.isFinite(b.mean);
  // Sure, and large enough to matter.
  const apart = Math.abs(d.mean) > relative * size;
  const differs = vanished || (apart && (d.count < 2 || Math.abs(d.mean) > d.half));
  return {
    root,
    kind,
    of,
    name,
    unit: unit.label,
    runs: before.length,
    confidence,
    before: shown(a.mean, a.half, unit),
    after: shown(b.mean, b.half, unit),
    difference: shown(d.mean, d.half, span),
    differs,
    text:
      textOf(
        shown(a.mean, a.half, unit),
        shown(b.mean, b.half, unit),
        shown(d.mean, d.half, span),
        unit.label,
      ) + withoutValue(before, after),
  };
}

/** A mean over the few runs that came to their end says little, and must not be taken for one over all. */
function withoutValue(before: readonly number[], after: readonly number[]): string {
  const lacking = [before, after].map((all) => all.filter((value) => !Number.isFinite(value)).length);
  const [a = 0, b = 0] = lacking;
  // Of one that has none at all its value says so.
  if ((a === 0 || a === before.length) && (b === 0 || b === after.length)) return '';
  return `; ${a === b ? a : `${a} → ${b}`} of ${before.length} runs have no value`;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** `45.6 ± 4.5 → 25 ± 2.2 min (-20.6 ± 3.4)` */
function textOf(before: KpiValue, after: KpiValue, difference: KpiValue, label: string): string {
  const digits = Math.min(...[before, after, difference].map(decimalsOf));
  const number = (value: number): string =>
    digits === Infinity ? String(Number(value.toPrecision(4))) : rounded(value, digits);
  const written = (each: KpiValue): string => {
    const { mean, half } = each;
    if (mean === null) return 'no value';
    if (half === null || half === 0) return number(mean);
    // Beside one that is far less sure this one would seem to be certain.
    const own = Number(number(half)) === 0 ? decimalsOf(each) : digits;
    return own === Infinity
      ? `${number(mean)} ± ${number(half)}`
      : `${rounded(mean, own)} ± ${rounded(half, own)}`;
  };
  const unit = label === '' ? '' : ` ${label}`;
  const sign = difference.mean !== null && difference.mean > 0 ? '+' : '';
  return `${written(before)} → ${written(after)}${unit} (${difference.mean === null ? 'no difference to tell' : sign + written(difference)})`;
}

const rounded = (value: number, to: number): string => String(Number(value.toFixed(Math.min(to, 12))));

/** As many as the interval leaves sure: two digits of it. */
const decimalsOf = ({ mean, half }: KpiValue): number =>
  mean === null || half === null || !(half > 1e-12 * Math.abs(mean))
    ? Infinity
    : Math.max(0, 1 - Math.floor(Math.log10(half)));

/** How the intervals were found, for the foot of a table; empty where there are none. */
export function intervalsText(kpis: readonly Kpi[]): string {
  const scatters = ({ before, after, difference }: Kpi): boolean =>
    [before, after, difference].some(({ half }) => half !== null && half > 0);
  if (!kpis.some(scatters)) return '';
  const [{ confidence } = { confidence: CONFIDENCE }] = kpis.filter((kpi) => kpi.runs > 1);
  return `± is the ${Number((100 * confidence).toPrecision(3))} % interval by Student's t over runs of both versions with the same seeds.`;
}
