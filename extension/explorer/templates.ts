/** *New Twin…*: a first text of the field that one works in, put where one says or left unsaved. */
import * as vscode from 'vscode';
import { done } from '../first-steps.ts';

interface Template {
  name: string;
  title: string;
  about: string;
}

export async function newTwin(context: vscode.ExtensionContext): Promise<void> {
  const folder = vscode.Uri.joinPath(context.extensionUri, 'cli/templates');
  const read = async (file: string): Promise<string> =>
    new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, file)));
  const templates = JSON.parse(await read('templates.json')) as Template[];
  const picked = await vscode.window.showQuickPick(
    templates.map(({ name, title, about }) => ({ label: title, detail: about, name })),
    { title: 'New Twin', placeHolder: 'What is it about?', matchOnDetail: true },
  );
  if (picked === undefined) return;
  const content = await read(`${picked.name}.twin`);
  const document = await vscode.workspace.openTextDocument({ language: 'twin', content });
  await vscode.window.showTextDocument(document);
  done('choose');
}
