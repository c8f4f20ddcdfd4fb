/**
 * Two versions → by how much what says how well a twin does has moved: what experiments report, `kpi` declarations at the end
 * of scenarios, margins of requirements. Where chance plays a part, both versions run several times with the same seeds. Noise
 * that both have drops out of the paired differences, and an interval by Student's t says how sure the rest is.
 */
import type { Artefact, Manifest, Unit } from '../runtime/contract/manifest.ts';
import type { ManifestRequirement } from '../runtime/contract/studies.ts';
import { seedOf } from '../runtime/experiments/design.ts';
import { reportsOf, reusing, runsOf } from '../runtime/experiments/one-run.ts';
import { estimate, paired } from '../runtime/experiments/statistics.ts';
import { kernelFactory } from '../runtime/load.ts';
import type { KernelFactory } from '../runtime/load.ts';
import { elementNames } from '../runtime/names.ts';
import { createMonitor } from '../runtime/requirements.ts';
import { createTwin } from '../runtime/twin.ts';
import type { NameMap, Tolerance } from './behaviour.ts';
import { knownRuns } from './known-runs.ts';
import type { KeptResults, KnownRuns } from './known-runs.ts';

export interface Kpi {
  root: string;
  kind: 'report' | 'kpi' | 'margin';
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
const CONFIDENCE = 0.95;

/** Something that a run ends with one value of. */
interface Measured {
  kind: Kpi['kind'];
  of: string;
  name: string;
  unit: Unit;
  confidence: number;
}
/** Runs of one kind, and what is measured in them. */
interface Series {
  name: string;
  measured: Measured[];
  /** SI, in the order of `measured`; NaN where there is none. */
  run: (repetition: number) => number[];
}

/** A KPI, of what experiments and scenarios are named in full; and in which of these the version before has it. */
export interface KpiOfSeries {
  series: string;
  kpi: Kpi;
}

/**
 * @param names of the version before → after, also within the texts of requirements
 * @param kept where results of runs are looked for, and kept
 */
export function compareKpis(
  root: string,
  before: Artefact,
  after: Artefact,
  names: NameMap,
  repeat: number,
  tolerance: Tolerance,
  kept?: KeptResults,
): KpiOfSeries[] {
  if (repeat < 1) return [];
  const runs = drawsNumbers(before.manifest) || drawsNumbers(after.manifest) ? repeat : 1;
  const now = new Map(seriesOf(after, runs).map((each) => [each.name, each]));
  return seriesOf(before, runs).flatMap((old): KpiOfSeries[] => {
    const found = now.get(names(old.name));
    if (found === undefined) return [];
    const key = ({ kind, of, name }: Measured): string => `${kind}\n${of}\n${name}`;
    const places = new Map(found.measured.map((each, at) => [key(each), at]));
    const pairs = old.measured.flatMap((each, at) => {
      const place = places.get(key({ ...each, of: names(each.of), name: names(each.name) }));
      return place === undefined ? [] : [[at, place] as const];
    });
    if (pairs.length === 0) return [];
    const [a, b]: [number[][], number[][]] = [[], []];
    const known = (artefact: Artefact, { name, measured, run }: Series): KnownRuns =>
      knownRuns(artefact, JSON.stringify([name, measured.map(key)]), run, kept);
    const [was, is] = [known(before, old), known(after, found)];
    for (let run = 0; run < runs; run += 1) {
      a.push(was.row(run));
      b.push(is.row(run));
      // Where chance has not shown in any value so far, it moves something else.
      if (run + 1 === LEAST_RUNS && standsStill(a) && standsStill(b)) break;
    }
    const column = (rows: readonly number[][], at: number): number[] => rows.map((row) => row[at]!);
    was.keep();
    is.keep();
    // A margin in which chance does not show is compared as a requirement already.
    const tells = ([x, y]: readonly [number, number]): boolean =>
      found.measured[y]!.kind !== 'margin' || !(stands(column(a, x)) && stands(column(b, y)));
    return pairs.filter(tells).map(([x, y]) => ({
      series: old.name,
      kpi: comparison(root, found.measured[y]!, column(a, x), column(b, y), tolerance),
    }));
  });
}

const LEAST_RUNS = 3;
const stands = ([first, ...others]: readonly number[]): boolean =>
  others.every((value) => Object.is(value, first));
const standsStill = ([first, ...others]: readonly number[][]): boolean =>
  others.every((row) => row.every((value, at) => Object.is(value, first![at])));

/** Whether two runs with other seeds may end otherwise. */
const drawsNumbers = ({ streams }: Manifest): boolean => streams.length > 0;

function seriesOf(artefact: Artefact, runs: number): Series[] {
  const { manifest } = artefact;
  const kernel = reusing(kernelFactory(artefact));
  return [
    ...(manifest.experiments ?? []).map((experiment): Series => {
      // As the model is, whatever the experiment varies besides.
      const plain = runsOf(manifest, { ...experiment, factors: [] });
      const seed = experiment.seed ?? manifest.scenarios[experiment.scenario ?? -1]?.seed ?? 1;
      // The name of something has no mean.
      const reports = reportsOf(manifest, experiment).map((report, at) => ({ ...report, at }));
      const told = reports.filter(({ labels }) => labels === undefined);
      return {
        name: experiment.name,
        measured: told.map(({ name, unit, confidence }) => ({
          kind: 'report',
          of: experiment.name,
          name,
          unit,
          confidence,
        })),
        run: (run) => {
          const { values } = plain.once(kernel, [], seedOf(seed, run));
          return told.map(({ at }) => values[at]!);
        },
      };
    }),
    ...manifest.scenarios.map((_, scenario) => scenarioSeries(manifest, kernel, scenario, runs)),
  ].filter(({ measured }) => measured.length > 0);
}

/** Margins and `kpi` declarations of one scenario. */
function scenarioSeries(manifest: Manifest, kernel: KernelFactory, scenario: number, runs: number): Series {
  const { name: of, seed } = manifest.scenarios[scenario]!;
  const required = manifest.tests
    .filter((test) => test.scenario === scenario)
    .flatMap(({ name, requirements }) => requirements.map((requirement) => ({ test: name, requirement })));
  // A single run has its margins compared already.
  const margins = runs < 2 ? [] : required.filter(({ requirement }) => hasMargin(requirement, manifest));
  const kpis = manifest.variables.flatMap((variable) =>
    variable.kpi === true && variable.visible && variable.labels === undefined
      ? elementNames(variable.name, variable.dims).map((name, element) => ({
          name,
          unit: variable.unit,
          address: variable.address + 8 * element,
        }))
      : [],
  );
  return {
    name: of,
    measured: [
      ...margins.map(({ test, requirement }): Measured => ({
        kind: 'margin',
        of: test,
        name: requirement.text.replace(/^(require|expect) /, ''),
        unit: { ...manifest.probes[requirement.margin!]!.unit, offset: 0 },
        confidence: CONFIDENCE,
      })),
      ...kpis.map(({ name, unit }): Measured => ({ kind: 'kpi', of, name, unit, confidence: CONFIDENCE })),
    ],
    run: (repetition) => {
      const twin = createTwin({
        manifest,
        kernel,
        scenario,
        seed: seedOf(seed, repetition),
        settings: { checkpoints: { keep: 'recent', limit: 1, interval: Infinity } },
      });
      const monitor = createMonitor(
        twin,
        margins.map(({ requirement }) => requirement),
      );
      twin.observeAt(monitor.bounds());
      twin.listen({ accepted: monitor.observe });
      twin.advance(twin.duration);
      const stopped = twin.trouble() !== undefined;
      return [
        // A margin by which it fails is below zero.
        ...monitor.results().map(({ margin }) => (stopped ? NaN : (margin ?? NaN))),
        ...kpis.map(({ address }) => (stopped ? NaN : twin.value(address)!)),
      ];
    },
  };
}

const hasMargin = ({ margin, condition }: ManifestRequirement, { probes }: Manifest): boolean =>
  margin !== undefined && probes[margin]!.private !== true && probes[condition]!.private !== true;

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
    text: textOf(
      shown(a.mean, a.half, unit),
      shown(b.mean, b.half, unit),
      shown(d.mean, d.half, span),
      unit.label,
    ),
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** `45.6 ± 4.5 → 25 ± 2.2 min (-20.6 ± 3.4)` */
function textOf(before: KpiValue, after: KpiValue, difference: KpiValue, label: string): string {
  const digits = Math.min(...[before, after, difference].map(decimalsOf));
  const number = (value: number): string =>
    digits === Infinity
      ? String(Number(value.toPrecision(4)))
      : String(Number(value.toFixed(Math.min(digits, 12))));
  const written = ({ mean, half }: KpiValue): string =>
    mean === null ? 'no value' : `${number(mean)}${half === null || half === 0 ? '' : ` ± ${number(half)}`}`;
  const unit = label === '' ? '' : ` ${label}`;
  const sign = difference.mean !== null && difference.mean > 0 ? '+' : '';
  return `${written(before)} → ${written(after)}${unit} (${difference.mean === null ? 'no difference to tell' : sign + written(difference)})`;
}

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
