/**
 * Sources → dist/: a bundle for each place where our code runs. `node esbuild.mjs [--watch]`
 *
 * A bundle is made when its entry point exists. Everything is minified, since reading less code is what makes a cold
 * start fast, and each bundle has its source map beside it.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const watch = process.argv.includes('--watch');

/** Packages written as CommonJS use these three; an ES module has to bring its own. */
const commonjsGlobals = [
  `import { createRequire as __pollux_require } from 'node:module';`,
  `import { fileURLToPath as __pollux_path } from 'node:url';`,
  `const require = __pollux_require(import.meta.url);`,
  `const __filename = __pollux_path(import.meta.url), __dirname = __pollux_path(new URL('.', import.meta.url));`,
].join('');

/** @type {esbuild.BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  keepNames: false,
  legalComments: 'none',
  sourcemap: true,
  logLevel: watch ? 'info' : 'warning',
  loader: { '.twin': 'text', '.ttf': 'file', '.woff2': 'file', '.svg': 'text' },
  jsx: 'automatic',
  jsxImportSource: 'preact',
};

/** Says which sources compute the results of a run: cli/experiments/remote/engine.ts. */
function engineHash() {
  const hash = createHash('sha256');
  const folder = join(root, 'runtime');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort())
    if (file.endsWith('.ts')) hash.update(`${file}\0${readFileSync(join(folder, file), 'utf8')}\0`);
  return hash.digest('hex').slice(0, 12);
}

/** @type {esbuild.BuildOptions} */
const nodeModule = {
  ...common,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // ES modules first: they can be shaken, CommonJS cannot.
  mainFields: ['module', 'main'],
  banner: { js: commonjsGlobals },
  outExtension: { '.js': '.mjs' },
};

/**
 * Of the protocol between editors and language servers Langium's core needs four names, and the command line nothing; its package makes objects of
 * each of its messages when it is loaded. So the core gets the four from where they are made.
 * @type {esbuild.Plugin}
 */
const withoutProtocol = {
  name: 'without the protocol of language servers',
  setup(build) {
    build.onResolve({ filter: /^vscode-languageserver-protocol$/ }, async (asked) => {
      if (!/[\\/]langium[\\/]lib[\\/](utils|workspace)[\\/]/.test(asked.importer)) return undefined;
      const { resolveDir, kind } = asked;
      const protocol = await build.resolve('vscode-languageserver-protocol', { resolveDir, kind });
      const rpc = await build.resolve('vscode-jsonrpc', { resolveDir: dirname(protocol.path), kind });
      return { path: dirname(rpc.path), namespace: 'core-of-protocol' };
    });
    build.onLoad({ filter: /.*/, namespace: 'core-of-protocol' }, ({ path }) => ({
      resolveDir: path,
      contents: [
        `export { CancellationToken, CancellationTokenSource } from './cancellation.js';`,
        `export { Emitter } from './events.js';`,
        `export { ResponseError } from './messages.js';`,
        // As the protocol numbers them.
        `export const LSPErrorCodes = { ServerCancelled: -32802, RequestFailed: -32803 };`,
      ].join('\n'),
    }));
  },
};

/** @type {esbuild.BuildOptions} */
const forBrowser = {
  ...common,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
};

/** @type {readonly { entry: string, options: esbuild.BuildOptions }[]} */
const bundles = [
  {
    // Split, so that `pollux check` does not load what only `pollux serve` needs.
    entry: 'cli/main.ts',
    options: {
      ...nodeModule,
      entryPoints: {
        pollux: 'cli/main.ts',
        'experiment-worker': 'cli/experiments/worker.ts',
        'review-worker': 'cli/reviews/worker.ts',
      },
      outdir: 'dist/cli',
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      banner: { js: commonjsGlobals },
      // node-opcua locks folders of certificates with it, where it is there; ours are never on disk.
      external: ['proper-lockfile'],
      define: { ENGINE_HASH: JSON.stringify(engineHash()) },
      plugins: [withoutProtocol],
    },
  },
  {
    entry: 'language-server/main.ts',
    // Split, so that what starts it can have compiled code kept before any of the rest is loaded.
    options: {
      ...nodeModule,
      entryPoints: ['language-server/main.ts'],
      outdir: 'dist/language-server',
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
    },
  },
  {
    // The process in which the editor runs a previewed twin.
    entry: 'live/host/main.ts',
    options: { ...nodeModule, entryPoints: { host: 'live/host/main.ts' }, outdir: 'dist/live' },
  },
  {
    entry: 'extension/main.ts',
    options: {
      ...common,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      mainFields: ['module', 'main'],
      external: ['vscode'],
      // Sources that also run unbundled ask for it only where there is no __filename.
      logOverride: { 'empty-import-meta': 'silent' },
      entryPoints: ['extension/main.ts'],
      outdir: 'dist/extension',
      outExtension: { '.js': '.cjs' },
    },
  },
  {
    // The extension in a browser: CommonJS to VS Code, as its main file is; workers are scripts.
    entry: 'extension/web/main.ts',
    options: {
      ...forBrowser,
      format: 'cjs',
      external: ['vscode'],
      entryPoints: { extension: 'extension/web/main.ts' },
      outdir: 'dist/web',
      outExtension: { '.js': '.cjs' },
    },
  },
  {
    entry: 'language-server/browser.ts',
    options: {
      ...forBrowser,
      entryPoints: {
        'language-server': 'language-server/browser.ts',
        twin: 'live/host/browser.ts',
        program: 'debug-adapter/browser.ts',
      },
      outdir: 'dist/web',
    },
  },
  {
    entry: 'preview/main.tsx',
    options: {
      ...common,
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      assetNames: '[name]',
      entryPoints: ['preview/main.tsx'],
      outdir: 'dist/preview',
    },
  },
  {
    // The page of an experiment, one file: it also goes into reports that stand alone.
    entry: 'preview/study/main.tsx',
    options: {
      ...common,
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      assetNames: '[name]',
      entryPoints: { study: 'preview/study/main.tsx' },
      outdir: 'dist/preview',
    },
  },
  {
    // A worker of a webview is made of one file.
    entry: 'preview/paint.worker.ts',
    options: {
      ...forBrowser,
      format: 'iife',
      entryPoints: ['preview/paint.worker.ts'],
      outdir: 'dist/preview',
    },
  },
  {
    // Of the GitHub action: tools/action.mjs puts it beside the command line.
    entry: 'forge/github/action/main.ts',
    options: {
      ...nodeModule,
      sourcemap: false,
      banner: {},
      entryPoints: { main: 'forge/github/action/main.ts' },
      outdir: 'dist/action-main',
    },
  },
  {
    // Goes into every built twin as its run.mjs: one file, needs nothing, the same bytes on every machine.
    entry: 'cli/standalone/main.ts',
    options: {
      ...common,
      platform: 'neutral',
      format: 'esm',
      target: 'es2022',
      external: ['node:*'],
      sourcemap: false,
      entryPoints: { run: 'cli/standalone/main.ts' },
      outdir: 'dist/standalone',
      outExtension: { '.js': '.mjs' },
    },
  },
];

/**
 * The command's file starts with a hashbang, whether or not its source does.
 * @param {(typeof bundles)[number]} bundle
 * @returns {esbuild.BuildOptions}
 */
function withHashbang({ entry, options }) {
  if (entry !== 'cli/main.ts' || readFileSync(join(root, entry), 'utf8').startsWith('#!')) return options;
  return { ...options, banner: { js: `#!/usr/bin/env node\n${commonjsGlobals}` } };
}

/** Files that go to dist/ as they are. (Highlighting is written there by the grammar's generator.) */
function copyFiles() {
  if (!existsSync(join(root, 'preview'))) return;
  for (const file of ['codicon.css', 'codicon.ttf']) {
    copy(join(root, 'node_modules', '@vscode', 'codicons', 'dist', file), join('preview', file));
  }
  for (const file of readdirSync(join(root, 'preview'))) {
    if (file.endsWith('.html')) copy(join(root, 'preview', file), join('preview', file));
  }
}

/**
 * @param {string} from absolute path
 * @param {string} to path below dist/
 */
function copy(from, to) {
  const target = join(root, 'dist', to);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(from, target);
}

const present = bundles.filter(({ entry }) => existsSync(join(root, entry)));
copyFiles();
try {
  if (watch) {
    /** @type {esbuild.BuildContext[]} */
    const contexts = [];
    for (const bundle of present) contexts.push(await esbuild.context(withHashbang(bundle)));
    await Promise.all(contexts.map((context) => context.watch()));
  } else {
    await Promise.all(present.map((bundle) => esbuild.build(withHashbang(bundle))));
  }
} catch {
  // esbuild has printed what is wrong, with its place.
  process.exitCode = 1;
}
