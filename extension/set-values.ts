/** Values that were tried out or fitted, written where the text gives them. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { SET_VALUES } from '../language-server/protocol.ts';
import type { SetValuesParams, SetValuesResult } from '../language-server/protocol.ts';

/** As an edit that can be undone; what runs follows as after any other. */
export async function writeValues(client: BaseLanguageClient, params: SetValuesParams): Promise<void> {
  const { changes, left } = await client.sendRequest<SetValuesResult>(SET_VALUES, params);
  const edit = new vscode.WorkspaceEdit();
  for (const [uri, edits] of Object.entries(changes))
    edit.set(
      vscode.Uri.parse(uri),
      edits.map(({ range: { start, end }, newText }) =>
        vscode.TextEdit.replace(
          new vscode.Range(start.line, start.character, end.line, end.character),
          newText,
        ),
      ),
    );
  const documents = await Promise.all(
    edit.entries().map(async ([uri]) => vscode.workspace.openTextDocument(uri)),
  );
  const texts = documents.map((document) => document.getText());
  if (edit.size > 0) await vscode.workspace.applyEdit(edit);
  const kept = await Promise.all(documents.map((document, at) => isKept(document, texts[at]!)));
  const lost = documents.filter((_, at) => !kept[at]);
  if (lost.length > 0) {
    const back = new vscode.WorkspaceEdit();
    documents.forEach((document, at) => {
      const whole = new vscode.Range(0, 0, document.lineCount, 0);
      if (!kept[at] && document.getText() !== texts[at]) back.replace(document.uri, whole, texts[at]!);
    });
    if (back.size > 0) await vscode.workspace.applyEdit(back);
    const names = lost.map(({ uri }) => vscode.workspace.asRelativePath(uri)).join(', ');
    void vscode.window.showErrorMessage(
      `Not written: ${names} is read-only. The values stay as they are in the panel.`,
    );
  }
  if (left.length > 0)
    void vscode.window.showWarningMessage(
      `Not written: ${left.map(({ id, why }) => `${id} (${why})`).join(', ')}.`,
    );
}

/** ms in which the editor says that a text has to be saved. */
const SAID_WITHIN = 1000;

/**
 * Whether an edit is there to stay. The editor also edits what is read-only, but has nothing to save then, and the edit is gone as soon as the text
 * is closed; it does not say which texts are read-only.
 */
async function isKept(document: vscode.TextDocument, before: string): Promise<boolean> {
  if (document.getText() === before) return false;
  for (const end = Date.now() + SAID_WITHIN; Date.now() < end;) {
    if (document.isDirty) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // It may have been saved already.
  const bytes = await vscode.workspace.fs.readFile(document.uri);
  return new TextDecoder().decode(bytes).replace(/^\uFEFF/, '') === document.getText();
}
