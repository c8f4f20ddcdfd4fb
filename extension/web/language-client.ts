import * as vscode from 'vscode';
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  LanguageClient,
  type MessageTransports,
} from 'vscode-languageclient/browser';
import { FILE, READ_FILE, READ_FOLDER } from '../../language-server/protocol.ts';
import type { ReadFileParams, ReadFolderParams } from '../../language-server/protocol.ts';
import { clientOptions, showLibrary } from '../client-options.ts';
import { readFolder, readText } from './files.ts';

/** Starts the language server in a worker and reads files for it. */
export async function startLanguageClient(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
): Promise<LanguageClient> {
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist/web/language-server.js').toString(true);
  let worker: Worker | undefined;
  // By hand, since the extension host's workers are not `instanceof Worker`.
  const server = (): Promise<MessageTransports> => {
    worker?.terminate();
    worker = new Worker(script);
    return Promise.resolve({
      reader: new BrowserMessageReader(worker),
      writer: new BrowserMessageWriter(worker),
    });
  };
  const client: LanguageClient = new LanguageClient('pollux', 'Pollux', server, {
    ...clientOptions(context, output),
    middleware: {
      workspace: {
        // The server cannot look for itself, so the text goes ahead of the news.
        async didChangeWatchedFile(event, next) {
          await client.sendNotification(FILE, await readText(event.uri));
          await next(event);
        },
      },
    },
  });
  client.onRequest(READ_FOLDER, ({ uri, deep }: ReadFolderParams) => readFolder(uri, deep));
  client.onRequest(READ_FILE, ({ uri }: ReadFileParams) => readText(uri));
  context.subscriptions.push(client, { dispose: () => worker?.terminate() });
  showLibrary(context, client);
  await client.start();
  return client;
}
