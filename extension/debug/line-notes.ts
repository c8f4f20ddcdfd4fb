import * as vscode from 'vscode';

/** Something to say behind a line. */
export interface LineNote {
  /** From one: first and last line of what it is about. */
  line: number;
  endLine: number;
  text: string;
  /** The mode that is active: its own line is marked. */
  mode?: string;
  /** Something happens on this line; `now`: nothing has since. */
  fired?: 'earlier' | 'now';
}

/** Values behind lines, the active mode and what fired, as decorations of editors. */
export class LineNotes implements vscode.Disposable {
  private readonly value = vscode.window.createTextEditorDecorationType({
    after: {
      margin: '0 0 0 3ch',
      // VS Code's own colour for it lacks contrast on its background.
      color: new vscode.ThemeColor('editor.foreground'),
      backgroundColor: new vscode.ThemeColor('editor.inlineValuesBackground'),
    },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.infoForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
  });

  /** `withValues` false: only marks, as something else writes the values. */
  show(editor: vscode.TextEditor, notes: readonly LineNote[], withValues = true): void {
    const { document } = editor;
    const texts = new Map<number, string[]>();
    const marks: vscode.Range[] = [];
    for (const note of notes) {
      const line = note.mode === undefined ? note.line - 1 : modeLine(document, note);
      if (line < 0 || line >= document.lineCount) continue;
      if (note.mode !== undefined || note.fired === 'now') marks.push(document.lineAt(line).range);
      if (withValues || note.fired !== undefined || note.mode !== undefined)
        texts.set(line, [...(texts.get(line) ?? []), note.mode === undefined ? note.text : 'active']);
    }
    editor.setDecorations(
      this.value,
      [...texts].map(([line, parts]) => {
        const end = document.lineAt(line).range.end;
        return {
          range: new vscode.Range(end, end),
          renderOptions: { after: { contentText: ` ${parts.join(', ').replaceAll(' ', '\u00a0')} ` } },
        };
      }),
    );
    editor.setDecorations(this.mark, marks);
  }

  clear(editor: vscode.TextEditor): void {
    editor.setDecorations(this.value, []);
    editor.setDecorations(this.mark, []);
  }

  dispose(): void {
    this.value.dispose();
    this.mark.dispose();
  }
}

/** The line on which the active mode is declared, or else that of all modes. */
function modeLine(document: vscode.TextDocument, { line, endLine, mode = '' }: LineNote): number {
  const begins = new RegExp(`^\\s*(initial\\s+)?${mode}\\b`);
  for (let at = line; at < Math.min(endLine, document.lineCount); at += 1)
    if (begins.test(document.lineAt(at).text)) return at;
  return line - 1;
}
