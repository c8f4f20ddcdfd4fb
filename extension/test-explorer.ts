import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { TestOutcome } from '../debug-adapter/protocol.ts';
import { ROOTS } from '../language-server/protocol.ts';
import type { Root, RootsParams } from '../language-server/protocol.ts';
import { FileOfRun, RunCoverage } from './coverage.ts';
import { addDebugProfile } from './debug/test-profile.ts';
import { failureMessage } from './traces.ts';

export interface TestRunner {
  /** Runs the tests of a file, as it is saved; all of them, or those that are named. */
  run(
    uri: vscode.Uri,
    names: readonly string[],
    coverage: RunCoverage | undefined,
    cancellation: vscode.CancellationToken,
  ): Promise<TestOutcome[]>;
  /** Whether it can say what was covered. */
  readonly covers: boolean;
  /** Of files that it can read. */
  reads(uri: vscode.Uri): boolean;
}

/** Every `test` of open files in the Test Explorer. */
export function registerTests(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  output: vscode.LogOutputChannel,
  runner: TestRunner,
): void {
  const controller = vscode.tests.createTestController('pollux', 'Pollux');
  context.subscriptions.push(controller);

  const discover = async (document: vscode.TextDocument): Promise<void> => {
    if (document.languageId !== 'twin' || !runner.reads(document.uri)) return;
    const uri = document.uri.toString();
    const params: RootsParams = { uri };
    const tests = (await client.sendRequest<Root[]>(ROOTS, params)).filter(({ kind }) => kind === 'test');
    const file =
      controller.items.get(uri) ??
      controller.createTestItem(uri, vscode.workspace.asRelativePath(document.uri), document.uri);
    file.children.replace(
      tests.map((test) => {
        const item = controller.createTestItem(`${uri}#${test.name}`, test.name, document.uri);
        item.range = rangeOf(test.range);
        item.description = `on ${test.scenario?.split('.').at(-1) ?? ''}`;
        return item;
      }),
    );
    if (tests.length === 0) controller.items.delete(uri);
    else controller.items.add(file);
  };
  const refresh = (document: vscode.TextDocument): void => {
    discover(document).catch((error: unknown) =>
      output.warn(`Tests of ${document.uri.path}: ${String(error)}`),
    );
  };
  vscode.workspace.textDocuments.forEach(refresh);
  context.subscriptions.push(
    vscode.workspace.onDidOpenTextDocument(refresh),
    vscode.workspace.onDidSaveTextDocument(refresh),
  );

  const runTests =
    (withCoverage: boolean) =>
    async (request: vscode.TestRunRequest, cancellation: vscode.CancellationToken): Promise<void> => {
      const coverage = withCoverage ? new RunCoverage() : undefined;
      const run = controller.createTestRun(request);
      const wanted = request.include ?? [...controller.items].map(([, item]) => item);
      const files = new Map<string, vscode.TestItem[]>();
      for (const item of wanted) {
        const isFile = item.parent === undefined;
        const tests = isFile ? [...item.children].map(([, child]) => child) : [item];
        const key = (item.parent ?? item).id;
        files.set(key, [
          ...(files.get(key) ?? []),
          ...tests.filter((test) => !(request.exclude ?? []).includes(test)),
        ]);
      }
      for (const [uri, tests] of files) {
        if (cancellation.isCancellationRequested) break;
        for (const test of tests) run.started(test);
        try {
          const names = tests.length === 1 ? [tests[0]!.label] : [];
          const outcomes = await runner.run(vscode.Uri.parse(uri), names, coverage, cancellation);
          for (const test of tests)
            show(
              run,
              test,
              outcomes.find((outcome) => outcome.name === test.label),
            );
        } catch (error) {
          for (const test of tests) run.errored(test, new vscode.TestMessage(String(error)));
        }
      }
      coverage?.show(run);
      run.end();
    };
  controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, runTests(false), true);
  addDebugProfile(controller);
  if (!runner.covers) return;
  controller.createRunProfile(
    'Run with Coverage',
    vscode.TestRunProfileKind.Coverage,
    runTests(true),
    true,
  ).loadDetailedCoverage = async (_run, file) => (file instanceof FileOfRun ? file.details : []);
}

function show(run: vscode.TestRun, test: vscode.TestItem, outcome: TestOutcome | undefined): void {
  if (outcome === undefined) {
    run.errored(test, new vscode.TestMessage('This test was not found in the saved file.'));
    return;
  }
  if (outcome.passed) {
    run.passed(test, outcome.seconds * 1000);
    return;
  }
  const messages = outcome.requirements
    .filter(({ holds }) => !holds)
    .map(({ message, line, column }) => {
      if (test.uri === undefined) return new vscode.TestMessage(message);
      const text = failureMessage(message, test.uri, test.label);
      text.location = new vscode.Location(test.uri, new vscode.Position(line - 1, column - 1));
      return text;
    });
  run.failed(test, messages, outcome.seconds * 1000);
}

const rangeOf = ({ start, end }: Root['range']): vscode.Range =>
  new vscode.Range(start.line, start.character, end.line, end.character);
