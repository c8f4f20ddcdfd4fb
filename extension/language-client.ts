import type * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { clientOptions, showLibrary } from './client-options.ts';

/** Starts the language server as a process. */
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
    clientOptions(context, output),
  );
  context.subscriptions.push(client);
  showLibrary(context, client);
  await client.start();
  return client;
}
