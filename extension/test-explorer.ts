import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { TestOutcome } from '../debug-adapter/protocol.ts';
import { ROOTS } from '../language-server/protocol.ts';
import type { Root, RootsParams } from '../language-server/protocol.ts';
import { PASSED_OVER } from './current-twin.ts';
import { FileOfRun, RunCoverage } from './coverage.ts';
import { addDebugProfile } from './debug/test-profile.ts';
import { done } from './first-steps.ts';
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

/** Files of a workspace whose tests are listed without being opened. */
const MOST_FILES = 2000;

/** Every `test` of the workspace in the Test Explorer, and of files that are open from elsewhere. */
export function registerTests(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  output: vscode.LogOutputChannel,
  runner: TestRunner,
): void {
  const controller = vscode.tests.createTestController('pollux', 'Pollux');
  context.subscriptions.push(controller);

  const discover = async (place: vscode.Uri): Promise<void> => {
    if (!runner.reads(place)) return;
    const uri = place.toString();
    const params: RootsParams = { uri };
    const tests = (await client.sendRequest<Root[]>(ROOTS, params)).filter(({ kind }) => kind === 'test');
    const file =
      controller.items.get(uri) ??
      controller.createTestItem(uri, vscode.workspace.asRelativePath(place), place);
    file.children.replace(
      tests.map((test) => {
        const item = controller.createTestItem(`${uri}#${test.name}`, test.name, place);
        item.range = rangeOf(test.range);
        item.description = `on ${test.scenario?.split('.').at(-1) ?? ''}`;
        return item;
      }),
    );
    if (tests.length === 0) controller.items.delete(uri);
    else controller.items.add(file);
  };
  const refresh = async (place: vscode.Uri): Promise<void> => {
    try {
      // The server may not have heard of a new file yet: what is opened it knows.
      await discover(place).catch(async () => {
        await vscode.workspace.openTextDocument(place);
        await discover(place);
      });
    } catch (error) {
      output.warn(`Tests of ${place.path}: ${String(error)}`);
    }
  };
  const opened = (document: vscode.TextDocument): void => {
    if (document.languageId === 'twin') void refresh(document.uri);
  };
  /** The folders are read when somebody looks at tests, and followed from then on. */
  let isRead = false;
  const readAll = async (): Promise<void> => {
    isRead = true;
    const found = await vscode.workspace.findFiles('**/*.twin', PASSED_OVER, MOST_FILES);
    const there = new Set(found.map(String));
    for (const [uri, item] of controller.items)
      if (!there.has(uri) && (await isGone(item.uri))) controller.items.delete(uri);
    for (const place of found) await refresh(place);
  };
  controller.resolveHandler = async (item) => {
    if (item === undefined) await readAll();
  };
  controller.refreshHandler = readAll;
  vscode.workspace.textDocuments.forEach(opened);
  const watcher = vscode.workspace.createFileSystemWatcher('**/*.twin');
  const written = (place: vscode.Uri): void => {
    if (isRead || controller.items.get(place.toString()) !== undefined) void refresh(place);
  };
  context.subscriptions.push(
    watcher,
    vscode.workspace.onDidOpenTextDocument(opened),
    vscode.workspace.onDidSaveTextDocument(opened),
    watcher.onDidCreate(written),
    watcher.onDidChange(written),
    watcher.onDidDelete((place) => controller.items.delete(place.toString())),
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
          // Tests that were stopped are no tests that failed.
          if (cancellation.isCancellationRequested) for (const test of tests) run.skipped(test);
          else for (const test of tests) run.errored(test, new vscode.TestMessage(String(error)));
        }
      }
      coverage?.show(run);
      run.end();
      done('test');
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

const isGone = (place: vscode.Uri | undefined): Promise<boolean> =>
  place === undefined
    ? Promise.resolve(true)
    : Promise.resolve(vscode.workspace.fs.stat(place)).then(
        () => false,
        () => true,
      );

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
