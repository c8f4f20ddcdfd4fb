/** Starts the language server in a Web Worker, where there is no disk: the client reads files and tells of them. */
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  ProposedFeatures,
} from 'vscode-languageserver/browser';
import { libraryFiles } from '../library/embedded.ts';
import * as protocol from './protocol.ts';
import { startServer } from './server.ts';

/** The same limit as for files on disk. */
const MAXIMUM_CHARACTERS = 16 * 1024 * 1024;

// The page's own types say `Window`, and a worker has the two functions that are needed here.
const scope = globalThis as unknown as Worker;
const connection = createConnection(
  ProposedFeatures.all,
  new BrowserMessageReader(scope),
  new BrowserMessageWriter(scope),
);

/** What the client has told of: texts of files, `null` of those that are not there. */
const texts = new Map<string, string | null>();
const asked = new Set<string>();
let tellOfData: (uri: string) => void = () => undefined;

connection.onNotification(protocol.FILE, ({ uri, text }: protocol.FileText) => void texts.set(uri, text));

async function askFor(uri: string): Promise<void> {
  const params: protocol.ReadFileParams = { uri };
  const { text } = await connection.sendRequest<protocol.FileText>(protocol.READ_FILE, params);
  texts.set(uri, text);
  tellOfData(uri);
}

startServer(connection, {
  library: libraryFiles,
  read: (uri) => texts.get(uri) ?? undefined,
  readData(uri, folderUri) {
    const folder = folderUri.endsWith('/') ? folderUri : `${folderUri}/`;
    if (!uri.startsWith(folder) || uri.slice(folder.length).split('/').includes('..')) return undefined;
    const known = texts.get(uri);
    if (known !== undefined) return known === null || known.length > MAXIMUM_CHARACTERS ? undefined : known;
    if (!asked.has(uri)) {
      asked.add(uri);
      void askFor(uri);
    }
    return undefined;
  },
  onData: (listener) => (tellOfData = listener),
  async files(uri, deep) {
    const params: protocol.ReadFolderParams = { uri, deep };
    const found = await connection.sendRequest<protocol.ReadFolderResult>(protocol.READ_FOLDER, params);
    for (const each of found) texts.set(each.uri, each.text);
    return found.flatMap(({ uri: file, text }) => (text === null ? [] : [{ uri: file, text }]));
  },
});
