import * as vscode from 'vscode';
import { DEBUG_TYPE, VERDICT } from '../../debug-adapter/protocol.ts';
import type { Verdict } from '../../debug-adapter/protocol.ts';
import { failureMessage } from '../traces.ts';
import { configurationOf } from './configurations.ts';

/** Debug, beside Run, of each test: its scenario under the debugger, which stops where a requirement fails. */
export function addDebugProfile(controller: vscode.TestController): void {
  controller.createRunProfile('Debug', vscode.TestRunProfileKind.Debug, async (request, cancellation) => {
    const run = controller.createTestRun(request);
    const wanted = (request.include ?? [...controller.items].map(([, item]) => item)).flatMap((item) =>
      item.parent === undefined ? [...item.children].map(([, child]) => child) : [item],
    );
    for (const test of wanted) {
      if (cancellation.isCancellationRequested || test.uri === undefined) break;
      if (request.exclude?.includes(test) === true) continue;
      run.started(test);
      const verdict = await debugged(test.uri, test.label, run, cancellation);
      if (verdict === undefined) run.skipped(test);
      else if (verdict.passed) run.passed(test);
      else
        run.failed(
          test,
          verdict.failures.map(({ message, line, column }) => {
            const text = failureMessage(message, test.uri!, test.label);
            text.location = new vscode.Location(test.uri!, new vscode.Position(line - 1, column - 1));
            return text;
          }),
        );
    }
    run.end();
  });
}

/** The verdict; undefined where the session ended before the run did. */
async function debugged(
  uri: vscode.Uri,
  name: string,
  testRun: vscode.TestRun,
  cancellation: vscode.CancellationToken,
): Promise<Verdict | undefined> {
  const configuration = configurationOf(uri, { kind: 'test', name, label: name });
  let verdict: Verdict | undefined;
  const isOurs = (session: vscode.DebugSession): boolean =>
    session.type === DEBUG_TYPE && session.configuration['test'] === name;
  const heard = vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
    if (isOurs(session) && event === VERDICT) verdict = body as Verdict;
  });
  try {
    await new Promise<void>((resolve) => {
      const over = vscode.debug.onDidTerminateDebugSession((session) => {
        if (!isOurs(session)) return;
        over.dispose();
        resolve();
      });
      cancellation.onCancellationRequested(() => void vscode.debug.stopDebugging());
      vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(uri), configuration, { testRun }).then(
        (started) => {
          if (started) return;
          over.dispose();
          resolve();
        },
        () => resolve(),
      );
    });
  } finally {
    heard.dispose();
  }
  return verdict;
}
