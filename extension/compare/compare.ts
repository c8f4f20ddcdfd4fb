/**
 * Compare Twin with…: the file as it is against a revision, another file or a folder. The text diff, the report beside it, both
 * runs in the preview, and marks in the text where something changed.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { PreviewPanels } from '../preview-panel.ts';
import { chooseBase } from './choose.ts';
import type { Base } from './choose.ts';
import { ChangeMarks } from './marks.ts';
import type { Before, Review } from './review.ts';
import { ReportPanel } from './report.ts';
import { runDiff } from './run.ts';

const SCHEME = 'pollux-before';

export function registerCompare(
  context: vscode.ExtensionContext,
  previews: PreviewPanels,
  output: vscode.LogOutputChannel,
): void {
  // A VS Code in a browser alone has neither git nor processes.
  void vscode.commands.executeCommand('setContext', 'pollux.hasProcesses', true);
  const marks = new ChangeMarks();
  const report = new ReportPanel();
  const texts = new Map<string, string>();
  context.subscriptions.push(
    marks,
    report,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: ({ path }) => texts.get(path) ?? '',
    }),
    vscode.commands.registerCommand('pollux.compare', async (given?: vscode.Uri | string) => {
      const uri = typeof given === 'string' ? vscode.Uri.parse(given) : (given ?? activeTwin());
      if (uri?.scheme !== 'file') {
        void vscode.window.showInformationMessage('Open a .twin file first.');
        return;
      }
      if (!vscode.workspace.isTrusted) {
        void vscode.window.showWarningMessage('Pollux runs twins in trusted workspaces only.');
        return;
      }
      const base = await chooseBase(uri);
      if (base === undefined) return;
      await vscode.workspace.saveAll(false);
      await compareWith(uri, base);
    }),
    vscode.commands.registerCommand('pollux.endComparison', () => {
      marks.clear();
      report.close();
      previews.endComparison();
    }),
  );

  async function compareWith(uri: vscode.Uri, base: Base): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'pollux-compare-'));
    try {
      const words = [...base.words, ...(base.whole ? [dirname(uri.fsPath)] : [uri.fsPath])];
      const refusal = await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: `Comparing with ${base.label}`,
          cancellable: true,
        },
        (progress, cancelled) =>
          runDiff(words, folder, dirname(uri.fsPath), cancelled, (message) => progress.report({ message })),
      );
      if (refusal === 'cancelled') return;
      if (refusal !== undefined) {
        output.error(refusal);
        const said = refusal.split('\n')[0]!.replace(/^pollux: /, '');
        const choice = await vscode.window.showErrorMessage(
          `The twins cannot be compared: ${said}`,
          'Show Output',
        );
        if (choice !== undefined) output.show();
        return;
      }
      const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
      const review = JSON.parse(await read('report/review.json')) as Review;
      const before = JSON.parse(await read('before.json')) as Before;
      await show(uri, base, review, before, await read('report/review.html'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async function show(
    uri: vscode.Uri,
    base: Base,
    review: Review,
    before: Before,
    html: string,
  ): Promise<void> {
    const name = basename(uri.fsPath);
    const old =
      before.texts.find((each) => each.uri === uri.toString()) ??
      before.texts.find((each) => each.uri.endsWith(`/${encodeURIComponent(name)}`));
    const path = `/${base.label.replaceAll(/[^\w.~^-]+/g, '_')}/${name}`;
    texts.set(path, old?.text ?? '');
    await vscode.commands.executeCommand(
      'vscode.diff',
      vscode.Uri.from({ scheme: SCHEME, path }),
      uri,
      `${name} (${base.label} ↔ now)`,
      { viewColumn: vscode.ViewColumn.One, preserveFocus: false },
    );
    marks.show(review);
    const program = before.programs.find(({ kind }) => kind === 'twin') ?? before.programs[0];
    if (program !== undefined) {
      const { manifest, wasmBase64 } = program;
      previews.compare(
        { uri: uri.toString(), root: program.name },
        { label: base.label, manifest, wasmBase64 },
      );
    }
    report.show(`Compared with ${base.label}`, html);
  }
}

function activeTwin(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === 'twin' ? document.uri : undefined;
}
