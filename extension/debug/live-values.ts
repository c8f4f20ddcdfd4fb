import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../../debug-adapter/protocol.ts';
import type { LineNote } from '../../live/host/protocol.ts';
import { LineNotes } from './line-notes.ts';

/** Whoever runs a twin whose values can stand in its text. */
export interface Teller {
  tellOf(uris: string[]): void;
}

const SETTING = 'liveValues';

/** Values of running twins behind the lines of their texts, as they are at the cursor of the timeline. */
export class LiveValues implements vscode.Disposable {
  private readonly notes = new LineNotes();
  private readonly told = new Map<Teller, readonly LineNote[]>();
  /** Changed since the artefact that runs was made: its lines may lie elsewhere now, and the editor moves what is shown. */
  private readonly changed = new Set<string>();
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors(() => this.ask()),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document.languageId === 'twin' && contentChanges.length > 0)
          this.changed.add(document.uri.toString());
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`pollux.${SETTING}`)) this.ask();
      }),
      vscode.debug.onDidChangeActiveDebugSession(() => this.ask()),
    ];
  }

  /** A version of the text runs now. */
  loaded(teller: Teller): void {
    this.changed.clear();
    if (!this.told.has(teller)) this.told.set(teller, []);
    teller.tellOf(this.wanted());
  }

  show(teller: Teller, lines: readonly LineNote[]): void {
    this.told.set(teller, lines);
    this.draw();
  }

  remove(teller: Teller): void {
    if (this.told.delete(teller)) this.draw();
  }

  private wanted(): string[] {
    // A debugger writes its own values.
    const isOn = vscode.workspace.getConfiguration('pollux').get<boolean>(SETTING, true);
    if (!isOn || vscode.debug.activeDebugSession?.type === DEBUG_TYPE) return [];
    return vscode.window.visibleTextEditors
      .filter(({ document }) => document.languageId === 'twin')
      .map(({ document }) => document.uri.toString());
  }

  private ask(): void {
    const uris = this.wanted();
    for (const teller of this.told.keys()) {
      if (uris.length === 0) this.told.set(teller, []);
      teller.tellOf(uris);
    }
    this.draw();
  }

  private draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const uri = editor.document.uri.toString();
      if (editor.document.languageId !== 'twin' || this.changed.has(uri)) continue;
      const own = [...this.told.values()].flat().filter((line) => line.uri === uri);
      if (own.length === 0) this.notes.clear(editor);
      else this.notes.show(editor, own);
    }
  }

  dispose(): void {
    this.notes.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
