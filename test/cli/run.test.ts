import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { command, example, hashIn, pollux, temporaryFolder } from './pollux.ts';

const folder = temporaryFolder();
const ball = example('bouncing-ball/ball.twin');
const at = (name: string): string => join(folder, name);
const cool = at('cool.twin');
writeFileSync(
  cool,
  `package t

asset Cup {
  param  tau     = 5 min
  input  ambient = 20 degC
  state  heat    = 80 degC
  der(heat) = (ambient - heat) / tau
  sensor probe measures heat every 10 s  noise normal(0.5 K)
}

scenario hour for Cup {
  output every 1 min
  run 1 h
}

test "cools" on hour { expect heat - ambient < 1 mK }
test "stays hot" on hour { require always heat > 50 degC }

asset Sink {
  state level = 2 m
  let drawn = sqrt(level / 1 m) * 0.1 m/s
  der(level) = drawn - 1 m/s
}
`,
);

interface Ran {
  hash: string;
  seed: number;
  time: number;
  columns: { name: string; unit: string }[];
  rows: number[][];
  trouble: { code: string } | null;
}
const asJson = (...args: string[]): Ran => {
  const { code, out, err } = pollux(['run', ...args, '--json']);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Ran;
};
const column = ({ columns, rows }: Ran, name: string): number[] => {
  const index = columns.findIndex((each) => each.name === name);
  expect(index, name).toBeGreaterThanOrEqual(0);
  return rows.map((row) => row[index]!);
};

describe('pollux run', () => {
  it('tells what happened, draws it, and ends with the values and the hash', () => {
    const { code, out, err } = pollux(['run', ball, '--scenario', 'drop']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Bouncing ball.*, 5 s\n/);
    expect(out).toContain('height [m]');
    expect(out).toMatch(/^ {2}bounces +31$/m);
    expect(hashIn(out)).toBe(asJson(ball, '--scenario', 'drop').hash);
  });

  it('draws and lists what the view shows, in its units, before what is remembered', () => {
    const viewed = at('viewed.twin');
    writeFileSync(
      viewed,
      `package v

asset Tank {
  input inflow = 2 L/s
  state level  = 1 m
  state moved  = 0 m3
  let full     = ratio(moved, 10 m3) as %
  let spare    = 3 m - level
  der(level) = inflow / 4 m2
  der(moved) = inflow
}

scenario filling for Tank { run 1000 s }

view Tank {
  row { number spare as cm  gauge level in 0 m..3 m as mm }
  chart "Content" moved, level * 4 m2 as L
}
`,
    );
    const { code, out } = pollux(['run', viewed, '--scenario', 'filling']);
    expect(code).toBe(0);
    expect(out.match(/^\S+ \[.*\]$/gm)).toEqual(['moved [L]']);
    expect(out).toMatch(/^ *2000 ┤/m);
    // 1 m and 2 L/s for 1000 s on 4 m²: 1.5 m of 3 m.
    expect(out).toMatch(/^ {2}spare +150 cm\n\n {2}level +1500 mm\n {2}moved +2 m³$/m);
    expect(asJson(viewed, '--scenario', 'filling').columns.find(({ name }) => name === 'full')!.unit).toBe(
      '%',
    );
  });

  it('follows the closed form, in the units of the text', () => {
    const ran = asJson(cool, '--scenario', 'hour');
    const [times, heat] = [column(ran, 'time'), column(ran, 'heat')];
    expect(ran.columns.find(({ name }) => name === 'heat')!.unit).toBe('degC');
    expect(times.at(-1)).toBe(3600);
    times.forEach((time, n) => expect(heat[n]).toBeCloseTo(20 + 60 * Math.exp(-time / 300), 6));
  });

  it('takes parameters and inputs in their units', () => {
    const kelvin = asJson(cool, '--scenario', 'hour', '--set', 'ambient=303.15 K', '--set', 'tau=0.1 h');
    const bare = asJson(cool, '--set', 'ambient=30', '--set', 'tau=6', '--scenario', 'hour');
    expect(bare.hash).toBe(kelvin.hash);
    expect(column(bare, 'heat').at(-1)).toBeCloseTo(30 + 50 * Math.exp(-10), 6);
  });

  it.each([
    [
      'ambient=3 kg',
      'pollux: --set ambient: \'3 kg\' does not fit; write a number with a unit, such as "1 degC"\n',
    ],
    [
      'ambient=warm',
      'pollux: --set ambient: \'warm\' is no constant value; write a number with a unit, such as "1 degC"\n',
    ],
    [
      'ambient=',
      'pollux: --set ambient: \'\' is no constant value; write a number with a unit, such as "1 degC"\n',
    ],
    ['ambient', 'pollux: --set ambient: write name=value, such as ambient="30 degC"\n'],
    ['ambiant=3 K', 'pollux: there is no parameter or input ambiant; there are tau, ambient\n'],
    ['tau[2]=3 s', 'pollux: there is no parameter or input tau[2]; there are tau, ambient\n'],
  ])('refuses --set %s', (setting, sentence) => {
    expect(pollux(['run', cool, '--scenario', 'hour', '--set', setting])).toEqual({
      code: 1,
      out: '',
      err: sentence,
    });
  });

  it('changes with the seed what is measured, and not what is', () => {
    const [one, two] = ['1', '2'].map((seed) => asJson(cool, '--scenario', 'hour', '--seed', seed));
    expect(two!.seed).toBe(2);
    expect(column(one!, 'heat')).toEqual(column(two!, 'heat'));
    expect(column(one!, 'probe')).not.toEqual(column(two!, 'probe'));
    expect(asJson(cool, '--scenario', 'hour', '--seed', '2').hash).toBe(two!.hash);
  });

  it('writes a recording while it runs, which has its name only when it is whole', () => {
    const out = at('out');
    mkdirSync(out);
    const file = join(out, 'drop.csv');
    const { err } = pollux(['run', ball, '--scenario', 'drop', '--out', file]);
    const [head, ...rows] = readFileSync(file, 'utf8').trim().split('\r\n');
    const { columns, rows: held } = asJson(ball, '--scenario', 'drop');
    expect(err).toBe(`Wrote ${file}: ${rows.length} rows, ${columns.length} columns\n`);
    expect(head!.split(',').map((name) => name.replace(/ \[.*/, ''))).toEqual(
      columns.map(({ name }) => name),
    );
    const number = (cell: string): number => (cell === 'true' ? 1 : cell === 'false' ? 0 : Number(cell));
    expect(rows.map((row) => row.split(',').map(number))).toEqual(held);
    expect(
      pollux(['run', ball, '--scenario', 'drop', '--out', join(out, 'not.csv'), '--restore', ball]).code,
    ).toBe(1);
    expect(readdirSync(out)).toEqual(['drop.csv']);
  });

  it('continues what was saved to the state of one run', () => {
    const whole = pollux(['run', ball, '--scenario', 'drop']);
    const half = pollux(['run', ball, '--scenario', 'drop', '--duration', '2500 ms', '--save', at('half')]);
    expect(half.code).toBe(0);
    const rest = pollux(['run', ball, '--scenario', 'drop', '--restore', at('half')]);
    expect(hashIn(rest.out)).toBe(hashIn(whole.out));
    expect(hashIn(half.out)).not.toBe(hashIn(whole.out));
    const foreign = pollux(['run', cool, '--scenario', 'hour', '--restore', at('half')]);
    expect(foreign.code).toBe(1);
    expect(foreign.err).toMatch(/^pollux: .*half cannot be restored: .*\n$/);
  });

  it('writes the same recording as CSV, Parquet and JSON', async () => {
    const ran = asJson(cool, '--scenario', 'hour').rows.length;
    for (const extension of ['csv', 'parquet', 'json'])
      expect(pollux(['run', cool, '--scenario', 'hour', '-o', at(`r.${extension}`)]).code).toBe(0);
    const csv = Papa.parse<Record<string, number>>(readFileSync(at('r.csv'), 'utf8').trim(), {
      header: true,
      dynamicTyping: true,
    }).data;
    const bytes = readFileSync(at('r.parquet'));
    const parquet = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    });
    expect(csv).toHaveLength(ran);
    expect(parquet).toHaveLength(ran);
    const heat = Object.keys(csv[0]!).find((name) => name.startsWith('heat'))!;
    expect(heat).toContain('degC');
    expect(csv.at(-1)![heat]).toBeCloseTo(20 + 60 * Math.exp(-12), 6);
    // Units are metadata there, not a part of the name.
    expect(parquet.map((row) => row['heat'])).toEqual(csv.map((row) => row[heat]));
    expect(() => JSON.parse(readFileSync(at('r.json'), 'utf8')) as unknown).not.toThrow();
  });

  it('tells of each requirement of a test, also of those without a margin', () => {
    const text = `package clock
asset Clock {
  input stop = false
  state n = 0
  every 1 s -> set n = n + 1
}
scenario minute for Clock { run 1 min }
test "counts" on minute {
  require never stop
  require eventually n == 3
  require when stop becomes true: within 1 s n > 3
  expect n > 60
}
`;
    writeFileSync(at('clock.twin'), text);
    expect(
      pollux(['test', at('clock.twin')])
        .out.split('\n')
        .slice(1, 5),
    ).toEqual([
      '    require never stop: holds',
      '    require eventually n == 3: holds',
      '    require when stop becomes true: within 1 s n > 3: holds; its trigger never occurred up to t = 1 min',
      '    expect n > 60: by 1',
    ]);
  });

  it('exits with 3 when trouble stops the run, and says where and when', () => {
    const { code, err } = pollux(['run', cool, '--root', 'Sink', '--duration', '100']);
    expect(code).toBe(3);
    expect(err).toMatch(/^stopped PX9005: .* at t = 2\.\d+ s: level .*\n$/);
  });

  it('asks which, where there are several', () => {
    expect(pollux(['run', ball])).toMatchObject({
      code: 1,
      err: 'pollux: say which with --scenario: there are examples.ball.drop, examples.ball.superball\n',
    });
  });

  it('takes the only scenario, though it is for an asset and a twin is there', () => {
    const one = at('one.twin');
    const text =
      'package one\nasset Clock {\n  state n = 0\n  every 1 s -> set n = n + 1\n}\ntwin Hall: Clock\n';
    writeFileSync(one, `${text}scenario minute for Clock { run 1 min }\n`);
    const { code, out } = pollux(['run', one]);
    expect([code, out.split('\n')[0]]).toEqual([0, 'Clock: one.minute, 1 min']);
    expect(pollux(['run', one, '--duration', '5 s']).out).toMatch(/^Hall, 5 s\n/);
    writeFileSync(one, `${text}scenario a for Clock { run 1 min }\nscenario b for Clock { run 2 min }\n`);
    expect(pollux(['run', one]).err).toContain('say how long to run');
  });

  it('names a few of many, and those first that may be meant', () => {
    const names = Array.from({ length: 40 }, (_, n) => `Tank${n}`);
    mkdirSync(at('many'));
    const many = at('many/many.twin');
    writeFileSync(
      many,
      `package many\n\nasset Tank {\n  param height = 3 m\n}\n\n${names.map((name) => `twin ${name}: Tank\n`).join('')}twin Chimney: Tank\n`,
    );
    const first =
      'twin many.Tank0, twin many.Tank1, twin many.Tank2, twin many.Tank3, twin many.Tank4, twin many.Tank5';
    expect(pollux(['run', many])).toMatchObject({
      code: 1,
      err: `pollux: say which with --root: there are ${first} and 35 more\n`,
    });
    expect(pollux(['run', many, '--root', 'Chimny']).err).toMatch(
      /^pollux: there is no twin or asset Chimny; there are twin many\.Chimney, (twin many\.Tank\d, ){4}twin many\.Tank4 and \d+ more\n$/,
    );
    // Neighbours are read, and meant by nobody who names one file.
    const one = at('many/one.twin');
    writeFileSync(one, 'package many\n\ntwin Alone: Tank\n');
    expect(pollux(['run', one, '--duration', '1 s'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Alone/),
    });
  });
});

describe('pollux test', () => {
  it('exits with 3 when one fails, with place and margin', () => {
    const { code, out } = pollux(['test', cool], { cwd: folder });
    expect(code).toBe(3);
    expect(out).toMatch(/✓ cools/);
    expect(out).toMatch(/✗ stays hot/);
    expect(out).toMatch(/fails by 30 K.*\n *cool\.twin:\d+:\d+\n/);
    expect(out).toMatch(/1 passed, 1 failed\n$/);
  });

  it('runs only those that are asked for', () => {
    expect(pollux(['test', cool, '--filter', 'cool'])).toMatchObject({ code: 0 });
    expect(pollux(['test', cool, '--filter', 'zzz'])).toEqual({
      code: 1,
      out: '',
      err: 'pollux: no test\'s name contains "zzz"\n',
    });
  });

  it('gives margins as JSON, in SI', () => {
    const { code, out } = pollux(['test', cool, '--json']);
    expect(code).toBe(3);
    const { passed, tests } = JSON.parse(out) as {
      passed: number;
      tests: { name: string; passed: boolean; requirements: { margin: number }[] }[];
    };
    expect(passed).toBe(1);
    const margin = (name: string): number =>
      tests.find((test) => test.name === name)!.requirements[0]!.margin;
    expect(margin('cools')).toBeCloseTo(0.001 - 60 * Math.exp(-12), 6);
    expect(margin('stays hot')).toBeCloseTo(-30 + 60 * Math.exp(-12), 6);
  });
});

it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing half-written behind on %s', async (signal) => {
  const cwd = join(folder, signal);
  mkdirSync(cwd);
  const long = ['--duration', '100000 d', '--scenario', 'school1978', '--out', 'long.csv'];
  const child = spawn(process.execPath, [command, 'run', example('epidemic/sir.twin'), ...long], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on('exit', (_, by) => resolve(by)));
  // It writes under another name first.
  await expect.poll(() => readdirSync(cwd), { timeout: 60_000 }).toHaveLength(1);
  expect(readdirSync(cwd)).not.toContain('long.csv');
  child.kill(signal);
  // As a shell expects it: ended by the signal.
  expect(await ended).toBe(signal);
  expect(readdirSync(cwd)).toEqual([]);
  expect(said).not.toMatch(/^\s+at .*[:(]\d+/m);
});
