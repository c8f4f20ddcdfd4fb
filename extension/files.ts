/** Files that a page makes, written where the user wants them. */
import * as vscode from 'vscode';

/** Asks where to put a file of a page, beside the twin at first, and writes it. */
export async function saveBeside(uri: string, name: string, base64: string): Promise<void> {
  const place = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(vscode.Uri.parse(uri), '..', name),
  });
  if (place === undefined) return;
  // Beside it first: what is there stays whole until this is.
  const part = place.with({ path: `${place.path}.part` });
  await vscode.workspace.fs.writeFile(part, bytesOf(base64));
  await vscode.workspace.fs.rename(part, place, { overwrite: true });
}

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
