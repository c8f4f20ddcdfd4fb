/** Starts the language server on stdio, with the disk of this machine. The only file here that knows Node. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { libraryFiles } from '../library/embedded.ts';
import { readDataFile } from '../packages/data-file.ts';
import { usedPackages } from '../packages/used.ts';
import { startServer } from './server.ts';

/** Folders that never hold sources. */
const PASSED_OVER = new Set(['node_modules', 'dist', 'out', 'build']);

const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);

startServer(connection, {
  library: libraryFiles,
  diagnosticPages: ['../../docs/diagnostics/', '../docs/diagnostics/']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url))?.href,
  read(uri) {
    try {
      return readFileSync(URI.parse(uri).fsPath, 'utf8');
    } catch {
      // Gone, or not a file of this machine: then there is no text.
      return undefined;
    }
  },
  readData: readDataFile,
  packages(uri, names) {
    return uri.startsWith('file:')
      ? usedPackages(dirname(URI.parse(uri).fsPath), names)
      : { texts: [], absent: new Map() };
  },
  async files(folderUri, deep) {
    const paths: string[] = [];
    const visit = async (folder: string): Promise<void> => {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) {
          if (deep && !entry.name.startsWith('.') && !PASSED_OVER.has(entry.name)) await visit(path);
        } else if (entry.name.endsWith('.twin')) paths.push(path);
      }
    };
    if (folderUri.startsWith('file:')) await visit(URI.parse(folderUri).fsPath);
    const texts = paths.sort().map(async (path) => {
      const text = await readFile(path, 'utf8').catch(() => undefined);
      return text === undefined ? [] : [{ uri: URI.file(path).toString(), text }];
    });
    return (await Promise.all(texts)).flat();
  },
});
