/** Two versions → requirements that pass on one side only, are on one side only, or whose margin moved. */
import type { Artefact } from '../runtime/contract/manifest.ts';
import { USUAL_TOLERANCE } from './behaviour.ts';
import type { NameMap, Tolerance } from './behaviour.ts';
import { outcomesOfTests } from './trace.ts';
import type { TestOutcome } from './trace.ts';

export interface TestDifference {
  root: string;
  /** In full, as the version before calls it; a test that is new, as the version after does. */
  scenario: string;
  test: string;
  requirement: string;
  before: { holds: boolean; margin: string; value: number | null } | undefined;
  after: { holds: boolean; margin: string; value: number | null } | undefined;
}

/** By scenario, test and text. */
export function compareTests(
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
): TestDifference[] {
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
  const [a, b] = [
    results(outcomesOfTests(before), rewritten, renamed, titled),
    results(outcomesOfTests(after), same, same, same),
  ];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((key) => {
    const [scenario = '', test = '', requirement = ''] = key.split('\n');
    const [x, y] = [a.get(key), b.get(key)];
    if (x !== undefined && y !== undefined && x.holds === y.holds && isNear(x.value, y.value, tolerance))
      return [];
    return [{ root, scenario: scenarios.get(scenario) ?? scenario, test, requirement, before: x, after: y }];
  });
}

const isNear = (a: number | null, b: number | null, { relative }: Tolerance): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= relative * Math.max(Math.abs(a), Math.abs(b)));
