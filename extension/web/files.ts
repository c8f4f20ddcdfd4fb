/** Files for a language server without a disk: of whatever the workspace lies on, by VS Code's own means. */
import * as vscode from 'vscode';
import type { FileText } from '../../language-server/protocol.ts';

/** Folders that never hold sources. */
const PASSED_OVER = new Set(['node_modules', 'dist', 'out', 'build']);
/** A repository far away is read file by file, so there has to be an end. */
const MOST_FILES = 2000;
/** Files read at the same time. */
const AT_ONCE = 16;

export async function readText(uri: string): Promise<FileText> {
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.parse(uri));
    return { uri, text: new TextDecoder().decode(bytes) };
  } catch {
    // Gone, or not to be read: as if it were not there.
    return { uri, text: null };
  }
}

/** The `.twin` files of a folder; of all folders below it, too, when deep. */
export async function readFolder(folder: string, deep: boolean): Promise<FileText[]> {
  const found: string[] = [];
  const open = [vscode.Uri.parse(folder)];
  for (let next = open.shift(); next !== undefined && found.length < MOST_FILES; next = open.shift()) {
    for (const [name, type] of await entriesOf(next)) {
      const uri = vscode.Uri.joinPath(next, name);
      if ((type & vscode.FileType.Directory) !== 0) {
        if (deep && !name.startsWith('.') && !PASSED_OVER.has(name)) open.push(uri);
      } else if (name.endsWith('.twin')) found.push(uri.toString());
    }
  }
  const texts: FileText[] = [];
  for (let from = 0; from < found.length; from += AT_ONCE)
    texts.push(...(await Promise.all(found.slice(from, from + AT_ONCE).map(readText))));
  return texts;
}

async function entriesOf(folder: vscode.Uri): Promise<[string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}
