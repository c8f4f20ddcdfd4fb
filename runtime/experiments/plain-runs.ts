/**
 * Runs in which nothing can happen but steps, without a twin for each: its functions take longer to make than a short run takes.
 * Whatever is out of the ordinary is left to a twin, which begins anew and says what it is.
 */
import type { Kernel } from '../contract/kernel.ts';
import type { Manifest } from '../contract/manifest.ts';
import type { ManifestExperiment } from '../contract/studies.ts';
import { setInitial } from '../initial.ts';
import type { Span } from '../loop.ts';
import { createMachine } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { planOf } from '../plan.ts';
import type { RunResult, Runs } from './one-run.ts';

export interface PlainRuns {
  /** At the start, evaluated; undefined where a twin has to say what is wrong. */
  begin(kernel: Kernel, values: readonly number[], seed: number): Machine | undefined;
  /** How far its steps go: from the start to the end. */
  span: Span;
  /** What is reported of one that has come there; undefined where it has not, or something cannot be told. */
  end(machine: Machine): RunResult | undefined;
}

/** Of an experiment whose reports look at ends alone; undefined where more than steps may happen. */
export function plainRuns(
  manifest: Manifest,
  experiment: ManifestExperiment,
  { reports, settings }: Pick<Runs, 'reports' | 'settings'>,
): PlainRuns | undefined {
  if (!isPlain(manifest, experiment)) return undefined;
  const { duration, scenario } = experiment;
  return {
    begin: (kernel, values, seed) => {
      const machine = createMachine(manifest, kernel);
      setInitial(machine, planOf(manifest, scenario, seed, settings(values)), undefined);
      const wrong = machine.unsolved() ?? machine.given(true) ?? machine.evaluate() ?? machine.fault();
      return wrong === undefined ? machine : undefined;
    },
    span: {
      limit: duration,
      before: Infinity,
      bound: duration,
      after: Infinity,
      most: Infinity,
      heard: false,
    },
    end: (machine) => {
      const { kernel } = machine;
      if (machine.time() !== duration || machine.fault() !== undefined) return undefined;
      if (reports.some(({ doubt, instance }) => doubt !== undefined && kernel.probe(doubt, instance) !== 0))
        return undefined;
      return { values: reports.map(({ probe, instance }) => kernel.probe(probe, instance)) };
    },
  };
}

function isPlain(manifest: Manifest, { reports, scenario }: ManifestExperiment): boolean {
  const { handlers, sensors, variables, solves, layout, scenarios } = manifest;
  const { drives = [] } = scenario === undefined ? {} : scenarios[scenario]!;
  return (
    handlers.length === 0 &&
    sensors.length === 0 &&
    solves.length === 0 &&
    drives.length === 0 &&
    layout.crossings.count === 0 &&
    manifest.flow === undefined &&
    manifest.delays === undefined &&
    manifest.projects !== true &&
    manifest.limited !== true &&
    variables.every(({ role, driven }) => role !== 'discrete' && driven === undefined) &&
    reports.every(({ statistic, slopes }) => statistic === 'end' && slopes === undefined)
  );
}
