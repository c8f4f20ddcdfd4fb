/**
 * The language server over stdio in a large project as people write them (`project.ts`): what each request takes, in a file that
 * nobody uses and in the one that all others use.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Position } from 'vscode-languageserver';
import { bundleServer, Client, position } from '../language-server/client.ts';
import { quantile, type Report } from './harness.ts';
import { COMMON, leafOf, project } from './project.ts';

const built = fileURLToPath(new URL('../../dist/language-server/main.mjs', import.meta.url));
const PACKAGES = 20;
const FILES = 10;
/** Aims, in ms: for what follows a key, and for what one waits for while typing. */
const KEY = 100;
const AT_HAND = 50;

export default async function bench(report: Report): Promise<void> {
  const server = existsSync(built) ? built : await bundleServer();
  const folder = mkdtempSync(join(tmpdir(), 'pollux-bench-'));
  const files = project(PACKAGES, FILES);
  const lines = files.reduce((sum, { text }) => sum + text.split('\n').length, 0);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const textOf = (path: string): string => files.find((file) => file.path === path)!.text;
  const uriOf = (path: string): string => pathToFileURL(join(folder, path)).href;
  const client = new Client(server);
  try {
    report.note(
      `${files.length} files in ${PACKAGES + 1} packages, ${lines.toLocaleString('en')} lines. Medians, and the longest.`,
    );
    const begin = performance.now();
    await client.start(pathToFileURL(folder).href);
    const leaf = { uri: uriOf(leafOf(PACKAGES)), text: textOf(leafOf(PACKAGES)) };
    const common = { uri: uriOf(COMMON), text: textOf(COMMON) };
    await client.open(leaf.uri, leaf.text);
    report.value('process start to first diagnostics (goal 1000)', performance.now() - begin, 'ms');
    await client.open(common.uri, common.text);
    await idle(client);
    report.value('process start until it is idle', performance.now() - begin, 'ms');
    report.value('processor time until then', client.cpu() ?? NaN, 'ms');
    report.value('resident memory by then (goal 1024)', client.memory()?.now ?? NaN, 'MiB');
    await inFile(report, client, 'a file that nobody uses', leaf, {
      equation: '(setpoint - bulk)',
      hovered: 'spare.power',
      dotted: 'heater.heat',
      renamed: 'startHelp',
    });
    await inFile(report, client, 'the file that all others use', common, {
      equation: '1 - usual',
      hovered: 'losses - lost',
      dotted: 'losses - lost',
      renamed: 'temperature',
    });
    for (const query of ['', 'pump', 'tank12x3'])
      await times(report, client, `workspace symbols of "${query}"`, KEY, () =>
        client.request('workspace/symbol', { query }),
      );
    report.value('resident memory, at its most (goal 1024)', client.memory()?.most ?? NaN, 'MiB');
  } finally {
    await client.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Places {
  /** Behind its first character numbers are typed. */
  equation: string;
  hovered: string;
  dotted: string;
  renamed: string;
}

async function inFile(
  report: Report,
  client: Client,
  name: string,
  { uri, text }: { uri: string; text: string },
  places: Places,
): Promise<void> {
  report.note(`In ${name}:`);
  const typed = position(text, places.equation, places.equation.indexOf('-') + 2);
  const insert = (at: Position, what: string) =>
    client.change(uri, { range: { start: at, end: at }, text: what });
  const remove = (at: Position, length: number) =>
    client.change(uri, { range: { start: at, end: { ...at, character: at.character + length } }, text: '' });
  const line = { line: typed.line, character: 0 };
  const start = { line: 0, character: 0 };
  let on = false;
  // A key and its undoing in turn.
  const toggled = (at: Position, what: string) => async (): Promise<void> => {
    on = !on;
    await (on ? insert(at, what) : remove(at, what.length));
  };
  const keys = async (what: string, at: Position, key: string): Promise<void> => {
    await times(report, client, `keystroke to diagnostics, ${what}`, KEY, toggled(at, key), 6, true);
  };
  await keys('in an equation', typed, '2 * ');
  await keys('in an equation, broken', typed, '(');
  const between = position(text, '\n\n///', 1);
  await keys('in a comment', between, '// x');
  await keys('a new declaration', between, 'asset Mine {}');
  await keys('a new member', line, '  let more = 3 ');
  const textDocument = { uri };
  const at = (part: string, move = 0): object => ({ textDocument, position: position(text, part, move) });
  const options = { tabSize: 2, insertSpaces: true };
  const all = { start, end: { line: text.split('\n').length, character: 0 } };
  const asked: [what: string, aim: number, method: string, params: object][] = [
    ['completion of a name', AT_HAND, 'textDocument/completion', { textDocument, position: typed }],
    [
      'completion behind a dot',
      AT_HAND,
      'textDocument/completion',
      at(places.dotted, places.dotted.indexOf('.') + 1),
    ],
    ['hover', AT_HAND, 'textDocument/hover', at(places.hovered, 2)],
    ['definition', KEY, 'textDocument/definition', at(places.hovered, 2)],
    [
      'references',
      KEY,
      'textDocument/references',
      { ...at(places.renamed, 2), context: { includeDeclaration: true } },
    ],
    ['rename', KEY, 'textDocument/rename', { ...at(places.renamed, 2), newName: 'another' }],
    ['semantic tokens', KEY, 'textDocument/semanticTokens/full', { textDocument }],
    ['symbols', KEY, 'textDocument/documentSymbol', { textDocument }],
    ['code lenses', KEY, 'textDocument/codeLens', { textDocument }],
    ['inlay hints', KEY, 'textDocument/inlayHint', { textDocument, range: all }],
    [
      'code actions',
      KEY,
      'textDocument/codeAction',
      { textDocument, range: { start: typed, end: typed }, context: { diagnostics: [] } },
    ],
    ['folding', KEY, 'textDocument/foldingRange', { textDocument }],
    ['formatting', KEY, 'textDocument/formatting', { textDocument, options }],
  ];
  for (const [what, aim, method, params] of asked)
    await times(report, client, what, aim, () => client.request(method, params));
  // An editor asks anew after each key.
  for (const [what, aim, method, params] of asked.slice(0, 3).concat(asked.slice(6, 10)))
    await times(
      report,
      client,
      `${what}, right after a key`,
      aim,
      async () => {
        void toggled(typed, '2 * ')();
        await client.request(method, params);
      },
      6,
      true,
    );
}

/** The median and the longest of some calls. */
async function times(
  report: Report,
  client: Client,
  what: string,
  aim: number,
  run: () => Promise<unknown>,
  rounds = 11,
  pause = false,
): Promise<void> {
  const taken: number[] = [];
  const before = client.cpu() ?? NaN;
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    await run();
    taken.push(performance.now() - begin);
    // What follows a pause in typing is no part of it, and delays no key.
    if (pause) await idle(client);
  }
  const spent = ((client.cpu() ?? NaN) - before) / rounds;
  const longest = Math.max(...taken);
  report.value(
    `${what} (goal ${aim}), longest ${longest.toFixed(0)} ms, processor time ${spent.toFixed(0)} ms`,
    quantile(taken, 0.5),
    'ms',
  );
}

/** Resolves when the server has done nothing for half a second. */
async function idle(client: Client): Promise<void> {
  for (let quiet = 0, last = client.cpu() ?? 0; quiet < 5;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = client.cpu() ?? 0;
    // The clock has steps of 10 ms.
    quiet = now - last <= 10 ? quiet + 1 : 0;
    last = now;
  }
}
