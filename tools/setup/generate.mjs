/** grammar/*.langium → grammar/generated (parser tables, AST types, highlighting), when the grammar changed. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupError, filesBelow, fingerprint, progress, readStamp, root, run, writeStamp } from './step.mjs';

// Not among the generated files: the generator stops and asks about files that it does not know.
const stamp = join(root, '.pollux', 'generated.stamp');

/** Lines of the generator's output that do not help to correct a grammar. */
const noise = /^\s+at |^Reading config|declared but never referenced|Consider to replace this rule/;

/** @param {string} node path of Node 24 */
export async function ensureGenerated(node) {
  const config = ['langium-config.json', join('grammar', 'langium-config.json')]
    .map((file) => join(root, file))
    .find((file) => existsSync(file));
  if (config === undefined) return;
  const tool = join(root, 'node_modules', 'langium-cli');
  const version = JSON.parse(readFileSync(join(tool, 'package.json'), 'utf8')).version;
  const inputs = [config, ...filesBelow('grammar', (name) => name.endsWith('.langium'))];
  const wanted = fingerprint(inputs, [version]);
  if (readStamp(stamp) === wanted && outputs(config).every((file) => existsSync(file))) return;
  progress('generate', 'parser and AST types from grammar/');
  const started = Date.now();
  const { code, output } = await run(node, [join(tool, 'bin', 'langium.js'), 'generate', '-f', config]);
  if (code !== 0) {
    throw new SetupError(
      'The grammar does not generate.',
      output
        .split('\n')
        .filter((line) => !noise.test(line))
        .join('\n'),
      'correct the .langium file named above, then run the command again.',
    );
  }
  const stale = outputs(config).find((file) => !existsSync(file) || statSync(file).mtimeMs < started - 1000);
  if (stale !== undefined) {
    throw new SetupError(
      'The parser was not generated, though the generator did not fail.',
      `${stale} is not new.\n${output}`,
      'delete grammar/generated and run the command again.',
    );
  }
  writeStamp(stamp, wanted);
}

/**
 * Files that must be there after generating; highlighting goes to dist/, which may be thrown away on its own.
 * @param {string} config
 * @returns {string[]} absolute paths
 */
function outputs(config) {
  /** @type {{ out: string, languages: { textMate?: { out: string } }[] }} */
  const { out, languages } = JSON.parse(readFileSync(config, 'utf8'));
  const highlighting = languages.flatMap((language) => (language.textMate ? [language.textMate.out] : []));
  return [join(out, 'ast.ts'), ...highlighting].map((file) => join(dirname(config), file));
}
