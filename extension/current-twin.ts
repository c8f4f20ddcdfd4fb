/** Which text a command is about that was told of none: also where a page, such as the walkthrough, lies over the text. */
import * as vscode from 'vscode';

/** Files to choose among. */
const MOST_FILES = 500;
/** Folders that never hold sources. */
export const PASSED_OVER = '**/{node_modules,dist,out,build,.git}/**';

export class CurrentTwin implements vscode.Disposable {
  private last: vscode.Uri | undefined;
  private readonly subscription: vscode.Disposable;

  constructor() {
    const note = (editor: vscode.TextEditor | undefined): void => {
      if (editor?.document.languageId === 'twin') this.last = editor.document.uri;
    };
    note(vscode.window.activeTextEditor);
    this.subscription = vscode.window.onDidChangeActiveTextEditor(note);
  }

  /** The text that is edited; else the one that was edited last and is open still; else one of the workspace, as one chooses. */
  async uri(): Promise<vscode.Uri | undefined> {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId === 'twin') return document.uri;
    const open = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
      tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : [])),
    );
    const last = open.find((each) => each.toString() === this.last?.toString());
    return last ?? (await chooseFile());
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles('**/*.twin', PASSED_OVER, MOST_FILES);
  if (found.length === 0) {
    const begin = 'New Twin…';
    const choice = await vscode.window.showInformationMessage(
      'There is no .twin file yet: open one, or begin with a new twin.',
      begin,
    );
    if (choice === begin) await vscode.commands.executeCommand('pollux.newTwin');
    return undefined;
  }
  if (found.length === 1) return found[0];
  const items = found
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
  return (await vscode.window.showQuickPick(items, { title: 'Which file?' }))?.uri;
}

/**
 * What is to be read from the disk has to be there: saves the text if it was changed, and asks where to put one that
 * was never saved.
 *
 * @returns where it is now; undefined when it stays unsaved
 */
export async function saved(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  if (document?.isUntitled === true) {
    if (vscode.window.activeTextEditor?.document !== document) await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.save');
    // It is another document then, in the place of the one that had no file.
    const now = vscode.window.activeTextEditor?.document;
    if (now?.languageId === 'twin' && !now.isUntitled) return now.uri;
    void vscode.window.showInformationMessage('Save the text first: what runs is read from its file.');
    return undefined;
  }
  await document?.save();
  return uri;
}
