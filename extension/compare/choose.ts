/** What to compare with: a revision of the repository, or something on the disk. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

export interface Base {
  /** For people. */
  label: string;
  /** What `pollux diff` is told of it. */
  words: string[];
  /** Compared with the folder that the file is in, and not with the file alone. */
  whole: boolean;
}

/** Branches and tags, the latest first. */
const MOST_REFERENCES = 30;

export async function chooseBase(uri: vscode.Uri): Promise<Base | undefined> {
  const folder = dirname(uri.fsPath);
  const references = await referencesOf(folder);
  type Item = vscode.QuickPickItem & { revision?: string; ask?: 'revision' | 'file' | 'folder' };
  const items: Item[] = [
    ...(references === undefined
      ? []
      : [
          { label: 'HEAD', description: 'the last commit', revision: 'HEAD' },
          ...references.map(({ name, date }) => ({ label: name, description: date, revision: name })),
          { label: 'Revision…', description: 'a commit, a tag, HEAD~2', ask: 'revision' as const },
        ]),
    { label: 'File…', description: 'a .twin file or a bundle', ask: 'file' },
    { label: 'Folder…', description: 'another version of this folder', ask: 'folder' },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: 'Compare the twin with…' });
  if (picked === undefined) return undefined;
  const of = (revision: string): Base => ({ label: revision, words: [revision], whole: true });
  if (picked.revision !== undefined) return of(picked.revision);
  if (picked.ask === 'revision') {
    const revision = await vscode.window.showInputBox({ title: 'Revision', placeHolder: 'HEAD~2' });
    return revision === undefined || revision.trim() === '' ? undefined : of(revision.trim());
  }
  const isFolder = picked.ask === 'folder';
  const [chosen] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: !isFolder,
      canSelectFolders: isFolder,
      openLabel: 'Compare',
      ...(isFolder ? {} : { filters: { Twins: ['twin', 'pollux'] } }),
    })) ?? [];
  if (chosen === undefined) return undefined;
  return { label: chosen.path.split('/').at(-1)!, words: [chosen.fsPath], whole: isFolder };
}

/** Nothing where there is no repository. */
async function referencesOf(folder: string): Promise<{ name: string; date: string }[] | undefined> {
  try {
    const { stdout } = await promisify(execFile)(
      'git',
      [
        'for-each-ref',
        '--sort=-committerdate',
        `--count=${MOST_REFERENCES}`,
        '--format=%(refname:short)%09%(committerdate:relative)',
        'refs/heads',
        'refs/remotes',
        'refs/tags',
      ],
      { cwd: folder },
    );
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [name = '', date = ''] = line.split('\t');
        return { name, date };
      });
  } catch {
    return undefined;
  }
}
