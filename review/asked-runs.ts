/**
 * Runs that a review asks for, whoever makes them. A review is written as a generator: it hands out runs that have nothing to do with each other, and
 * goes on with what they came to. So it does not know of threads, and who ran what does not show in it.
 */
import { reusing } from '../runtime/experiments/one-run.ts';
import { kernelFactory } from '../runtime/load.ts';
import type { KernelFactory, LoadableArtefact } from '../runtime/load.ts';
import { seriesOf } from './series.ts';
import type { Series } from './series.ts';
import { outcomeOfTest, traceScenario } from './trace.ts';
import type { TestOutcome, Trace, TraceSettings } from './trace.ts';

/** Scenarios and tests by their position in the manifest, series by theirs in `seriesOf`. */
export type AskedRun = { artefact: LoadableArtefact } & (
  | { kind: 'scenario'; scenario: number; settings: TraceSettings }
  | { kind: 'test'; test: number }
  | { kind: 'values'; series: number; runs: number; seed: number }
);
/** Of a scenario, a test, and values. Plain data. */
export type RunOutcome = Trace | TestOutcome | number[];

/** What comes to a value by way of runs, asked for in portions: each portion is answered by as many outcomes, in its order. */
export type Asking<Value> = Generator<readonly AskedRun[], Value, readonly RunOutcome[]>;

interface Prepared {
  kernel: KernelFactory;
  /** For one run after the other. */
  reused: KernelFactory;
  series: Map<number, Series[]>;
}

/** Makes runs here. What they need of an artefact is made once, as long as somebody holds it. */
export function runMaker(): (asked: AskedRun) => RunOutcome {
  const known = new WeakMap<LoadableArtefact, Prepared>();
  const prepare = (artefact: LoadableArtefact): Prepared => {
    const found = known.get(artefact);
    if (found !== undefined) return found;
    const kernel = kernelFactory(artefact);
    const made = { kernel, reused: reusing(kernel), series: new Map<number, Series[]>() };
    known.set(artefact, made);
    return made;
  };
  return (asked) => {
    const { manifest } = asked.artefact;
    const { kernel, reused, series } = prepare(asked.artefact);
    if (asked.kind === 'scenario') return traceScenario(manifest, kernel, asked.scenario, asked.settings);
    if (asked.kind === 'test') return outcomeOfTest(manifest, kernel, manifest.tests[asked.test]!);
    const { runs, seed } = asked;
    const all = series.get(runs) ?? seriesOf(manifest, runs);
    series.set(runs, all);
    return all[asked.series]!.run(reused, seed);
  };
}

/** Makes all runs here, one after the other. */
export function madeHere<Value>(asking: Asking<Value>): Value {
  const make = runMaker();
  let step = asking.next();
  while (step.done !== true) step = asking.next(step.value.map(make));
  return step.value;
}

/** Several at once: what they ask for at a time is asked for together. */
export function* together<Value>(all: readonly Asking<Value>[]): Asking<Value[]> {
  const steps = all.map((each) => each.next());
  for (;;) {
    const asked = steps.map((step) => (step.done === true ? [] : step.value));
    if (steps.every(({ done }) => done === true)) return steps.map(({ value }) => value as Value);
    const outcomes = yield asked.flat();
    let at = 0;
    asked.forEach((own, n) => {
      if (steps[n]!.done === true) return;
      steps[n] = all[n]!.next(outcomes.slice(at, at + own.length));
      at += own.length;
    });
  }
}

/** What is there without a run. */
export function* atHand<Value>(value: Value): Asking<Value> {
  yield* [];
  return value;
}

// What is asked for says what comes.
export function* scenarioRun(
  artefact: LoadableArtefact,
  scenario: number,
  settings: TraceSettings,
): Asking<Trace> {
  const [trace] = yield [{ artefact, kind: 'scenario', scenario, settings }];
  return trace as Trace;
}

/** All tests, in the order of the text. */
export function* testRuns(artefact: LoadableArtefact): Asking<TestOutcome[]> {
  const outcomes = yield artefact.manifest.tests.map((_, test) => ({ artefact, kind: 'test', test }));
  return outcomes as TestOutcome[];
}

/** Of one of `seriesOf(manifest, runs)`, with each of these seeds. */
export function* valueRuns(
  artefact: LoadableArtefact,
  series: number,
  runs: number,
  seeds: readonly number[],
): Asking<number[][]> {
  const asked = seeds.map((seed): AskedRun => ({ artefact, kind: 'values', series, runs, seed }));
  return (asked.length === 0 ? [] : yield asked) as number[][];
}
