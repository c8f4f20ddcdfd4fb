/** Runs of one experiment side by side: each in a kernel of its own, and its plain steps in a lane of a vector. */
import type { Kernel } from '../contract/kernel.ts';
import type { Manifest } from '../contract/manifest.ts';
import type { ManifestExperiment, ManifestMethod } from '../contract/studies.ts';
import type { KernelFactory } from '../load.ts';
import type { Span } from '../loop.ts';
import type { Machine } from '../machine.ts';
import type { Twin } from '../twin.ts';
import { reusing, runsOf } from './one-run.ts';
import type { RunResult, StartedRun } from './one-run.ts';
import { plainRuns } from './plain-runs.ts';

type GridMethod = Extract<ManifestMethod, { step: number }>;
/** What the lanes lie in, and by what they step. */
interface Table {
  manifest: Manifest;
  lanes: Lanes;
  table: Kernel;
  method: GridMethod;
}
type Lanes = Exclude<NonNullable<Manifest['replicas']>, { alone: string }>;

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

export interface ReplicaRun {
  values: readonly number[];
  seed: number;
}

/** Results in the order of the runs: those of `runOnce`, to the last bit. */
export function replicaRunner(
  manifest: Manifest,
  factory: KernelFactory,
  experiment: ManifestExperiment,
): (runs: readonly ReplicaRun[]) => RunResult[] {
  const lanes = manifest.replicas as Lanes;
  const method = methodOf(manifest, experiment) as GridMethod;
  const kernels = Array.from({ length: lanes.width }, () => reusing(factory));
  const table = factory(lanes.pages);
  const all = runsOf(manifest, experiment);
  const plain = plainRuns(manifest, experiment, all);
  const shared = { manifest, lanes, table, method };
  const plainly = (group: readonly ReplicaRun[]): readonly RunResult[] | undefined => {
    if (plain === undefined) return undefined;
    const machines = whole(group.map(({ values, seed }, n) => plain.begin(kernels[n]!(), values, seed)));
    if (machines === undefined || inLanes(machines, plain.span, shared).alone) return undefined;
    return whole(machines.map(plain.end));
  };
  const byTwins = (group: readonly ReplicaRun[]): RunResult[] => {
    const started = group.map(({ values, seed }, n) => all.start(kernels[n]!, values, seed));
    together(started, shared, experiment.duration);
    return started.map(({ finish }) => finish());
  };
  return (runs) => {
    const results: RunResult[] = [];
    for (let at = 0; at < runs.length; at += lanes.width) {
      const group = runs.slice(at, at + lanes.width);
      results.push(...(plainly(group) ?? byTwins(group)));
    }
    return results;
  };
}

/** Undefined where any is missing. */
const whole = <T>(all: readonly (T | undefined)[]): readonly T[] | undefined =>
  all.every((one) => one !== undefined) ? (all as readonly T[]) : undefined;

/** Takes all runs to their ends. */
function together(group: readonly StartedRun[], shared: Table, duration: number): void {
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
    const { taken, alone } = inLanes(
      same.map(({ machine }) => machine),
      span,
      shared,
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

/** Steps of twins that are at the same time and may go equally far, by their machines. */
function inLanes(
  machines: readonly Machine[],
  { limit, before, bound, after }: Span,
  { manifest: { layout }, lanes, table, method }: Table,
): { taken: number; alone: boolean } {
  if (after !== Infinity) return { taken: 0, alone: true };
  const { width, reads } = lanes;
  const numbers = new Float64Array(table.memory);
  const states = layout.states.address / 8;
  const { count } = layout.states;
  for (let lane = 0; lane < width; lane += 1) {
    // Lanes to spare do what the first one does.
    const own = (machines[lane] ?? machines[0]!).numbers;
    for (let i = 0; i < count; i += 1) numbers[lanes.states / 8 + width * i + lane] = own[states + i]!;
    for (let k = 0; k < reads.length; k += 1)
      numbers[lanes.cells / 8 + width * k + lane] = own[reads[k]! / 8]!;
  }
  numbers[lanes.time / 8] = machines[0]!.time();
  const go = method.name === 'rk4' ? table.replicasRk4! : table.replicasEuler!;
  const result = go(method.step, limit, before, bound);
  const taken = result >>> 1;
  if (taken > 0)
    for (const [lane, machine] of machines.entries()) {
      for (let i = 0; i < count; i += 1)
        machine.numbers[states + i] = numbers[lanes.states / 8 + width * i + lane]!;
      machine.setTime(numbers[lanes.time / 8]!);
      machine.kernel.derivatives();
      machine.kernel.outputs();
    }
  return { taken, alone: (result & 1) === 1 };
}
