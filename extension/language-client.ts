import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { LIBRARY_TEXT } from '../language-server/protocol.ts';
import type {
  InitializationOptions,
  LibraryTextParams,
  LibraryTextResult,
} from '../language-server/protocol.ts';

/** Starts the language server and shows files of the standard library, which have a scheme of their own. */
export async function startLanguageClient(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
): Promise<LanguageClient> {
  const module = context.asAbsolutePath('dist/language-server/main.mjs');
  const client = new LanguageClient(
    'pollux',
    'Pollux',
    {
      run: { module, transport: TransportKind.stdio },
      debug: {
        module,
        transport: TransportKind.stdio,
        options: { execArgv: ['--nolazy', '--inspect=6009'] },
      },
    },
    {
      documentSelector: [
        { scheme: 'file', language: 'twin' },
        { scheme: 'untitled', language: 'twin' },
        { scheme: 'pollux-library', language: 'twin' },
      ],
      outputChannel: output,
      initializationOptions: {
        diagnosticPages: `${vscode.Uri.joinPath(context.extensionUri, 'docs/diagnostics').toString()}/`,
      } satisfies InitializationOptions,
      // A server that cannot start is said once, in the output; retrying at each keystroke helps nobody.
      initializationFailedHandler: (error) => {
        output.error(`The language server did not start: ${String(error)}`);
        return false;
      },
    },
  );
  context.subscriptions.push(client);
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider('pollux-library', {
      async provideTextDocumentContent(uri) {
        const params: LibraryTextParams = { uri: uri.toString() };
        return (await client.sendRequest<LibraryTextResult>(LIBRARY_TEXT, params)).text;
      },
    }),
  );
  await client.start();
  return client;
}
