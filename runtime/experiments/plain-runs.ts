/**
 * Runs in which nothing can happen but steps, without a twin for each: its functions take longer to make than a short run takes.
 * Whatever is out of the ordinary is left to a twin, which begins anew and says what it is.
 */
import { besidesSteps } from '../contract/besides-steps.ts';
import type { Manifest } from '../contract/manifest.ts';
import type { ManifestExperiment } from '../contract/studies.ts';
import { setInitial } from '../initial.ts';
import type { KernelFactory } from '../load.ts';
import type { Span } from '../loop.ts';
import { createMachine } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { planOf } from '../plan.ts';
import type { Lanes } from './lanes.ts';
import type { ReplicaRun, RunResult, Runs } from './one-run.ts';

/** Whether its runs are such: what is reported is looked at where they end, too. */
export const arePlain = (manifest: Manifest, { reports }: ManifestExperiment): boolean =>
  besidesSteps(manifest).length === 0 &&
  reports.every(({ statistic, slopes }) => statistic === 'end' && slopes === undefined);

/**
 * Results of runs side by side, as many as there are kernels at the most; undefined where a twin has to say what came of one. Undefined as a whole
 * where more than steps may happen.
 */
export function plainRunner(
  manifest: Manifest,
  experiment: ManifestExperiment,
  { reports, settings }: Pick<Runs, 'reports' | 'settings'>,
  kernels: readonly KernelFactory[],
  lanes: Lanes,
): ((runs: readonly ReplicaRun[]) => readonly RunResult[] | undefined) | undefined {
  if (!arePlain(manifest, experiment)) return undefined;
  const { duration, scenario } = experiment;
  const span: Span = {
    limit: duration,
    before: Infinity,
    bound: duration,
    after: Infinity,
    most: Infinity,
    heard: false,
  };
  /** At the start, evaluated. */
  const begin = ({ values, seed }: ReplicaRun, n: number): Machine | undefined => {
    const machine = createMachine(manifest, kernels[n]!());
    setInitial(machine, planOf(manifest, scenario, seed, settings(values)), undefined);
    const wrong = machine.unsolved() ?? machine.given(true) ?? machine.evaluate() ?? machine.fault();
    return wrong === undefined ? machine : undefined;
  };
  /** What is reported where it has come to its end, and all of it can be told. */
  const end = (machine: Machine): RunResult | undefined => {
    const { kernel } = machine;
    if (machine.time() !== duration || machine.fault() !== undefined) return undefined;
    if (reports.some(({ doubt, instance }) => doubt !== undefined && kernel.probe(doubt, instance) !== 0))
      return undefined;
    return { values: reports.map(({ probe, instance }) => kernel.probe(probe, instance)) };
  };
  return (runs) => {
    const machines = whole(runs.map(begin));
    if (machines === undefined || lanes(machines, span).alone) return undefined;
    return whole(machines.map(end));
  };
}

/** Undefined where any is missing. */
const whole = <T>(all: readonly (T | undefined)[]): readonly T[] | undefined =>
  all.every((one) => one !== undefined) ? (all as readonly T[]) : undefined;
