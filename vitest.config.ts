import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The standard library is text to the compiler; esbuild does the same for the bundles. */
const twinAsText = {
  name: 'twin-as-text',
  load(id: string) {
    return id.endsWith('.twin') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined;
  },
};

const browser = ['test/preview/**/*.test.ts', 'test/same-bits/**/*.test.ts'];
const shipped = ['test/cli/**/*.test.ts', 'test/bundle/**/*.test.ts'];
const editor = ['test/editor/**/*.test.ts', 'test/harness/**/*.test.ts'];

/** One more than a small machine has cores: tests wait for processes, for pages and for clocks. */
const workers = 3;

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [twinAsText],
  test: {
    reporters: ['default', fileURLToPath(new URL('test/harness/reporter.ts', import.meta.url))],
    pool: 'forks',
    // What a page or an editor shows is waited for: on a busy machine that takes more than the usual second.
    expect: { poll: { timeout: 15_000 } },
    setupFiles: [fileURLToPath(new URL('test/harness/properties.ts', import.meta.url))],
    // Where `isolate` is false, processes are kept from one file to the next: a quarter of the processor time went into loading the compiler
    // anew for each file, and into making its code fast again.
    projects: [
      {
        extends: true,
        test: {
          name: 'suites',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...browser, ...editor, ...shipped],
          isolate: false,
          maxWorkers: workers,
          // No test is about time, and machines can be busy.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'shipped',
          include: shipped,
          globalSetup: ['test/harness/built.ts'],
          isolate: false,
          maxWorkers: workers,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // A page under test waits more than it works, so these run beside each other and beside those above.
        extends: true,
        test: {
          name: 'browser',
          include: browser,
          globalSetup: ['test/preview/bundled.ts'],
          maxWorkers: workers,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // A VS Code fills both cores of a small machine, so these run one at a time and last.
        extends: true,
        test: {
          name: 'editor',
          include: editor,
          globalSetup: ['test/harness/provision.ts'],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
