import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { bundle, BUNDLE_EXTENSION, RUNNER_FILE, unbundleAll } from '../../compiler/bundle.ts';
import { compile } from '../../compiler/index.ts';
import { analyseProject, chooseRoot, modelOf, writeFindings } from '../analyse.ts';
import { packageFolder } from '../package-folder.ts';
import { inOrder } from '../terminal/diagnostics.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

/** Writes a bundle, or its files when `--out` is a folder (ends in / or is there). All of it or nothing. */
export function build(
  path: string,
  options: { root?: string; out?: string; json?: boolean },
  terminal: Terminal,
): ExitCode {
  if (options.out?.trim() === '') throw new Refusal('--out is empty: name a bundle or a folder');
  const analysed = modelOf(analyseProject([path]), terminal);
  if (analysed === undefined) return Exit.findings;
  const root = chooseRoot(analysed.roots, options.root);
  const { value, diagnostics } = compile(analysed.model, root);
  if (value === undefined) {
    writeFindings(inOrder(diagnostics), analysed.project, terminal);
    return Exit.findings;
  }
  const runner = join(packageFolder(), 'dist', 'standalone', RUNNER_FILE);
  if (!existsSync(runner))
    throw new Refusal('dist/standalone/run.mjs is missing: build Pollux first (npm run build)');
  const bytes = bundle(value.artefact, readFileSync(runner, 'utf8'));
  const shortName = root.name.slice(root.name.lastIndexOf('.') + 1);
  const out = options.out ?? shortName + BUNDLE_EXTENSION;
  const isFolder = out.endsWith('/') || !out.endsWith(BUNDLE_EXTENSION);
  if (isFolder)
    for (const [name, content] of Object.entries(unbundleAll(bytes))) write(join(out, name), content);
  else write(out, bytes);
  const digest = createHash('sha256').update(bytes).digest('hex');
  const report = {
    root: root.name,
    out: relative('', resolve(out)) || '.',
    bytes: bytes.length,
    sha256: digest,
    wasmBytes: value.artefact.wasm.length,
    variables: value.artefact.manifest.variables.length,
  };
  if (options.json === true) terminal.out(JSON.stringify(report, undefined, 2) + '\n');
  else {
    terminal.out(`${report.out}  ${report.bytes} bytes  sha256 ${digest}\n`);
    terminal.err(
      isFolder ? `Run it: node ${join(report.out, RUNNER_FILE)}\n` : `Run it: pollux run ${report.out}\n`,
    );
  }
  return Exit.fine;
}

/** Beside the target first, so that nobody sees half a file. */
function write(target: string, bytes: Uint8Array): void {
  mkdirSync(dirname(resolve(target)), { recursive: true });
  const partial = `${target}.partial`;
  writeFileSync(partial, bytes);
  renameSync(partial, target);
}
