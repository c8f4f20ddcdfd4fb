/**
 * Links to a moment of a twin: `vscode://pollux.pollux/preview?file=…&root=…&moment=…`. The file is named from its workspace folder, so that
 * a link works for everyone who has the folder open; it leads into no other folder.
 */
import * as vscode from 'vscode';
import type { PanelSubject, PreviewPanels } from './preview-panel.ts';

const PATH = '/preview';

/** Undefined for a file that lies in no workspace folder. */
function linkTo({ uri, root }: PanelSubject, moment: string): vscode.Uri | undefined {
  const file = vscode.Uri.parse(uri);
  const folder = vscode.workspace.getWorkspaceFolder(file);
  if (folder === undefined) return undefined;
  const fields = new URLSearchParams({
    folder: folder.name,
    file: file.path.slice(folder.uri.path.replace(/\/$/, '').length + 1),
    ...(root === undefined ? {} : { root }),
    moment: moment.replace(/^#/, ''),
  });
  return vscode.Uri.from({
    scheme: vscode.env.uriScheme,
    authority: 'pollux.pollux',
    path: PATH,
    query: fields.toString(),
  });
}

export async function copyLink(subject: PanelSubject, moment: string): Promise<void> {
  const link = linkTo(subject, moment);
  if (link === undefined) {
    void vscode.window.showWarningMessage(
      'A link leads to a file of an open folder. Open the folder that this file is in, and copy the link again.',
    );
    return;
  }
  await vscode.env.clipboard.writeText(link.toString());
  vscode.window.setStatusBarMessage('Link to this moment copied', 3000);
}

export function registerLinks(context: vscode.ExtensionContext, previews: PreviewPanels): void {
  const open = async ({ path, query }: vscode.Uri): Promise<void> => {
    const fields = new URLSearchParams(query);
    const file = fields.get('file') ?? '';
    if (path !== PATH || file === '') {
      void vscode.window.showWarningMessage('This link leads to no twin.');
      return;
    }
    const uri = await find(file, fields.get('folder'));
    if (uri === undefined) {
      void vscode.window.showWarningMessage(
        `There is no ${file} in the folders that are open. Open the folder that it is in, and follow the link again.`,
      );
      return;
    }
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
    const root = fields.get('root');
    const subject = { uri: uri.toString(), ...(root === null ? {} : { root }) };
    previews.go(subject, { moment: `#${fields.get('moment') ?? ''}` });
  };
  context.subscriptions.push(
    vscode.window.registerUriHandler({ handleUri: open }),
    // The same for whoever has the link as text, and for VS Codes that no system hands links to.
    vscode.commands.registerCommand('pollux.openLink', async (given?: string) => {
      const link = given ?? (await askForLink());
      if (link !== undefined && link.trim() !== '') await open(vscode.Uri.parse(link.trim()));
    }),
  );
}

function askForLink(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Open link to a moment',
    prompt: 'As it was copied from a preview',
    placeHolder: `${vscode.env.uriScheme}://pollux.pollux/preview?…`,
  });
}

/** In the folder of that name if there is one, else in any. */
async function find(file: string, name: string | null): Promise<vscode.Uri | undefined> {
  // A link is from somebody else: it leads to twins, and not out of the folder.
  if (!file.endsWith('.twin') || file.split('/').includes('..')) return undefined;
  const folders = vscode.workspace.workspaceFolders ?? [];
  const ordered = folders.toSorted((a, b) => Number(b.name === name) - Number(a.name === name));
  for (const folder of ordered) {
    const uri = vscode.Uri.joinPath(folder.uri, file);
    const found = await vscode.workspace.fs.stat(uri).then(
      ({ type }) => (type & vscode.FileType.File) !== 0,
      () => false,
    );
    if (found) return uri;
  }
  return undefined;
}
