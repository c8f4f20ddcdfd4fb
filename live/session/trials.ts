/** Tests of the model, run beside what is shown, a little at a time, and judged as `pollux test` judges them. */
import type { Manifest, SourceRange } from '../../runtime/contract/manifest.ts';
import { beginTest } from '../../runtime/run-test.ts';
import type { TestResult, TestRun } from '../../runtime/run-test.ts';
import type { Place, TestInfo, TestState, Tests } from '../../preview/protocol.ts';
import type { SessionModel } from './model.ts';
import { inPortions } from './portions.ts';
import type { Beside } from './portions.ts';

export interface Trials extends Beside {
  readonly names: readonly string[];
  /** Whether something has changed since the last `take`. */
  news(): boolean;
  take(): Tests;
}

export function testsOf({ tests, scenarios }: Manifest): TestInfo[] {
  return tests.map(({ name, scenario, source }) => ({
    name,
    scenario: scenarios[scenario]!.name,
    source: placeOf(source),
  }));
}

/** Names that the model has no test of are passed over. */
export function createTrials({ manifest, kernel }: SessionModel, names: readonly string[]): Trials {
  const tests = manifest.tests.filter(({ name }) => names.includes(name));
  const states: TestState[] = tests.map(({ name }) => ({ name, state: 'waiting', judged: [] }));
  let run: TestRun | undefined;
  let at = 0;
  let news = true;
  const change = (state: Omit<TestState, 'name'>): void => {
    states[at] = { name: tests[at]!.name, ...state };
    news = true;
  };
  return {
    names,
    done: () => at >= tests.length,
    work: (now, limit) =>
      inPortions(now, limit, { first: 64, most: 65_536 }, (steps) => {
        if (run === undefined) {
          run = beginTest(manifest, kernel, tests[at]!);
          change({ state: 'running', judged: [] });
        }
        if (!run.work(steps)) return false;
        const result = run.result();
        run = undefined;
        change({ state: result.holds ? 'passed' : 'failed', judged: judgedOf(result) });
        at += 1;
        return at >= tests.length;
      }),
    news: () => news,
    take: () => {
      news = false;
      return { type: 'tests', tests: states.map((state) => ({ ...state })) };
    },
  };
}

function judgedOf({ requirements, trouble, end }: TestResult): TestState['judged'] {
  const judged = requirements.map(({ text, holds, kind, marginText, element, time, source }) => ({
    text,
    holds,
    margin: marginText,
    element,
    // What is said of many runs has no moment in one of them.
    time: kind === 'chance' ? null : (time ?? end),
    source: placeOf(source),
  }));
  if (trouble === undefined) return judged;
  const { message, time, source } = trouble;
  const place = source === undefined ? {} : { source: placeOf(source) };
  return [{ text: message, holds: false, margin: '', element: '', time, trouble: true, ...place }, ...judged];
}

const placeOf = ({ uri, line, column }: SourceRange): Place => ({ uri, line, column });
