/** Two versions → requirements that pass on one side only, are on one side only, or whose margin moved. */
import type { Artefact } from '../runtime/contract/manifest.ts';
import { testRuns, together } from './asked-runs.ts';
import type { Asking } from './asked-runs.ts';
import { USUAL_TOLERANCE } from './behaviour.ts';
import type { NameMap, Tolerance } from './behaviour.ts';
import type { Promised } from './strength.ts';
import type { TestOutcome } from './trace.ts';

export interface TestDifference {
  root: string;
  /** In full, as the version before calls it; a test that is new, as the version after does. */
  scenario: string;
  test: string;
  requirement: string;
  /** What it was, where it is written otherwise and is not the same: with the names of the version after. */
  replaces?: { requirement: string; strength: 'stronger' | 'weaker' | 'another' };
  /** Its whole test is in one version alone. */
  whole?: true;
  before: { holds: boolean; margin: string; value: number | null } | undefined;
  after: { holds: boolean; margin: string; value: number | null } | undefined;
}

/** By scenario, test and text. */
export function* compareTests(
  root: string,
  before: Artefact,
  after: Artefact,
  /** Requirements of the version before as they are written with the names of the version after. */
  rewritten: NameMap = (text) => text,
  tolerance = USUAL_TOLERANCE,
  /** What a scenario of the version before is called in the version after. */
  renamed: NameMap = (name) => name,
  /** What a test of the version before is called in the version after. */
  titled: NameMap = (name) => name,
  /** What requirements of the version before have become. */
  promised: readonly Promised[] = [],
): Asking<TestDifference[]> {
  const same: NameMap = (text) => text;
  const scenarios = new Map(before.manifest.scenarios.map(({ name }) => [renamed(name), name]));
  const results = (
    outcomes: readonly TestOutcome[],
    write: NameMap,
    called: NameMap,
    title: NameMap,
  ): Map<string, NonNullable<TestDifference['before']>> =>
    new Map(
      outcomes.flatMap(({ name, scenario, requirements }) =>
        requirements.map(
          ({ text, holds, margin, marginText }) =>
            [
              `${called(scenario)}\n${title(name)}\n${write(text)}`,
              { holds, margin: marginText, value: margin },
            ] as const,
        ),
      ),
    );
  const [was, is] = yield* together([testRuns(before), testRuns(after)]);
  const [a, b] = [results(was!, rewritten, renamed, titled), results(is!, same, same, same)];
  const testsIn = (keys: Iterable<string>): Set<string> =>
    new Set([...keys].map((key) => key.slice(0, key.lastIndexOf('\n'))));
  // Of a run that stops now, nothing that holds so far says anything.
  const stopped = new Set(
    is!.filter(({ trouble }) => trouble !== undefined).map(({ scenario, name }) => `${scenario}\n${name}`),
  );
  const [had, has] = [testsIn(a.keys()), testsIn(b.keys())];
  const replaced = new Map<string, NonNullable<TestDifference['replaces']>>();
  for (const { scenario, test, old, now, strength } of promised) {
    const [from, to] = [`${scenario}\n${test}\n${rewritten(old)}`, `${scenario}\n${test}\n${now}`];
    const outcome = a.get(from);
    if (from === to || outcome === undefined || !b.has(to) || a.has(to)) continue;
    a.delete(from);
    a.set(to, outcome);
    if (strength !== 'same')
      replaced.set(to, { requirement: rewritten(old), strength: strength ?? 'another' });
  }
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((key) => {
    const replaces = replaced.get(key);
    const [scenario = '', test = '', requirement = ''] = key.split('\n');
    const [x, y] = [a.get(key), b.get(key)];
    if (x?.holds === true && y?.holds === true && stopped.has(`${scenario}\n${test}`)) return [];
    if (
      replaces === undefined &&
      x !== undefined &&
      y !== undefined &&
      x.holds === y.holds &&
      (isNear(x.value, y.value, tolerance) || (isAtBound(x) && isAtBound(y)))
    )
      return [];
    return [
      {
        root,
        scenario: scenarios.get(scenario) ?? scenario,
        test,
        requirement,
        ...(replaces === undefined ? {} : { replaces }),
        ...(had.has(`${scenario}\n${test}`) && has.has(`${scenario}\n${test}`)
          ? {}
          : { whole: true as const }),
        before: x,
        after: y,
      },
    ];
  });
}

const isNear = (a: number | null, b: number | null, { relative }: Tolerance): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= relative * Math.max(Math.abs(a), Math.abs(b)));

/** Of the unit in which a margin is shown: what is nearer than that lies at the bound, and how near is a matter of rounding. */
const AT_BOUND = 1e-6;
const isAtBound = ({ margin }: { margin: string }): boolean => Math.abs(Number.parseFloat(margin)) < AT_BOUND;
