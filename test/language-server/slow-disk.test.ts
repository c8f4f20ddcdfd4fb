/** While files on disk are being read, nothing is said of names that may be in them; when all are read it is. */
import { PassThrough } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type { PublishDiagnosticsParams } from 'vscode-languageserver';
import { createConnection } from 'vscode-languageserver/node';
import type { SourceText } from '../../compiler/1-parse/index.ts';
import { startServer } from '../../language-server/server.ts';
import { libraryFiles } from '../../library/embedded.ts';

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
  return { times, change, answer };
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
