/** The built preview's files, held in memory: a request can name only what was there at the start. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface PageFile {
  bytes: Buffer;
  type: string;
  tag: string;
  /** Its name changes with its content, so it may be kept for ever. */
  lasting: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** By path, such as `/main.js`. undefined when the preview has not been built. */
export function pageFiles(folder: string): Map<string, PageFile> | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const name = path.slice(folder.length).replaceAll('\\', '/');
    files.set(name.startsWith('/') ? name : `/${name}`, {
      bytes,
      type,
      tag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      lasting: /^\/?chunks\/.*-[A-Z0-9]{8}\.\w+$/.test(name),
    });
  }
  const index = files.get('/index.html');
  if (index !== undefined) files.set('/', index);
  return files;
}
