/** Texts → tests run with their coverage, without a process. */
import { compile } from '../../compiler/index.ts';
import type { CheckedModel, Root, SourceText } from '../../compiler/index.ts';
import { coverableOf, writtenIn } from '../../compiler/coverable.ts';
import { measure } from '../../cli/coverage/measure.ts';
import type { Coverage } from '../../cli/coverage/measure.ts';
import { watchCoverage } from '../../runtime/coverage.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { runTest } from '../../runtime/run-test.ts';
import type { TestResult } from '../../runtime/run-test.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { checkTexts } from '../examples/example.ts';

export interface Ran {
  result: TestResult;
  hash: string;
  fingerprint: string;
}

const rootsOf = (model: CheckedModel): Root[] => [
  ...new Map(
    model.tests.map(({ scenario }) => {
      const { twin, asset } = model.scenarios.find(({ name }) => name === scenario)!;
      const root: Root = twin === undefined ? { kind: 'asset', name: asset } : { kind: 'twin', name: twin };
      return [`${root.kind} ${root.name}`, root] as const;
    }),
  ).values(),
];

/** With the coverage, or plainly. */
export function runAll(
  texts: readonly SourceText[],
  withCoverage: boolean,
): { ran: Ran[]; coverage: Coverage } {
  const { model } = checkTexts(texts);
  const textOf = (uri: string): string | undefined => texts.find((each) => each.uri === uri)?.text;
  const measured = measure(
    coverableOf(model, textOf, (uri) => textOf(uri) !== undefined),
    model,
  );
  const ran: Ran[] = [];
  for (const root of rootsOf(model)) {
    const { artefact } = compile(model, root, [], withCoverage ? writtenIn(textOf) : undefined).value!;
    const { manifest } = artefact;
    const kernel = kernelFactory(artefact);
    for (const test of manifest.tests) {
      let twin: Twin = createTwin({ manifest, kernel });
      const watching = watchCoverage(manifest, kernel, test);
      const result = runTest(manifest, withCoverage ? watching.kernel : kernel, test, {
        prepare: (made) => {
          twin = made;
          if (withCoverage) watching.prepare(made);
        },
      });
      if (withCoverage) measured.ran(manifest, test, watching.seen(), result);
      ran.push({ result, hash: twin.hash(), fingerprint: manifest.stateFingerprint });
    }
  }
  return { ran, coverage: measured.result() };
}

/** `kind name` → count by way. */
export const reached = ({ files }: Coverage): Record<string, Record<string, number>> =>
  Object.fromEntries(
    files.flatMap(({ points }) =>
      points.map(({ kind, name, place, ways }) => [
        `${kind} ${name}${kind === 'branch' ? `:${place.column}` : ''}`,
        Object.fromEntries(ways.map(({ what, count }) => [what, count])),
      ]),
    ),
  );
