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
  if (edit.size > 0) await vscode.workspace.applyEdit(edit);
  if (left.length > 0)
    void vscode.window.showWarningMessage(
      `Not written: ${left.map(({ id, why }) => `${id} (${why})`).join(', ')}.`,
    );
}
