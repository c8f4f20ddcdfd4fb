import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { PreviewPanels } from '../preview-panel.ts';
import { Runs } from './runs.ts';
import { TwinStatus } from './status.ts';
import { newTwin } from './templates.ts';
import { TwinTree, subjectOf } from './tree.ts';

/** ms without a change after which the tree is asked for anew. */
const PAUSE = 500;

/** The tree of twins, the status bar and *New Twin…*: the same in every VS Code. */
export function registerExplorer(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  previews: PreviewPanels,
): void {
  const runs = new Runs(previews);
  const tree = new TwinTree(client, runs);
  const view = vscode.window.createTreeView('pollux.twins', {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refreshSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => tree.refresh(), PAUSE);
  };
  const isTwin = (document: vscode.TextDocument): boolean => document.languageId === 'twin';
  const watcher = vscode.workspace.createFileSystemWatcher('**/*.twin');
  // Actions of the tree hand over a node; the commands behind them take a file and a name.
  const forward = (name: string, command: string): vscode.Disposable =>
    vscode.commands.registerCommand(name, async (node: unknown) => {
      const subject = subjectOf(node);
      if (subject === undefined) return;
      await vscode.commands.executeCommand(command, subject.uri, subject.name, subject.kind);
    });
  context.subscriptions.push(
    ...[runs, tree, view, watcher, new TwinStatus(runs)],
    { dispose: () => clearTimeout(timer) },
    runs.onDidChange(refreshSoon),
    vscode.workspace.onDidOpenTextDocument((document) => isTwin(document) && refreshSoon()),
    vscode.workspace.onDidCloseTextDocument((document) => isTwin(document) && refreshSoon()),
    vscode.workspace.onDidChangeTextDocument(({ document }) => isTwin(document) && refreshSoon()),
    // The server says what it found after it has read a folder.
    vscode.languages.onDidChangeDiagnostics(refreshSoon),
    watcher.onDidCreate(refreshSoon),
    watcher.onDidDelete(refreshSoon),
    vscode.commands.registerCommand('pollux.newTwin', () => newTwin(context)),
    vscode.commands.registerCommand('pollux.explorer.refresh', () => tree.refresh()),
    forward('pollux.explorer.preview', 'pollux.preview'),
    forward('pollux.explorer.run', 'pollux.run'),
    forward('pollux.explorer.debug', 'pollux.debug'),
    forward('pollux.explorer.test', 'pollux.test'),
    forward('pollux.explorer.experiment', 'pollux.experiment'),
    forward('pollux.explorer.calibrate', 'pollux.calibrate'),
  );
}
