/** Bundles what a test starts as a process, as it is in the sources now. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @param entry a file of the sources, or a text that imports such
 * @returns the path of the bundle, in `dist/test`
 */
export async function bundle(entry: { file: string } | { text: string }, name: string): Promise<string> {
  const outfile = join(root, 'dist', 'test', name);
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    absWorkingDir: root,
    ...('file' in entry
      ? { entryPoints: [entry.file] }
      : { stdin: { contents: entry.text, resolveDir: root, loader: 'ts' as const } }),
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    loader: { '.twin': 'text' },
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
    logLevel: 'silent',
  });
  return outfile;
}
