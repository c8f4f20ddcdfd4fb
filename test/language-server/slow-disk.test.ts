/**
 * While files on disk are being read, nothing is said of names that may be in them, and what is about all files is not
 * answered; when all are read it is.
 */
import { PassThrough } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  CancellationTokenSource,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type { CodeAction, Location, PublishDiagnosticsParams, WorkspaceEdit } from 'vscode-languageserver';
import { createConnection } from 'vscode-languageserver/node';
import type { SourceText } from '../../compiler/1-parse/index.ts';
import { startServer } from '../../language-server/server.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { position } from './client.ts';

const FOLDER = 'file:///plant';
const URI = `${FOLDER}/hall.twin`;
const HALL = `package hall

use pumps: Pump

asset Hall {
  part pump: Pump
  part lift: Lift
  let wrong = 3 m + 2 s
}
`;
const PUMPS = { uri: `${FOLDER}/pumps.twin`, text: 'package pumps\n\nasset Pump { param head = 3 m }\n' };

const open: MessageConnection[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.dispose();
});

/** A server in this process whose disk answers when it is told to. */
async function slow() {
  const [there, back] = [new PassThrough(), new PassThrough()];
  let answer: (files: SourceText[]) => void = () => undefined;
  const files = new Promise<SourceText[]>((resolve) => (answer = resolve));
  startServer(createConnection(there, back), {
    library: libraryFiles,
    files: () => files,
    read: () => undefined,
  });
  const client = createMessageConnection(new StreamMessageReader(back), new StreamMessageWriter(there));
  open.push(client);
  const said: string[][] = [];
  let heard: () => void = () => undefined;
  client.onNotification(
    'textDocument/publishDiagnostics',
    ({ uri, diagnostics }: PublishDiagnosticsParams) => {
      if (uri === URI) said.push(diagnostics.map(({ code }) => String(code)));
      heard();
    },
  );
  client.listen();
  await client.sendRequest('initialize', {
    processId: null,
    rootUri: FOLDER,
    workspaceFolders: [{ uri: FOLDER, name: 'plant' }],
    capabilities: {},
  });
  await client.sendNotification('initialized', {});
  const times = async (count: number): Promise<string[] | undefined> => {
    while (said.length < count) await new Promise<void>((resolve) => (heard = resolve));
    return said.at(-1);
  };
  const change = (version: number, text: string) =>
    client.sendNotification('textDocument/didChange', {
      textDocument: { uri: URI, version },
      contentChanges: [{ text }],
    });
  await client.sendNotification('textDocument/didOpen', {
    textDocument: { uri: URI, languageId: 'twin', version: 1, text: HALL },
  });
  return { client, times, change, answer };
}

it('says at once what is wrong whatever is on disk, and of names when all is read', async () => {
  const { times, answer } = await slow();
  expect(await times(1)).toEqual(['PX3001']);
  answer([PUMPS]);
  expect(await times(2)).toEqual(['PX2004', 'PX3001']);
});

it('follows keys meanwhile', async () => {
  const { times, change, answer } = await slow();
  expect(await times(1)).toEqual(['PX3001']);
  await change(2, HALL.replace('2 s', '2 m'));
  expect(await times(2)).toEqual([]);
  await change(3, HALL.replace('2 s', '2 m').replace('part lift: Lift', 'part lift: Pump'));
  expect(await times(3)).toEqual([]);
  answer([]);
  expect((await times(4))?.length).toBeGreaterThan(0);
});

const textDocument = { uri: URI };
const mistyped = HALL.replace('Lift', 'Pumpp');

it('answers what is about all files when all are read, and what is about one at once', async () => {
  const { client, times, change, answer } = await slow();
  await change(2, mistyped);
  await times(1);
  const at = { textDocument, position: position(HALL, 'Pump\n', 1, 1) };
  const answered: string[] = [];
  const ask = async <T>(method: string, params: object): Promise<T> => {
    const result = await client.sendRequest<T>(`textDocument/${method}`, params);
    answered.push(method);
    return result;
  };
  const start = position(mistyped, 'Pumpp');
  const asked = {
    rename: ask<WorkspaceEdit>('rename', { ...at, newName: 'Lift' }),
    definition: ask<Location[]>('definition', at),
    references: ask<Location[]>('references', { ...at, context: { includeDeclaration: true } }),
    codeAction: ask<CodeAction[]>('codeAction', {
      textDocument,
      range: { start, end: start },
      context: { diagnostics: [], only: ['quickfix'] },
    }),
  };
  await ask('foldingRange', { textDocument });
  expect(answered).toEqual(['foldingRange']);

  const yard = 'package yard\n\nuse pumps: Pump\n\nasset Yard { part pump: Pump }\n';
  answer([PUMPS, { uri: `${FOLDER}/yard.twin`, text: yard }]);
  const places = [URI, PUMPS.uri, `${FOLDER}/yard.twin`];
  expect(Object.keys((await asked.rename).changes ?? {}).sort()).toEqual(places);
  expect(JSON.stringify(await asked.definition)).toContain(PUMPS.uri);
  expect((await asked.references).map(({ uri }) => uri).sort()).toEqual([
    ...[URI, URI],
    PUMPS.uri,
    ...[`${FOLDER}/yard.twin`, `${FOLDER}/yard.twin`],
  ]);
  // Not to make an asset that is there in a file not read yet.
  expect((await asked.codeAction).map(({ title }) => title)[0]).toBe("Change to 'Pump'");
});

it('does not answer for a text that is another one by then, nor to who no longer wants to know', async () => {
  const { client, times, change, answer } = await slow();
  await times(1);
  const params = { textDocument, position: position(HALL, 'Pump\n', 1, 1) };
  const stop = new CancellationTokenSource();
  const [stale, cancelled] = [
    client.sendRequest('textDocument/definition', params),
    client.sendRequest('textDocument/references', { ...params, context: {} }, stop.token),
  ].map((request) =>
    request.then(
      () => 'answered',
      ({ code }: { code: number }) => code,
    ),
  );
  stop.cancel();
  await change(2, mistyped);
  // Once this is answered the server has seen all of that.
  await client.sendRequest('textDocument/foldingRange', { textDocument });
  answer([PUMPS]);
  // ContentModified and RequestCancelled of the protocol.
  expect([await stale, await cancelled]).toEqual([-32801, -32800]);
});
