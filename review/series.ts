/** A program → what is measured in its runs of each kind, and how such a run is made: what experiments report, KPIs at the end of scenarios, margins. */
import type { Manifest, Unit } from '../runtime/contract/manifest.ts';
import type { ManifestRequirement } from '../runtime/contract/studies.ts';
import { reportsOf, runsOf } from '../runtime/experiments/one-run.ts';
import type { KernelFactory } from '../runtime/load.ts';
import { elementNames } from '../runtime/names.ts';
import { createMonitor } from '../runtime/requirements.ts';
import { createTwin } from '../runtime/twin.ts';

/** Something that a run ends with one value of. */
export interface Measured {
  kind: 'report' | 'kpi' | 'margin';
  /** Name of the experiment, scenario or test. */
  of: string;
  name: string;
  unit: Unit;
  confidence: number;
}
/** Runs of one kind, and what is measured in them. */
export interface Series {
  name: string;
  measured: Measured[];
  /** Of the first run; the others go by it. */
  seed: number;
  /** SI, in the order of `measured`; NaN where there is none. */
  run: (kernel: KernelFactory, seed: number) => number[];
}

export const CONFIDENCE = 0.95;

/** Whether two runs with other seeds may end otherwise. */
export const drawsNumbers = ({ streams }: Manifest): boolean => streams.length > 0;

/** @param runs how many there are to be of each kind */
export function seriesOf(manifest: Manifest, runs: number): Series[] {
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
        seed,
        run: (kernel, own) => {
          const { values } = plain.once(kernel, [], own);
          return told.map(({ at }) => values[at]!);
        },
      };
    }),
    ...manifest.scenarios.map((_, scenario) => scenarioSeries(manifest, scenario, runs)),
  ].filter(({ measured }) => measured.length > 0);
}

/** Margins and `kpi` declarations of one scenario. */
function scenarioSeries(manifest: Manifest, scenario: number, runs: number): Series {
  const { name: of, seed: first } = manifest.scenarios[scenario]!;
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
    seed: first,
    run: (kernel, seed) => {
      const twin = createTwin({
        manifest,
        kernel,
        scenario,
        seed,
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
