/** Runs of one experiment side by side: each in a kernel of its own, and its plain steps in a lane of a vector. */
import type { Manifest } from '../contract/manifest.ts';
import type { ManifestExperiment, ManifestMethod } from '../contract/studies.ts';
import type { KernelFactory } from '../load.ts';
import type { Span } from '../loop.ts';
import type { Twin } from '../twin.ts';
import { lanesOf } from './lanes.ts';
import type { GridMethod, LanePlaces, Lanes } from './lanes.ts';
import { reusing, runsOf } from './one-run.ts';
import type { ReplicaRun, RunResult, StartedRun } from './one-run.ts';
import { plainRunner } from './plain-runs.ts';

export type { ReplicaRun } from './one-run.ts';

/** By which its runs are integrated, where it or its scenario says so. */
export const methodOf = (
  manifest: Manifest,
  { method, scenario }: ManifestExperiment,
): ManifestMethod | undefined =>
  method ?? (scenario === undefined ? undefined : manifest.scenarios[scenario]?.method);

/** Why runs of this experiment go one by one; undefined where they go side by side. */
export function whyAlone(manifest: Manifest, experiment: ManifestExperiment): string | undefined {
  const { replicas } = manifest;
  if (replicas === undefined) return 'it was compiled for single runs';
  if ('alone' in replicas) return replicas.alone;
  const method = methodOf(manifest, experiment);
  if (method?.name !== 'rk4' && method?.name !== 'euler')
    return 'its steps are as long as each run wants them: method rk4 and euler have the same for all';
  if (method.name === 'rk4' && manifest.layout.kinks !== undefined)
    return 'steps of rk4 end at kinks of abs, min and max: euler passes them by';
  if (experiment.reports.some(({ statistic }) => statistic !== 'end'))
    return 'statistics over a run look at each of its steps';
  return undefined;
}

/** Results in the order of the runs: those of `runOnce`, to the last bit. */
export function replicaRunner(
  manifest: Manifest,
  factory: KernelFactory,
  experiment: ManifestExperiment,
): (runs: readonly ReplicaRun[]) => RunResult[] {
  const places = manifest.replicas as LanePlaces;
  const lanes = lanesOf(manifest, factory, places, methodOf(manifest, experiment) as GridMethod);
  const kernels = Array.from({ length: places.width }, () => reusing(factory));
  const all = runsOf(manifest, experiment);
  const plainly = plainRunner(manifest, experiment, all, kernels, lanes);
  const byTwins = (group: readonly ReplicaRun[]): RunResult[] => {
    const started = group.map(({ values, seed }, n) => all.start(kernels[n]!, values, seed));
    together(started, lanes, experiment.duration);
    return started.map(({ finish }) => finish());
  };
  return (runs) => {
    const results: RunResult[] = [];
    for (let at = 0; at < runs.length; at += places.width) {
      const group = runs.slice(at, at + places.width);
      results.push(...(plainly?.(group) ?? byTwins(group)));
    }
    return results;
  };
}

/** Takes all twins to their ends: in lanes where some are at the same time, each by itself from where it is alone on. */
function together(group: readonly StartedRun[], lanes: Lanes, duration: number): void {
  const waiting = new Map<Twin, Span>();
  const goOn = (twin: Twin): void => {
    const { span } = twin.advance(duration, { handOver: true });
    if (span !== undefined) waiting.set(twin, span);
    else waiting.delete(twin);
  };
  for (const { twin } of group) goOn(twin);
  while (waiting.size > 0) {
    const [[first, span]] = waiting as unknown as [[Twin, Span]];
    const same = [...waiting.keys()].filter((twin) => isSame(first, span, twin, waiting.get(twin)!));
    const { taken, alone } = lanes(
      same.map(({ machine }) => machine),
      span,
    );
    for (const twin of same) {
      if (taken > 0) twin.landed(taken);
      if (alone) {
        waiting.delete(twin);
        twin.advance(duration);
      } else {
        if (taken === 0) twin.landed(0);
        goOn(twin);
      }
    }
  }
}

const isSame = (one: Twin, a: Span, other: Twin, b: Span): boolean =>
  one.machine.time() === other.machine.time() &&
  a.limit === b.limit &&
  a.before === b.before &&
  a.bound === b.bound;
