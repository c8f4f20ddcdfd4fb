/** What the language client is told, wherever its server runs. */
import * as vscode from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import { LIBRARY_TEXT } from '../language-server/protocol.ts';
import type {
  InitializationOptions,
  LibraryTextParams,
  LibraryTextResult,
} from '../language-server/protocol.ts';

export function clientOptions(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
): LanguageClientOptions {
  // A workspace need not lie on a disk. Texts of other schemes, such as the older side of a comparison, are left alone.
  const folders = vscode.workspace.workspaceFolders ?? [];
  const schemes = new Set(['file', 'untitled', 'pollux-library', 'vscode-vfs']);
  for (const { uri } of folders) schemes.add(uri.scheme);
  return {
    documentSelector: [...schemes].map((scheme) => ({ scheme, language: 'twin' })),
    outputChannel: output,
    initializationOptions: {
      diagnosticPages: `${vscode.Uri.joinPath(context.extensionUri, 'docs/diagnostics').toString()}/`,
    } satisfies InitializationOptions,
    // A server that cannot start is said once, in the output; retrying at each keystroke helps nobody.
    initializationFailedHandler: (error) => {
      output.error(`The language server did not start: ${String(error)}`);
      return false;
    },
  };
}

/** Files of the standard library have a scheme of their own. */
export function showLibrary(context: vscode.ExtensionContext, client: BaseLanguageClient): void {
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider('pollux-library', {
      async provideTextDocumentContent(uri) {
        const params: LibraryTextParams = { uri: uri.toString() };
        return (await client.sendRequest<LibraryTextResult>(LIBRARY_TEXT, params)).text;
      },
    }),
  );
}
