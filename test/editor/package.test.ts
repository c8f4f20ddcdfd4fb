/** What ships: everything that the extension and its command line read at run time is in the package. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { listFiles } from '@vscode/vsce';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** `PackageManager.None` of vsce, an enumeration that its types keep for the compiler. */
const noPackageManager = 2;

describe('the package', () => {
  let files: string[] = [];
  beforeAll(async () => {
    files = await listFiles({ cwd: root, packageManager: noPackageManager });
  });

  it.each([
    'dist/extension/main.cjs',
    'dist/language-server/main.mjs',
    'dist/live/host.mjs',
    'dist/cli/pollux.mjs',
    'dist/standalone/run.mjs',
    'dist/preview/main.js',
    'dist/preview/main.css',
    'dist/preview/codicon.ttf',
    'dist/web/extension.cjs',
    'dist/web/language-server.js',
    'dist/web/twin.js',
    'docs/diagnostics/PX3001.md',
    'examples/wind-farm/weather.csv',
    'examples/wind-farm/turbine.csv',
    'examples/pharmacokinetics/levels.csv',
    'cli/templates/tank.twin',
    'extension/media/preview-dark.svg',
  ])('holds %s', (file) => {
    expect(files).toContain(file);
  });

  it('holds every file that its manifest names', () => {
    const manifest = readFileSync(`${root}/package.json`, 'utf8');
    const named = [...manifest.matchAll(/"(?:\.\/)?((?:dist|extension)\/[^"]+\.[a-z]+)"/g)].map((m) => m[1]!);
    expect(named.length).toBeGreaterThan(8);
    for (const file of named) expect(files).toContain(file);
  });

  it('holds what the start of the language server loads', () => {
    const start = readFileSync(`${root}/dist/language-server/main.mjs`, 'utf8');
    const loaded = [...start.matchAll(/"\.\/(chunks\/[\w-]+\.mjs)"/g)].map((match) => match[1]!);
    expect(loaded).not.toEqual([]);
    for (const chunk of loaded) expect(files).toContain(`dist/language-server/${chunk}`);
  });

  it('holds no sources, tests or maps', () => {
    expect(files.filter((file) => /\.(ts|tsx|map)$|^test\/|^node_modules\//.test(file))).toEqual([]);
  });
});
