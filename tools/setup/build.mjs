/** Sources → dist/ through esbuild.mjs, when any of them changed. */
import { join } from 'node:path';
import { SetupError, filesBelow, fingerprint, progress, readStamp, root, run, writeStamp } from './step.mjs';

const stamp = join(root, 'dist', '.stamp');

/** Folders whose files can end up in dist/. */
const folders = [
  'grammar',
  'library',
  'compiler',
  'forge',
  'runtime',
  'live',
  'review',
  'language-server',
  'extension',
  'preview',
  'cli',
  'docs',
  'examples',
];

/** @param {string} node path of Node 24 */
export async function ensureBuilt(node) {
  const manifest = ['package.json', 'package-lock.json', 'esbuild.mjs', 'tsconfig.json'].map((file) =>
    join(root, file),
  );
  const wanted = fingerprint([...manifest, ...folders.flatMap((folder) => filesBelow(folder))]);
  if (readStamp(stamp) === wanted) return;
  progress('build', 'dist/');
  const { code, output } = await run(node, [join(root, 'esbuild.mjs')]);
  if (code !== 0) {
    throw new SetupError(
      'The build failed.',
      output,
      'correct the source named above, then run the command again.',
    );
  }
  writeStamp(stamp, wanted);
}
