import * as vscode from 'vscode';
import { DEBUG_TYPE, LINE_VALUES } from '../../debug-adapter/protocol.ts';
import type { LineValuesArguments, LineValuesResponse } from '../../debug-adapter/protocol.ts';
import { frameOf } from './commands.ts';
import { LineNotes } from './line-notes.ts';
import { programPath } from './program-path.ts';

/** Values at the moment at which the run stands: in the stack frame's own file by the editor, in others as decorations. */
export function registerInlineValues(context: vscode.ExtensionContext): void {
  const notes = new LineNotes();
  const ask = async (
    session: vscode.DebugSession,
    document: vscode.TextDocument,
    frameId: number | undefined,
  ): Promise<LineValuesResponse['lines']> => {
    const args: LineValuesArguments = {
      path: programPath(document.uri),
      ...(frameId === undefined ? {} : { frameId }),
    };
    try {
      return ((await session.customRequest(LINE_VALUES, args)) as LineValuesResponse).lines;
    } catch {
      // The run went on in the meantime; the next stop asks again.
      return [];
    }
  };
  const isWanted = (): boolean =>
    vscode.workspace.getConfiguration('debug').get<string>('inlineValues', 'auto') !== 'off';

  const refresh = async (): Promise<void> => {
    const session = vscode.debug.activeDebugSession;
    const item = vscode.debug.activeStackItem;
    const frame = session === undefined ? undefined : frameOf(session);
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      if (document.languageId !== 'twin') continue;
      if (session?.type !== DEBUG_TYPE || item === undefined || !isWanted()) {
        notes.clear(editor);
        continue;
      }
      const lines = await ask(session, document, frame);
      notes.show(editor, lines, editor !== vscode.window.activeTextEditor);
    }
  };
  const again = (): void => void refresh();

  context.subscriptions.push(
    notes,
    vscode.languages.registerInlineValuesProvider(
      { language: 'twin' },
      {
        async provideInlineValues(document, _viewPort, { frameId }) {
          const session = vscode.debug.activeDebugSession;
          if (session?.type !== DEBUG_TYPE) return [];
          const lines = await ask(session, document, frameId);
          return lines
            .filter(({ fired, mode }) => fired === undefined && mode === undefined)
            .map(({ line, text }) => {
              const { range } = document.lineAt(Math.min(line, document.lineCount) - 1);
              return new vscode.InlineValueText(range, text);
            });
        },
      },
    ),
    vscode.debug.onDidChangeActiveStackItem(again),
    vscode.debug.onDidChangeActiveDebugSession(again),
    vscode.debug.onDidTerminateDebugSession(again),
    vscode.window.onDidChangeVisibleTextEditors(again),
  );
}
