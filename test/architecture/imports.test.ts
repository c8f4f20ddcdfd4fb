/** The architecture, held against the code: who imports whom, and what is not in git. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exceptions, folders, forms, matches, stages } from './rules.ts';
import { importsOf, repository, sourceFiles } from './source-imports.ts';
import type { SourceImport } from './source-imports.ts';

const top = (file: string) => file.split('/')[0] ?? '';
const describeImport = ({ from, line, specifier }: SourceImport) => `${from}:${line} imports ${specifier}`;

const exceptionsFor = (file: string) =>
  Object.entries(exceptions)
    .filter(([prefix]) => file.startsWith(prefix))
    .map(([, rule]) => rule);

const sources = sourceFiles().filter((file) => /\.(ts|tsx|mts)$/.test(file) && file.includes('/'));
const code = sources.filter((file) => !['test', 'tools', 'examples'].includes(top(file)));
const imports = code.flatMap((file) => importsOf(file));

describe('top-level folders', () => {
  it('all have a place in the table of rules', () => {
    expect([...new Set(code.map(top))].filter((folder) => !(folder in folders))).toEqual([]);
  });

  it.each(Object.entries(folders))('%s imports only what it may know', (folder, rule) => {
    const broken = imports
      .filter(({ from }) => top(from) === folder)
      .filter(({ from, file, specifier }) => {
        const rules = [rule, ...exceptionsFor(from)];
        if (file === undefined) return !rules.some(({ packages }) => packages?.test(specifier));
        return (
          top(file) !== folder &&
          !rules.some((each) => each.imports?.some((pattern) => matches(file, pattern)))
        );
      });
    expect(broken.map(describeImport)).toEqual([]);
  });

  it('do not import each other in a circle', () => {
    const edges = new Map<string, Set<string>>();
    for (const { from, file } of imports) {
      if (file === undefined || top(file) === top(from)) continue;
      edges.set(top(from), (edges.get(top(from)) ?? new Set()).add(top(file)));
    }
    expect(circle(edges)).toBeUndefined();
  });
});

describe('compiler stages', () => {
  const within = imports.filter(
    ({ from, file }) => top(from) === 'compiler' && file?.startsWith('compiler/'),
  );
  const part = (file: string) => file.split('/')[1] ?? '';

  const isForm = (name: string) => name in forms && name !== 'interpret';

  it('import only earlier stages and the forms between them', () => {
    const broken = within.filter(({ from, file = '' }) => {
      const [own, other] = [part(from), part(file)];
      const stage = stages.findIndex((name) => name === own);
      if (own === other || stage < 0) return false;
      const earlier = stages.findIndex((name) => name === other);
      return !isForm(other) && !(earlier >= 0 && earlier < stage);
    });
    expect(broken.map(describeImport)).toEqual([]);
  });

  it('leave the forms between them free of stages', () => {
    const broken = within.filter(({ from, file = '' }) => {
      const known = forms[part(from)];
      return known !== undefined && part(from) !== part(file) && !known.includes(part(file));
    });
    expect(broken.map(describeImport)).toEqual([]);
  });

  it('know the parser only up to 2-check, where the syntax tree ends', () => {
    const broken = imports.filter(
      ({ from, file, specifier }) =>
        /^compiler\/(3-flatten|4-generate|model|ir|diagnostics)\//.test(from) &&
        (/^(langium|chevrotain)/.test(specifier) || file?.startsWith('grammar/')),
    );
    expect(broken.map(describeImport)).toEqual([]);
  });
});

describe('imports are found', () => {
  it('in every form in which they are written, and not in comments or quoted code', () => {
    const text = [
      `import a, { b } from '../x/a.ts';`,
      `import type {\n  C,\n} from "./c.ts";`,
      `import './side-effect.ts';`,
      `export * from './e.ts';`,
      `export { f } from './f.ts'; const later = await import('node:fs');`,
      `// import g from 'g';`,
      `/* import h from 'h'; */ const text = \`import i from 'i'\`;`,
      `const word = 'import'; export const url = 'https://example.org'; // import j from 'j'`,
    ].join('\n');
    const found = importsOf('compiler/y/z.ts', text);
    expect(found.map(({ specifier, file, typeOnly }) => [specifier, file, typeOnly])).toEqual([
      ['../x/a.ts', 'compiler/x/a.ts', false],
      ['./c.ts', 'compiler/y/c.ts', true],
      ['./side-effect.ts', 'compiler/y/side-effect.ts', false],
      ['./e.ts', 'compiler/y/e.ts', false],
      ['./f.ts', 'compiler/y/f.ts', false],
      ['node:fs', undefined, false],
    ]);
  });

  it('and patterns of the rules match what they say', () => {
    expect(matches('preview/protocol.ts', 'preview/**/protocol.ts')).toBe(true);
    expect(matches('preview/frames/protocol.ts', 'preview/**/protocol.ts')).toBe(true);
    expect(matches('preview/protocol.test.ts', 'preview/**/protocol.ts')).toBe(false);
    expect(matches('runtime/contract/kernel.ts', 'runtime/contract/')).toBe(true);
    expect(matches('runtime/step.ts', 'runtime/contract/')).toBe(false);
  });

  it('and a circle is named', () => {
    const edges = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c', 'd'])],
      ['c', new Set(['a'])],
    ]);
    expect(circle(edges)).toEqual(['a', 'b', 'c', 'a']);
  });
});

describe('git', () => {
  it('holds nothing that is generated or built', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: repository, encoding: 'utf8' }).split('\n');
    const built =
      /^coverage\/|(^|\/)(node_modules|dist|generated|test-results|\.pollux)\/|\.(vsix|wasm|map|log)$/;
    expect(tracked.filter((file) => built.test(file))).toEqual([]);
  });

  it('holds no path of somebody’s machine', () => {
    const text = /\.(ts|tsx|mjs|json|md|twin|langium|html|css)$/;
    const own = 'test/architecture/imports.test.ts';
    const personal = /(?<![\w.])\/(root|work|home\/(?!me\/)\w+|Users\/(?!me\/)\w+)\//;
    const found = sourceFiles()
      .filter((file) => text.test(file) && file !== own && file !== 'package-lock.json')
      .filter((file) => personal.test(readFileSync(join(repository, file), 'utf8')));
    expect(found).toEqual([]);
  });
});

describe('helpers of suites', () => {
  it('have no hooks of their own where processes are kept from file to file: the first file alone would get them', () => {
    const own = /^(before|after)(All|Each)\(/m;
    const isolated = 'test/preview/';
    const helpers = sourceFiles().filter(
      (file) => /^test\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.startsWith(isolated),
    );
    expect(helpers.length).toBeGreaterThan(50);
    expect(helpers.filter((file) => own.test(readFileSync(join(repository, file), 'utf8')))).toEqual([]);
    // Those of the preview have, and are found.
    expect(own.test(readFileSync(join(repository, isolated, 'visited-page.ts'), 'utf8'))).toBe(true);
  });
});

/** The first circle of a graph, as the folders along it; undefined when there is none. */
function circle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const walk = (node: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of edges.get(node) ?? []) {
      const found = walk(next, [...path, node]);
      if (found !== undefined) return found;
    }
    done.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const found = walk(node, []);
    if (found !== undefined) return found;
  }
  return undefined;
}
