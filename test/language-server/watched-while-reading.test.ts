/**
 * A preview that is opened while files on disk are being read, or before its text is: as when a window is loaded again. What
 * is missing comes later, and the preview comes up then.
 */
import { PassThrough } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { createConnection } from 'vscode-languageserver/node';
import type { SourceText } from '../../compiler/1-parse/index.ts';
import { DID_COMPILE, ROOTS, UNWATCH, WATCH } from '../../language-server/protocol.ts';
import type { CompileResult, DidCompileParams, Root } from '../../language-server/protocol.ts';
import { startServer } from '../../language-server/server.ts';
import { libraryFiles } from '../../library/embedded.ts';

const FOLDER = 'file:///plant';
const TANK = {
  uri: `${FOLDER}/tank.twin`,
  text: `package plant

asset Tank {
  state level = 1 m
  der(level) = -level / 1 h
}
`,
};
const RUNS = {
  uri: `${FOLDER}/runs.twin`,
  text: `package plant

twin T1: Tank

scenario long for Tank {
  run 2 h
}
`,
};

const open: MessageConnection[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.dispose();
});

/** A server in this process; a folder's files are there when `answer` is called for it. */
async function server(folder: string | undefined) {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const asked = new Map<string, (files: SourceText[]) => void>();
  const answered = new Map<string, SourceText[]>();
  startServer(createConnection(there, back), {
    library: libraryFiles,
    files: (uri) =>
      new Promise((resolve) => {
        const files = answered.get(uri);
        if (files === undefined) asked.set(uri, resolve);
        else resolve(files);
      }),
    read: () => undefined,
  });
  const client = createMessageConnection(new StreamMessageReader(back), new StreamMessageWriter(there));
  open.push(client);
  const told: DidCompileParams[] = [];
  client.onNotification(DID_COMPILE, (params: DidCompileParams) => void told.push(params));
  client.listen();
  await client.sendRequest('initialize', {
    processId: null,
    rootUri: folder ?? null,
    workspaceFolders: folder === undefined ? null : [{ uri: folder, name: 'plant' }],
    capabilities: {},
  });
  await client.sendNotification('initialized', {});
  return {
    client,
    told,
    opened: ({ uri, text }: SourceText) =>
      client.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'twin', version: 1, text },
      }),
    watch: (uri: string, root: string) => client.sendRequest<CompileResult>(WATCH, { uri, root }),
    /** Once this is answered, the server has begun all that it was asked before. */
    begun: () => client.sendRequest(UNWATCH, { uri: 'file:///nothing.twin' }),
    answer: (uri: string, files: SourceText[]) => {
      answered.set(uri, files);
      asked.get(uri)?.(files);
    },
  };
}

it('a twin whose asset is in a file that is still to be read', async () => {
  const { opened, watch, begun, answer } = await server(FOLDER);
  await opened(RUNS);
  const watched = watch(RUNS.uri, 'plant.T1');
  await begun();
  answer(FOLDER, [RUNS, TANK]);
  expect(await watched).toMatchObject({ ok: true, root: 'plant.T1', problems: [] });
});

it('a twin whose text is still to be read', async () => {
  const { watch, begun, answer } = await server(FOLDER);
  const watched = watch(TANK.uri, 'plant.Tank');
  await begun();
  answer(FOLDER, [TANK]);
  expect(await watched).toMatchObject({ ok: true, root: 'plant.Tank' });
});

it('a twin whose text is open nowhere and lies in no folder of the workspace', async () => {
  const { watch, begun, answer } = await server(undefined);
  const watched = watch(RUNS.uri, 'plant.T1');
  await begun();
  answer(FOLDER, [RUNS, TANK]);
  expect(await watched).toMatchObject({ ok: true, root: 'plant.T1' });
});

it('a twin whose text comes only when it is opened', async () => {
  const { opened, watch, answer, told } = await server(FOLDER);
  answer(FOLDER, []);
  const absent = await watch(TANK.uri, 'plant.Tank');
  expect(absent.problems.map(({ message }) => message)).toEqual([
    'tank.twin is not there any more: it was deleted, moved or renamed. Close this preview, or put the file back.',
  ]);
  await opened(TANK);
  await expect.poll(() => told.at(-1)).toMatchObject({ ok: true, wanted: 'plant.Tank' });
});

it('what runs already takes up scenarios from files that are read after it', async () => {
  const { opened, watch, answer, told } = await server(FOLDER);
  await opened(TANK);
  const first = await watch(TANK.uri, 'plant.Tank');
  expect(first.artefact?.manifest.scenarios).toEqual([]);
  answer(FOLDER, [RUNS, TANK]);
  await expect
    .poll(() => told.at(-1)?.artefact?.manifest.scenarios.map(({ name }) => name))
    .toEqual(['plant.long']);
});

it('a preview that is closed before its twin is compiled is told no more', async () => {
  const { client, opened, watch, answer, told } = await server(FOLDER);
  await opened(RUNS);
  const params = { uri: RUNS.uri, root: 'plant.T1' };
  const watched = watch(RUNS.uri, 'plant.T1');
  await client.sendRequest(UNWATCH, params);
  answer(FOLDER, [RUNS, TANK]);
  await watched;
  // Another one is told of the change, this one is not.
  await watch(TANK.uri, 'plant.Tank');
  await opened({ ...TANK, text: TANK.text.replace('1 m\n', '2 m\n') });
  await expect.poll(() => told.length).toBeGreaterThan(0);
  expect(told.map(({ wanted }) => wanted)).not.toContain('plant.T1');
});

it('a scenario says what it is for, also when that is still to be read', async () => {
  const { client, opened, begun, answer } = await server(FOLDER);
  await opened(RUNS);
  const roots = client.sendRequest<Root[]>(ROOTS, { uri: RUNS.uri });
  await begun();
  answer(FOLDER, [RUNS, TANK]);
  expect((await roots).map(({ kind, name, subject }) => [kind, name, subject])).toEqual([
    ['twin', 'plant.T1', undefined],
    ['scenario', 'plant.long', 'plant.Tank'],
  ]);
});

it('who asks for a scenario is told of what it runs on, now and after changes', async () => {
  const { opened, watch, answer, told } = await server(FOLDER);
  answer(FOLDER, [RUNS, TANK]);
  await opened(RUNS);
  expect(await watch(RUNS.uri, 'plant.long')).toMatchObject({ ok: true, root: 'plant.Tank' });
  await opened({ ...TANK, text: TANK.text.replace('1 m\n', '2 m\n') });
  await expect
    .poll(() => told.at(-1))
    .toMatchObject({ uri: RUNS.uri, wanted: 'plant.long', root: 'plant.Tank' });
});
