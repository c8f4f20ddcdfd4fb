/** Whatever the format, a command ends with the same exit code, and says the same on the same inputs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { build } from '../../cli/commands/build.ts';
import { check } from '../../cli/commands/check.ts';
import { breaking, diff } from '../../cli/commands/diff.ts';
import { fmt } from '../../cli/commands/fmt.ts';
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

it.each([
  ['check', async (terminal: Terminal) => check([at('wrong')], { format: 'json' }, terminal)],
  ['test', async (terminal: Terminal) => runTests([at('wrong')], { format: 'json' }, terminal)],
  [
    'build',
    async (terminal: Terminal) =>
      build(at('wrong'), { format: 'json', out: join(parent, 'w.pollux') }, terminal),
  ],
])('%s says to a program what is wrong with a text', async (_, run) => {
  const { files, diagnostics } = JSON.parse((await hear(run, false)).out) as {
    files: number;
    diagnostics: { code: string; severity: string; source: { line: number } }[];
  };
  expect([files, new Set(diagnostics.map(({ severity }) => severity))]).toEqual([1, new Set(['error'])]);
  expect(diagnostics[0]!.code).toMatch(/^PX3\d{3}$/);
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
