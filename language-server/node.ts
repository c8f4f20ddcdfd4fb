/** The language server on stdio, with the disk of this machine. The only file here that knows Node, beside the one that starts it. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import type { SourceText } from '../compiler/1-parse/index.ts';
import { libraryFiles } from '../library/embedded.ts';
import { readDataFile } from '../packages/data-file.ts';
import { usedPackages } from '../packages/used.ts';
import { startServer } from './server.ts';

/** Folders that never hold sources. */
const PASSED_OVER = new Set(['node_modules', 'dist', 'out', 'build']);

/** @param bundle where the code that runs stands */
export function serve(bundle: string): void {
  // What another build of the server finds may be something else.
  const version = String(statSync(fileURLToPath(bundle)).mtimeMs);
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  startServer(connection, {
    library: libraryFiles,
    diagnosticPages: ['../../docs/diagnostics/', '../docs/diagnostics/']
      .map((path) => new URL(path, bundle))
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
    cache(folderUri) {
      const home = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
      const name = createHash('sha256').update(folderUri).update(version).digest('hex').slice(0, 24);
      const file = join(home, 'pollux', 'findings', `${name}.json`);
      return {
        read: () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined),
        write(text) {
          try {
            mkdirSync(dirname(file), { recursive: true });
            // As a whole or not at all: another window may read it.
            writeFileSync(`${file}.${process.pid}`, text);
            renameSync(`${file}.${process.pid}`, file);
          } catch {
            // A cache folder that cannot be written to: then it is found anew at each start.
          }
        },
      };
    },
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
      const texts: SourceText[] = [];
      for (const [index, path] of paths.sort().entries()) {
        // Small files are read far quicker without waiting for each; now and then a request may come in between.
        if (index % 200 === 199) await new Promise((resolve) => setImmediate(resolve));
        try {
          texts.push({ uri: URI.file(path).toString(), text: readFileSync(path, 'utf8') });
        } catch {
          // Gone meanwhile, or not to be read: as if it were not there.
        }
      }
      return texts;
    },
  });
}
