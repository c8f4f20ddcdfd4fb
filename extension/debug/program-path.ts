import * as vscode from 'vscode';

/** As debuggers name a file: by its path where it lies on a disk, else by its URI. */
export const programPath = (uri: vscode.Uri): string => (uri.scheme === 'file' ? uri.fsPath : uri.toString());

export const programUri = (path: string): vscode.Uri =>
  /^[a-z][\w+.-]+:\/\//i.test(path) ? vscode.Uri.parse(path) : vscode.Uri.file(path);
