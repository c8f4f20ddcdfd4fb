/** A test of a manifest → its result: the scenario is run to its end with all requirements watched. */
import type { Manifest } from './contract/manifest.ts';
import type { ManifestTest } from './contract/studies.ts';
import type { KernelFactory } from './load.ts';
import { judgeChances } from './chances.ts';
import { createMonitor } from './requirements.ts';
import type { RequirementResult } from './requirements.ts';
import { createTwin } from './twin.ts';
import type { RunEvent, Twin, TwinSettings } from './twin.ts';
import type { Trouble } from './trouble.ts';

export interface TestResult {
  name: string;
  scenario: string;
  holds: boolean;
  requirements: RequirementResult[];
  /** Why the run stopped early; then the test fails. */
  trouble?: Trouble;
  /** s */
  end: number;
  events: RunEvent[];
}

/** A result as data for programs; lines and columns from one. */
export function outcomeOf(test: ManifestTest, result: TestResult, seconds: number) {
  return {
    name: test.name,
    scenario: result.scenario,
    uri: test.source.uri,
    line: test.source.line,
    column: test.source.column,
    passed: result.holds,
    seconds,
    trouble: result.trouble ?? null,
    warnings: result.events.flatMap(({ code, name, text }) =>
      code === undefined ? [] : [{ code, name, text }],
    ),
    requirements: result.requirements.map(({ source, ...requirement }) => ({
      ...requirement,
      line: source.line,
      column: source.column,
    })),
  };
}

export interface TestOptions {
  settings?: TwinSettings;
  seed?: number;
  /** Called before the run starts: to record, to listen. */
  prepare?: (twin: Twin) => void;
  /** Probabilities are judged by someone else, who adds them with `withChances`. */
  chancesElsewhere?: boolean;
}

/** A test that is run a portion at a time. */
export interface TestRun {
  /** Goes on for so many steps, or for one of many runs. Returns whether all is judged. */
  work(steps: number): boolean;
  result(): TestResult;
}

/** Runs a test to its end, or to where it is decided. */
export function runTest(
  manifest: Manifest,
  kernel: KernelFactory,
  test: ManifestTest,
  options: TestOptions = {},
): TestResult {
  const run = beginTest(manifest, kernel, test, options);
  while (!run.work(Infinity));
  return run.result();
}

/** A test that is run in portions, so that whoever shares the thread stays responsive. */
export function beginTest(
  manifest: Manifest,
  kernel: KernelFactory,
  test: ManifestTest,
  options: TestOptions = {},
): TestRun {
  const { settings, seed } = options;
  const twin = createTwin({
    manifest,
    kernel,
    scenario: test.scenario,
    ...(settings === undefined ? {} : { settings }),
    ...(seed === undefined ? {} : { seed }),
  });
  const monitor = createMonitor(twin, test.requirements);
  const events: RunEvent[] = [];
  twin.observeAt(monitor.bounds());
  twin.listen({ accepted: monitor.observe, event: (event) => events.push(event) });
  options.prepare?.(twin);
  const own = options.chancesElsewhere === true ? { ...test, chances: [] } : test;
  const many = judgeChances(manifest, kernel, own, options);
  let chances: RequirementResult[] = [];
  let hasEnded = false;
  return {
    work: (steps) => {
      if (!hasEnded) {
        const { reason } = twin.advance(twin.duration, Number.isFinite(steps) ? { steps } : {});
        if (reason === 'steps') return false;
        hasEnded = true;
        // One that goes wrong by itself needs no other runs.
        if (twin.trouble() !== undefined) return true;
      }
      const { done, value } = many.next();
      if (done) chances = value;
      return done === true;
    },
    result: () => {
      const trouble = twin.trouble();
      const requirements = [...monitor.results(), ...chances];
      return {
        name: test.name,
        scenario: manifest.scenarios[test.scenario]!.name,
        holds: trouble === undefined && requirements.every(({ holds }) => holds),
        requirements,
        ...(trouble === undefined ? {} : { trouble }),
        end: twin.time(),
        events,
      };
    },
  };
}

/** A test with its requirements on probabilities, which are judged over many runs: all of both must hold. */
export function withChances(result: TestResult, chances: readonly RequirementResult[]): TestResult {
  const holds = result.holds && chances.every((one) => one.holds);
  return { ...result, holds, requirements: [...result.requirements, ...chances] };
}
