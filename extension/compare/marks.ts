/** What changed, in the text itself: a bar in the gutter and the overview ruler, and behind the line what it was and what it moves. */
import * as vscode from 'vscode';
import type { Change, Review } from './review.ts';

type Kind = 'added' | 'changed' | 'moves';
const COLORS: Record<Kind, { ruler: string; bar: string }> = {
  added: { ruler: 'editorOverviewRuler.addedForeground', bar: '#2ea043' },
  changed: { ruler: 'editorOverviewRuler.modifiedForeground', bar: '#0078d4' },
  // Behaviour is another because of it.
  moves: { ruler: 'editorOverviewRuler.warningForeground', bar: '#d18616' },
};
const LONGEST = 80;

export class ChangeMarks implements vscode.Disposable {
  private review: Review | undefined;
  private readonly types = new Map(
    (Object.keys(COLORS) as Kind[]).map((kind) => [kind, decorationType(kind)] as const),
  );
  private readonly opened = vscode.window.onDidChangeVisibleTextEditors(() => this.draw());

  show(review: Review): void {
    this.review = review;
    this.draw();
  }

  clear(): void {
    this.review = undefined;
    this.draw();
  }

  dispose(): void {
    this.opened.dispose();
    for (const type of this.types.values()) type.dispose();
  }

  private draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document.languageId !== 'twin') continue;
      const uri = editor.document.uri.toString();
      const found = new Map<Kind, vscode.DecorationOptions[]>(
        [...this.types.keys()].map((kind) => [kind, []]),
      );
      this.review?.changes.forEach((change, at) => {
        const { newSource } = change;
        if (newSource === undefined || !isSame(newSource.uri, uri)) return;
        const moves = movedBy(this.review!, at);
        const kind: Kind = moves.length > 0 ? 'moves' : change.kind === 'added' ? 'added' : 'changed';
        // An asset that is renamed is marked where it is named.
        const last = Math.min(newSource.endLine, newSource.line + 30);
        const range = editor.document.validateRange(
          new vscode.Range(newSource.line - 1, 0, (change.kind === 'renamed' ? newSource.line : last) - 1, 0),
        );
        found.get(kind)!.push({
          range,
          hoverMessage: hover(change, moves),
        });
        const end = editor.document.lineAt(range.start.line).range.end;
        found.get(kind)!.push({
          range: new vscode.Range(end, end),
          renderOptions: {
            after: {
              contentText: behind(change, moves),
              color: new vscode.ThemeColor('editorCodeLens.foreground'),
              margin: '0 0 0 2em',
            },
          },
        });
      });
      for (const [kind, type] of this.types) editor.setDecorations(type, found.get(kind)!);
    }
  }
}

const isSame = (a: string, b: string): boolean =>
  a === b || vscode.Uri.parse(a).toString() === vscode.Uri.parse(b).toString();

function movedBy({ causes, behaviour }: Review, change: number): string[] {
  const titles = new Map(behaviour.scenarios.map(({ scenario, title }) => [scenario, title]));
  return causes
    .filter(({ changes }) => changes.includes(change))
    .map(({ scenario, effects }) => {
      const more = effects.length > 3 ? ` and ${effects.length - 3} more` : '';
      return `${effects.slice(0, 3).join(', ')}${more} in ${titles.get(scenario) ?? scenario}`;
    });
}

function behind({ kind, text, before }: Change, moves: readonly string[]): string {
  const what = kind === 'added' ? 'new' : kind === 'renamed' ? `was ${before}` : text;
  const short = what.length > LONGEST ? `${what.slice(0, LONGEST)}…` : what;
  if (moves.length === 0) return short;
  return `${short}   moves ${moves[0]}${moves.length > 1 ? ` (${moves.length} runs)` : ''}`;
}

function hover({ kind, subject, path, oldText }: Change, moves: readonly string[]): vscode.MarkdownString {
  const message = new vscode.MarkdownString();
  message.appendMarkdown(`**${kind}** ${subject} `).appendText(path);
  if (oldText !== undefined) message.appendCodeblock(oldText, 'twin');
  for (const each of moves) message.appendMarkdown('\n\nmoves ').appendText(each);
  return message;
}

function decorationType(kind: Kind): vscode.TextEditorDecorationType {
  const { ruler, bar } = COLORS[kind];
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><rect x="6" width="4" height="16" rx="1" fill="${bar}"/></svg>`;
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    overviewRulerColor: new vscode.ThemeColor(ruler),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    gutterIconPath: vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(picture).toString('base64')}`),
    gutterIconSize: 'contain',
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}
