/** The status bar: which twin is looked at, whether it runs, and what was found in its text. */
import * as vscode from 'vscode';
import type { Runs } from './runs.ts';

export class TwinStatus implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly runs: Runs;
  private readonly subscriptions: vscode.Disposable[];

  constructor(runs: Runs) {
    this.runs = runs;
    this.item = vscode.window.createStatusBarItem('pollux.status', vscode.StatusBarAlignment.Left, 10);
    this.item.name = 'Pollux';
    this.subscriptions = [
      this.item,
      runs.onDidChange(() => this.show()),
      vscode.window.onDidChangeActiveTextEditor(() => this.show()),
      vscode.languages.onDidChangeDiagnostics(() => this.show()),
    ];
    this.show();
  }

  private show(): void {
    const { item } = this;
    const uri = this.uri();
    if (uri === undefined) {
      item.hide();
      return;
    }
    const found = vscode.languages.getDiagnostics(uri);
    const count = (wanted: vscode.DiagnosticSeverity): number =>
      found.filter(({ severity }) => severity === wanted).length;
    const errors = count(vscode.DiagnosticSeverity.Error);
    const warnings = count(vscode.DiagnosticSeverity.Warning);
    const hints = found.length - errors - warnings;
    const run = this.runs.open.find((each) => each.uri === uri.toString());
    const name =
      run?.name ??
      uri.path
        .split('/')
        .at(-1)!
        .replace(/\.twin$/, '');
    const state = run === undefined ? 'not running' : run.state;
    const findings =
      [
        ...(errors > 0 ? [counted(errors, 'error')] : []),
        ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
        ...(hints > 0 ? [counted(hints, 'hint')] : []),
      ].join(', ') || 'no findings';
    item.text = `$(${run?.state === 'playing' ? 'pulse' : 'broadcast'}) ${name}: ${state}, ${findings}`;
    item.tooltip = `Pollux: ${name} is ${state}; ${findings} in ${vscode.workspace.asRelativePath(uri)}.`;
    item.command =
      found.length > 0
        ? { command: 'workbench.actions.view.problems', title: 'Show Problems' }
        : { command: 'pollux.preview', title: 'Open Preview', arguments: [uri.toString(), run?.root] };
    item.accessibilityInformation = { label: `Pollux: ${name} ${state}, ${findings}` };
    item.show();
  }

  /** The twin that is edited, or else the one that is watched. */
  private uri(): vscode.Uri | undefined {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId === 'twin') return document.uri;
    const [open] = this.runs.open;
    return open === undefined ? undefined : vscode.Uri.parse(open.uri);
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
