/** What of the walkthrough has been done: its check marks stand for what happened, not for a button that was pressed. */
import * as vscode from 'vscode';

/** Steps of `walkthroughs` in package.json that wait for a context key, `pollux.done.STEP`. */
export type FirstStep = 'choose' | 'preview' | 'write' | 'test';

export function done(step: FirstStep): void {
  void vscode.commands.executeCommand('setContext', `pollux.done.${step}`, true);
}

/** The step *Change it* is done by any change of a twin's text. */
export function registerFirstSteps(context: vscode.ExtensionContext): void {
  const changes = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (document.languageId !== 'twin' || contentChanges.length === 0) return;
    done('write');
    changes.dispose();
  });
  context.subscriptions.push(changes);
}
