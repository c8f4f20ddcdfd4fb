/** The trace of a test that fails: its run in the preview, where it fails. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { ROOTS } from '../language-server/protocol.ts';
import type { Root, RootsParams } from '../language-server/protocol.ts';
import type { PreviewPanels } from './preview-panel.ts';

const COMMAND = 'pollux.showTrace';

/** What the command is given: a file and a test's name; an item of the Test Explorer; or what stands behind a message of one. */
type Given = string | vscode.TestItem | { test: vscode.TestItem } | undefined;

export function registerTraces(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  previews: PreviewPanels,
): void {
  const show = async (given: Given, name?: string): Promise<void> => {
    const { uri, test } = testOf(given, name);
    if (uri === undefined || test === undefined) {
      void vscode.window.showInformationMessage('Choose a test in the Test Explorer first.');
      return;
    }
    const params: RootsParams = { uri: uri.toString() };
    const roots = await client.sendRequest<Root[]>(ROOTS, params);
    const found = roots.find(({ kind, name: known }) => kind === 'test' && known === test);
    if (found === undefined) {
      void vscode.window.showWarningMessage(`There is no test "${test}" in this file any more.`);
      return;
    }
    previews.go(
      { uri: uri.toString(), ...(found.subject === undefined ? {} : { root: found.subject }) },
      { test },
    );
  };
  context.subscriptions.push(vscode.commands.registerCommand(COMMAND, show));
}

function testOf(given: Given, name: string | undefined): { uri?: vscode.Uri; test?: string } {
  if (typeof given === 'string')
    return { uri: vscode.Uri.parse(given), ...(name === undefined ? {} : { test: name }) };
  const item = given !== undefined && 'test' in given ? given.test : given;
  return item?.uri === undefined || item.parent === undefined ? {} : { uri: item.uri, test: item.label };
}

/** What does not hold, with a way to where it does not. */
export function failureMessage(text: string, uri: vscode.Uri, test: string): vscode.TestMessage {
  const shown = new vscode.MarkdownString().appendText(text);
  const args = encodeURIComponent(JSON.stringify([uri.toString(), test]));
  shown.appendMarkdown(`\n\n[Show failing trace](command:${COMMAND}?${args})`);
  shown.isTrusted = { enabledCommands: [COMMAND] };
  const message = new vscode.TestMessage(shown);
  message.contextValue = 'pollux.failure';
  return message;
}
