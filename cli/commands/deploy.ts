import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { permissionsOf } from '../../bundles/describe.ts';
import { packageFolder } from '../package-folder.ts';
import { container } from '../recipes/container.ts';
import { kubernetes } from '../recipes/kubernetes.ts';
import { plain, serviceName } from '../recipes/recipe.ts';
import type { Deployment, Recipe } from '../recipes/recipe.ts';
import { systemd } from '../recipes/systemd.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { trustedBundle } from '../trust.ts';
import type { TrustOptions } from '../trust.ts';
import { writeWhole } from '../whole-file.ts';

export interface DeployOptions extends TrustOptions {
  out?: string;
  port?: number;
  image?: string;
  node?: string;
}

const TARGETS = ['container', 'systemd', 'kubernetes'] as const;
export type Target = (typeof TARGETS)[number];

const RECIPES: Readonly<Record<Target, (deployment: Deployment) => Recipe>> = {
  container,
  systemd,
  kubernetes,
};

/** Writes what a bundle needs to run somewhere into a folder that is not there yet. */
export function deploy(target: Target, path: string, options: DeployOptions, terminal: Terminal): ExitCode {
  const opened = trustedBundle(path, options);
  const { manifest } = opened.artefact;
  const name = serviceName(manifest.name.slice(manifest.name.lastIndexOf('.') + 1));
  if (target === 'kubernetes' && options.image === undefined)
    throw new Refusal('say which image is to run: --image registry.example/plants/east:1.0.0');
  for (const [option, value] of [
    ['--image', options.image],
    ['--node', options.node],
  ])
    if (value !== undefined && !/^[\w./:@+-]+$/.test(value))
      throw new Refusal(`${option} ${plain(value)} has characters that it cannot have`);
  const out = options.out ?? `deploy-${target}`;
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new Refusal(`${out} is there already, and not empty: name another folder with --out`);
  const files = RECIPES[target]({
    name,
    title: manifest.title || manifest.name,
    digest: opened.digest,
    permissions: permissionsOf(manifest),
    port: options.port ?? 8443,
    image: options.image ?? name,
    node: options.node ?? '/usr/bin/node',
  });
  for (const [file, text] of Object.entries(files)) writeWhole(join(out, file), text);
  if (target !== 'kubernetes') {
    writeWhole(join(out, `${name}.pollux`), readFileSync(path));
    copyPollux(join(out, 'pollux'));
  }
  for (const file of Object.keys(files)) terminal.out(`${join(out, file)}\n`);
  return Exit.fine;
}

/** Pollux as far as serving a bundle needs it. */
function copyPollux(to: string): void {
  const from = packageFolder();
  mkdirSync(to, { recursive: true });
  cpSync(join(from, 'package.json'), join(to, 'package.json'));
  cpSync(join(from, 'LICENSE'), join(to, 'LICENSE'));
  cpSync(join(from, 'dist', 'preview'), join(to, 'dist', 'preview'), {
    recursive: true,
    filter: (file) => !file.endsWith('.map'),
  });
  // From the command on, what each file imports: builds of before may lie beside them.
  const cli = join('dist', 'cli');
  const open = [join(cli, 'pollux.mjs')];
  const seen = new Set(open);
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const text = readFileSync(join(from, file), 'utf8');
    cpSync(join(from, file), join(to, file));
    for (const [, name = ''] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+\.mjs)"/g)) {
      const found = join(dirname(file), name);
      if (seen.has(found) || !existsSync(join(from, found))) continue;
      seen.add(found);
      open.push(found);
    }
  }
}
