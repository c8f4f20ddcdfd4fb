/** Whatever the format, a command ends with the same exit code, and says the same on the same inputs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { build } from '../../cli/commands/build.ts';
import { calibrate } from '../../cli/commands/calibrate.ts';
import { check } from '../../cli/commands/check.ts';
import { breaking, diff } from '../../cli/commands/diff.ts';
import { experiment } from '../../cli/commands/experiment.ts';
import { fmt } from '../../cli/commands/fmt.ts';
import { run as runTwin } from '../../cli/commands/run.ts';
import { test as runTests } from '../../cli/commands/test.ts';
import { FORMATS } from '../../cli/formats/names.ts';
import type { Format } from '../../cli/formats/names.ts';
import type { ExitCode, Terminal } from '../../cli/terminal/terminal.ts';
import { temporaryFolder } from './pollux.ts';

const parent = temporaryFolder();
const tank = (level: string, format = ''): string =>
  `package p\n\nasset Tank {\n  param start =${format} ${level}\n\n  state level = start\n\n  der(level) = -level / 1 s\n\n  sensor gauge measures level every 100 ms\n}\n\nscenario day for Tank {\n  run 1 s\n}\n\ntest "lasts" on day {\n  expect level > 0.5 m\n}\n\ntest "falls" on day {\n  expect level < 5 m\n}\n`;
const texts = {
  fine: tank('2 m'),
  less: tank('1 m'),
  unformatted: tank('2 m', '    '),
  wrong: tank('2 kg'),
  gone: tank('2 m').replace('  sensor gauge measures level every 100 ms\n', ''),
};
for (const [name, text] of Object.entries(texts)) {
  mkdirSync(join(parent, name));
  writeFileSync(join(parent, name, 'tank.twin'), text);
}
const at = (name: keyof typeof texts): string => join(parent, name);

async function hear(
  action: (terminal: Terminal) => Promise<ExitCode>,
  timeless = true,
): Promise<{ code: ExitCode; out: string }> {
  const said: string[] = [];
  const terminal: Terminal = {
    out: (text) => void said.push(text),
    err: () => undefined,
    style: (_, text) => text,
    interactive: false,
    width: 100,
  };
  const code = await action(terminal);
  // How long something took is another each time.
  const whole = said.join('');
  if (!timeless) return { code, out: whole };
  const out = whole.replaceAll(/("seconds": |time="|\b)\d+(\.\d+)?(e-\d+)?(?=,|"| ms)/g, '$1T');
  return { code, out };
}
const cache = false;

const cases: [string, ExitCode, (format: Format, terminal: Terminal) => Promise<ExitCode>][] = [
  ['check, fine', 0, (format, terminal) => check([at('fine')], { format }, terminal)],
  ['check, wrong', 3, (format, terminal) => check([at('wrong')], { format }, terminal)],
  ['fmt --check, fine', 0, (format, terminal) => fmt([at('fine')], { format, check: true }, terminal)],
  ['fmt --check, not', 3, (format, terminal) => fmt([at('unformatted')], { format, check: true }, terminal)],
  ['test, passing', 0, (format, terminal) => runTests([at('fine')], { format }, terminal)],
  ['test, failing', 3, (format, terminal) => runTests([at('less')], { format }, terminal)],
  ['test, wrong', 3, (format, terminal) => runTests([at('wrong')], { format }, terminal)],
  [
    'test, out of budget',
    4,
    (format, terminal) => runTests([at('fine')], { format, budget: 1e-9 }, terminal),
  ],
  [
    'breaking, nothing',
    0,
    (format, terminal) => breaking([at('fine'), at('unformatted')], { format, cache }, terminal),
  ],
  [
    'breaking, a sensor',
    3,
    (format, terminal) => breaking([at('fine'), at('gone')], { format, cache }, terminal),
  ],
  [
    'breaking, wrong',
    3,
    (format, terminal) => breaking([at('fine'), at('wrong')], { format, cache }, terminal),
  ],
  [
    'build, wrong',
    3,
    (format, terminal) => build(at('wrong'), { format, out: join(parent, 'w.pollux') }, terminal),
  ],
  [
    'build, fine',
    0,
    (format, terminal) => build(at('fine'), { format, out: join(parent, 'f.pollux') }, terminal),
  ],
];

describe.each(cases)('%s', (_, expected, run) => {
  it(`ends with ${expected} in every format, and says the same again`, async () => {
    for (const format of FORMATS) {
      const first = await hear((terminal) => run(format, terminal));
      expect(first.code, format).toBe(expected);
      const again = await hear((terminal) => run(format, terminal));
      expect(again, format).toEqual(first);
    }
  });
});

const readJson = (path: string): object =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')) as object;
const ajv = new Ajv2020({ strict: true, formats: { date: /^\d{4}-\d{2}-\d{2}$/ } });
ajv.addSchema(readJson('review/review.schema.json'));
const isListOfErrors = ajv.compile(readJson('docs/reference/schemas/diagnostics.schema.json'));
const isBreaking = ajv.compile(readJson('docs/reference/schemas/breaking.schema.json'));
const json = true;

it.each<[string, (terminal: Terminal) => Promise<ExitCode>]>([
  ['check', (terminal) => check([at('wrong')], { json }, terminal)],
  ['test', (terminal) => runTests([at('wrong')], { json }, terminal)],
  ['build', (terminal) => build(at('wrong'), { json, out: join(parent, 'w.pollux') }, terminal)],
  ['run', (terminal) => runTwin(at('wrong'), { json }, terminal)],
  ['experiment', (terminal) => experiment(at('wrong'), undefined, { json }, terminal)],
  ['calibrate', (terminal) => calibrate(at('wrong'), undefined, { json }, terminal)],
  ['diff', (terminal) => diff([at('wrong'), at('fine')], { format: 'json', cache }, terminal)],
  ['breaking', (terminal) => breaking([at('fine'), at('wrong')], { json, cache }, terminal)],
])('%s says to a program what is wrong with a text', async (_, run) => {
  const { code, out } = await hear(run, false);
  const said = JSON.parse(out) as { diagnostics: { code: string; severity: string }[] };
  expect(isListOfErrors(said), JSON.stringify(isListOfErrors.errors)).toBe(true);
  expect([code, new Set(said.diagnostics.map(({ severity }) => severity))]).toEqual([3, new Set(['error'])]);
  expect(said.diagnostics[0]!.code).toMatch(/^PX3\d{3}$/);
});

describe('where versions have errors', () => {
  it('a program reads which of them each is in', async () => {
    const said = async (base: string, head: string): Promise<[object, string[]]> => {
      const run = (terminal: Terminal) => breaking([base, head], { json, cache }, terminal);
      const { versions, diagnostics } = JSON.parse((await hear(run, false)).out) as {
        versions: object;
        diagnostics: { version: string }[];
      };
      return [versions, [...new Set(diagnostics.map(({ version }) => version))]];
    };
    const [fine, wrong] = [at('fine'), at('wrong')];
    expect(await said(wrong, fine)).toEqual([{ base: wrong }, ['base']]);
    expect(await said(fine, wrong)).toEqual([{ head: wrong }, ['head']]);
    expect(await said(wrong, wrong)).toEqual([{ base: wrong, head: wrong }, ['base', 'head']]);
  });

  it('a forge marks lines of the version after, and none of the version before', async () => {
    const results = async (base: string, head: string) => {
      const run = (terminal: Terminal) => breaking([base, head], { format: 'sarif', cache }, terminal);
      const log = JSON.parse((await hear(run, false)).out) as {
        runs: { results: { message: { text: string }; locations?: object[] }[] }[];
      };
      return log.runs[0]!.results;
    };
    const [before] = await results(at('wrong'), at('fine'));
    expect(before!.message.text).toContain(`In ${at('wrong')}, `);
    expect(before!.locations ?? []).toEqual([]);
    const [after] = await results(at('fine'), at('wrong'));
    expect(after!.locations).toHaveLength(1);
  });
});

it('what breaks is said to a program by its schema', async () => {
  const run = (terminal: Terminal) => breaking([at('fine'), at('gone')], { json, cache }, terminal);
  expect(isBreaking(JSON.parse((await hear(run, false)).out))).toBe(true);
});

it('test says to a program how many have not run', async () => {
  const { out } = await hear(
    (terminal) => runTests([at('fine')], { format: 'json', budget: 1e-9 }, terminal),
    false,
  );
  expect(JSON.parse(out)).toEqual({ passed: 0, notRun: 2, tests: [] });
});

it('diff ends with 0 or 2 in every format, and says the same again', async () => {
  for (const format of ['text', 'json', 'markdown', 'html'] as const)
    for (const [other, expected] of [
      ['unformatted', 0],
      ['less', 2],
    ] as const) {
      const run = () => hear((terminal) => diff([at('fine'), at(other)], { format, cache }, terminal));
      const first = await run();
      expect(first.code, format).toBe(expected);
      expect(await run(), format).toEqual(first);
    }
});
