/** A test of a manifest → its result: the scenario is run to its end with all requirements watched. */
import type { Manifest, ManifestTest } from './contract/manifest.ts';
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

export interface TestOptions {
  settings?: TwinSettings;
  seed?: number;
  /** Called before the run starts: to record, to listen. */
  prepare?: (twin: Twin) => void;
}

export function runTest(
  manifest: Manifest,
  kernel: KernelFactory,
  test: ManifestTest,
  options: TestOptions = {},
): TestResult {
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
  twin.advance(twin.duration);
  const trouble = twin.trouble();
  // One that goes wrong by itself needs no other runs.
  const chances = trouble === undefined ? judgeChances(manifest, kernel, test, options) : [];
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
}
