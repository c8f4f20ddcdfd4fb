/** Recordings there and back, against papaparse and hyparquet themselves, and bad files. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import Papa from 'papaparse';
import { afterAll, describe, expect, it } from 'vitest';
import {
  openRecording,
  parseHeader,
  recordArrivals,
  samplesOf,
  timeColumn,
  writeRecording,
} from '../../live/recording/index.ts';
import type { RecordingColumn } from '../../live/recording/index.ts';
import { loadReplay } from '../../live/replay.ts';
import { casing, celsius, manifestWith, none, running, vibration } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'pollux-recording-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string) => join(folder, name);
const text = (name: string, content: string) => {
  writeFileSync(file(name), content);
  return file(name);
};

async function back(path: string): Promise<(readonly number[])[]> {
  const rows: (readonly number[])[] = [];
  for await (const { values, bad } of (await openRecording(path)).rows()) {
    expect(bad).toBeUndefined();
    rows.push(values);
  }
  return rows;
}

const columns: RecordingColumn[] = [
  timeColumn,
  { name: 'pump[2].casing', unit: none },
  { name: 'a, "quoted" name', unit: none },
  { name: 'running', unit: none, base: 'boolean' },
];
const number = fc.oneof(
  fc.double(),
  fc.constantFrom(-0, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 1e21, 1e-7, NaN),
);
const rows = fc.array(
  fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), number, number, fc.constantFrom(0, 1, NaN)),
  { maxLength: 30 },
);

describe('there and back, to the last bit', () => {
  it.each(['x.csv', 'x.parquet'])('%s', async (name) => {
    await fc.assert(
      fc.asyncProperty(rows, async (written) => {
        expect(await writeRecording(file(name), { columns, rows: written })).toBe(written.length);
        const read = await back(file(name));
        expect(read.length).toBe(written.length);
        // Object.is per number: −0 is not 0, NaN is NaN.
        expect(read.every((row, r) => row.every((value, c) => Object.is(value, written[r]![c])))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('JSON, read by anyone', async () => {
    await writeRecording(file('x.json'), {
      columns,
      rows: [
        [0.1, 1e21, -0, 1],
        [2, NaN, 5e-324, NaN],
      ],
    });
    const read = JSON.parse(readFileSync(file('x.json'), 'utf8')) as {
      columns: unknown[];
      rows: unknown[][];
    };
    expect(read.columns[1]).toEqual({ name: 'pump[2].casing', unit: '', base: 'number' });
    expect(read.rows).toEqual([
      [0.1, 1e21, -0, true],
      [2, null, 5e-324, null],
    ]);
  });

  it('more rows than one block or row group holds', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => [i, Math.sqrt(i), -i / 3, i % 2]);
    for (const name of ['many.csv', 'many.parquet']) {
      await writeRecording(file(name), { columns, rows: many });
      expect(await back(file(name))).toEqual(many);
    }
  });
});

describe('Parquet of others', () => {
  it.each(['with an index of its pages', 'without'])('in one large row group, %s', async (how) => {
    const rows = 300_000;
    const buffer = parquetWriteBuffer({
      columnData: [
        {
          name: 'time',
          type: 'DOUBLE',
          data: Float64Array.from({ length: rows }, (_, i) => i / 8),
          offsetIndex: how !== 'without',
        },
        {
          name: 'casing',
          type: 'INT32',
          data: Int32Array.from({ length: rows }, (_, i) => i % 7),
          offsetIndex: how !== 'without',
        },
      ],
      rowGroupSize: rows,
      pageSize: 100_000,
    });
    const path = file('large.parquet');
    writeFileSync(path, new Uint8Array(buffer));
    const { row_groups: groups } = await parquetMetadataAsync(await asyncBufferFromFile(path));
    expect(groups).toHaveLength(1);
    expect(
      groups[0]!.columns.every(
        (column) => (column.offset_index_offset === undefined) === (how === 'without'),
      ),
    ).toBe(true);
    let row = 0;
    for await (const { line, values, bad } of (await openRecording(path)).rows()) {
      if (bad !== undefined || line !== row + 1 || values[0] !== row / 8 || values[1] !== row % 7)
        expect({ line, values, bad }).toEqual({ line: row + 1, values: [row / 8, row % 7], bad: undefined });
      row += 1;
    }
    expect(row).toBe(rows);
  });
});

describe('what others see in our files', () => {
  const shown: RecordingColumn[] = [
    timeColumn,
    { name: 'casing', unit: celsius },
    { name: 'running', unit: none, base: 'boolean' },
  ];

  it('CSV: units in the header, CRLF, quotes', async () => {
    await writeRecording(file('o.csv'), {
      columns: [...shown, columns[2]!],
      rows: [
        [0, 293.15, 1, 1],
        [1, NaN, 0, 2],
      ],
    });
    const content = readFileSync(file('o.csv'), 'utf8');
    expect(content).toBe(
      'time [s],casing [degC],running,"a, ""quoted"" name"\r\n0,20,true,1\r\n1,,false,2\r\n',
    );
    expect(Papa.parse<string[]>(content).data[0]).toEqual([
      'time [s]',
      'casing [degC]',
      'running',
      'a, "quoted" name',
    ]);
  });

  it('Parquet: plain names, doubles and booleans', async () => {
    await writeRecording(file('o.parquet'), {
      columns: shown,
      rows: [
        [0, 293.15, 1],
        [1, 303.15, NaN],
      ],
    });
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(file('o.parquet')) })).toEqual([
      { time: 0, casing: 20, running: true },
      { time: 1, casing: 30, running: null },
    ]);
    expect((await openRecording(file('o.parquet'))).columns[1]).toEqual({ name: 'casing', unit: 'degC' });
  });

  it('headers', () => {
    expect(parseHeader('pump[2].casing [degC]')).toEqual({ name: 'pump[2].casing', unit: 'degC' });
    expect(parseHeader('pump[2]')).toEqual({ name: 'pump[2]', unit: '' });
  });
});

describe('columns to sensors and inputs', () => {
  const manifest = manifestWith([casing('c'), vibration(1, 'v'), running('r')]);
  const fahrenheit = (name: string) =>
    name === 'degF'
      ? { text: 'degF', label: '°F', factor: 5 / 9, offset: 459.67, dimension: 'K' }
      : undefined;

  it('by name, with units converted, and what is not used said', async () => {
    const path = text(
      'm.csv',
      'time [min];casing [degF];pump[2].vibration;nobody;ambient [kg];running\n0;212;4;1;1;on\n0.5;32;;1;1;off\n',
    );
    const samples = samplesOf(await openRecording(path), manifest, fahrenheit);
    expect(samples.used.map(({ name }) => name)).toEqual(['casing', 'pump[2].vibration', 'running']);
    expect(samples.unused).toEqual([
      { column: 'nobody', why: 'no sensor or input has this name' },
      { column: 'ambient', why: 'its unit [kg] is not known; the twin has degC' },
    ]);
    const all = [];
    for await (const row of samples.read()) all.push(...row);
    expect(all.map(({ time }) => time)).toEqual([0, 0, 0, 30, 30]);
    expect(all[0]!.value).toBeCloseTo(373.15, 10);
    expect(all[1]).toMatchObject({ value: 0.004, target: { kind: 'sensor', sensor: 1, instance: 1 } });
    expect(all[3]!.value).toBeCloseTo(273.15, 10);
    expect(all.map(({ value }) => value)[4]).toBe(0);
  });

  it('bad rows are passed over and named by line, the rest is used', async () => {
    const path = text(
      'b.csv',
      'time [s],casing\n0,20\n1,abc\n2,21,9\n,22\n1.5,"23"\n\n1.2,24\n3,1e999\n4,25\n',
    );
    const { replay, samples, bad } = await loadReplay(path, manifest);
    expect(samples).toBe(3);
    expect(replay.take(10).map(({ time }) => time)).toEqual([0, 1.5, 4]);
    expect(bad.count).toBe(5);
    expect(bad.first.map(({ line }) => line)).toEqual([3, 4, 5, 8, 9]);
    expect(bad.first[0]!.why).toContain('“abc” is no number');
    expect(bad.first[1]!.why).toContain('3 cells');
  });

  it('dates are times too', async () => {
    const path = text('d.csv', 'time,casing\n2026-03-01T12:00:00Z,20\n2026-03-01T13:00:10+01:00,21\n');
    const { replay } = await loadReplay(path, manifest);
    expect(replay.take(100).map(({ time }) => time)).toEqual([0, 10]);
  });

  /** Of each row its time since the first one, as exact as it is written. */
  const timesIn = async (path: string): Promise<number[]> => {
    const { replay } = await loadReplay(path, manifest);
    return replay.take(1e9).map(({ time }) => time);
  };
  it.each([
    [
      'a tenth of a second',
      ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.1Z', '2026-03-01T12:00:00.7Z'],
      [0, 0.1, 0.7],
    ],
    [
      'microseconds',
      ['2026-03-01T12:00:00.000001Z', '2026-03-01T12:00:00.000003Z', '2026-03-01T12:00:01Z'],
      [0, 2e-6, 0.999999],
    ],
    [
      'the hour that comes twice when clocks go back',
      ['2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00'],
      [0, 3600],
    ],
    [
      'the hour that clocks leave out, said in UTC',
      ['2026-03-29 00:59:59', '2026-03-29 01:00:00', '2026-03-29 02:30'],
      [0, 1, 5401],
    ],
    [
      'a leap second is the second after it',
      ['2016-12-31T23:59:59Z', '2016-12-31T23:59:60Z', '2017-01-01T00:00:01Z'],
      [0, 1, 2],
    ],
    ['numbers: seconds', ['1772366400', '1772366400.1', '1772366401'], [0, 0.1, 1]],
    ['milliseconds', ['1772366400000', '1772366400100', '1772366401000'], [0, 0.1, 1]],
    ['microseconds, and nanoseconds', ['1772366400000000', '1772366400100000'], [0, 0.1]],
    ['nanoseconds', ['1772366400000000000', '1772366400100000000'], [0, 0.1]],
  ])('dates to the microsecond: %s', async (_, times, expected) => {
    expect(
      await timesIn(text('times.csv', `time,casing\n${times.map((time) => `${time},20`).join('\n')}\n`)),
    ).toEqual(expected);
  });

  it('days that there are not are no dates', async () => {
    const path = text(
      'days.csv',
      'time,casing\n2026-02-28T23:59:59Z,20\n2026-02-29T00:00:00Z,21\n2026-03-01T24:00:01Z,22\n2026-03-01T00:00:60Z,22\n2026-03-01T00:00:00Z,23\n',
    );
    const { replay, bad } = await loadReplay(path, manifest);
    expect(replay.take(100).map(({ time }) => time)).toEqual([0, 1]);
    expect(bad.first.map(({ line }) => line)).toEqual([3, 4, 5]);
  });

  it('Parquet: times of other programs keep their digits', async () => {
    const write = (type: 'TIMESTAMP', unit: 'MILLIS' | 'MICROS' | 'NANOS', times: bigint[]): string => {
      const buffer = parquetWriteBuffer({
        schema: [
          { name: 'root', num_children: 2 },
          {
            name: 'time',
            type: 'INT64',
            repetition_type: 'REQUIRED',
            logical_type: { type, isAdjustedToUTC: true, unit },
          },
          { name: 'casing', type: 'DOUBLE', repetition_type: 'REQUIRED' },
        ],
        columnData: [
          { name: 'time', data: BigInt64Array.from(times) },
          { name: 'casing', data: Float64Array.from(times, () => 20) },
        ],
      });
      writeFileSync(file('times.parquet'), new Uint8Array(buffer));
      return file('times.parquet');
    };
    const second = 1_772_366_400n;
    expect(await timesIn(write('TIMESTAMP', 'MILLIS', [second * 1000n, second * 1000n + 100n]))).toEqual([
      0, 0.1,
    ]);
    expect(
      await timesIn(write('TIMESTAMP', 'MICROS', [second * 1_000_000n, second * 1_000_000n + 3n])),
    ).toEqual([0, 3e-6]);
    expect(
      await timesIn(write('TIMESTAMP', 'NANOS', [second * 10n ** 9n, second * 10n ** 9n + 100_003_000n])),
    ).toEqual([0, 0.100003]);
  });

  it('what is neither true nor false is no value of what is', async () => {
    const path = text('kinds.csv', 'time,casing,running\n0,20,1\n1,21,0.5\n2,22,2\n3,23,false\n');
    const { replay, bad } = await loadReplay(path, manifest);
    expect(replay.take(9).map(({ time, value }) => [time, Number(value.toFixed(2))])).toEqual([
      [0, 293.15],
      [0, 1],
      [1, 294.15],
      [2, 295.15],
      [3, 296.15],
      [3, 0],
    ]);
    expect(bad.first).toEqual([
      { line: 3, why: 'running is true or false, not 0.5' },
      { line: 4, why: 'running is true or false, not 2' },
    ]);
  });

  it('what was sampled before the start keeps its distance to it, and is passed over', async () => {
    const path = text('before.csv', 'time [s],casing\n-10,18\n-5,19\n0,20\n5,21\n');
    const { replay, bad } = await loadReplay(path, manifest);
    expect(replay.take(100).map(({ time }) => time)).toEqual([0, 5]);
    expect(bad).toEqual({
      count: 2,
      first: [2, 3].map((line) => ({ line, why: expect.stringContaining('before the start') as string })),
    });
  });

  it.each([
    ['e.csv', '', 'is empty'],
    ['n.csv', 'casing\n20\n', 'no column of times'],
    ['u.csv', 'time [furlong],casing\n0,20\n', 'times are in [furlong]'],
    ['w.csv', 'time,nothing\n0,20\n', 'no column of the recording is a sensor or an input'],
    ['z.csv', 'time,casing\nx,y\n', 'line 2'],
    ['p.parquet', 'this is no parquet', 'is no Parquet file'],
    ['q.txtx', '', 'must end in .csv or .parquet'],
    ['long.csv', `time,casing\n${'1'.repeat(5_000_000)}`, 'is no CSV'],
  ])('%s is refused in words', async (name, content, words) => {
    await expect(loadReplay(text(name, content), manifest)).rejects.toThrow(words);
  });
  it('and so are files that are not there, and folders that cannot be written', async () => {
    await expect(openRecording(file('none.csv'))).rejects.toThrow('there is no file');
    await expect(writeRecording(file('no/where.csv'), { columns, rows: [] })).rejects.toThrow(
      'cannot be written',
    );
    await expect(writeRecording(file('x.doc'), { columns, rows: [] })).rejects.toThrow(
      '.csv, .parquet or .json',
    );
  });

  it('what comes in is recorded in order of time and replays as it came', async () => {
    const recorder = await recordArrivals(file('in.csv'), manifest, 1_000_000);
    recorder.add({ binding: 0, time: 1_001_000, value: 293.15 });
    recorder.add({ binding: 2, time: 1_001_000, value: 1 });
    recorder.add({ binding: 1, time: 1_003_000, value: 0.004 });
    recorder.add({ binding: 0, time: 1_002_000, value: 303.15 });
    expect(recorder.close()).toEqual({ rows: 3, tooLate: 0 });
    expect(readFileSync(file('in.csv'), 'utf8')).toBe(
      'time [s],casing [degC],pump[1].vibration [mm/s],running\r\n1,20,,true\r\n2,30,,\r\n3,,4,\r\n',
    );
    const { replay } = await loadReplay(file('in.csv'), manifest);
    expect(replay.duration).toBe(3);
    expect(replay.take(2).map(({ value }) => value)).toEqual([293.15, 1, 303.15]);
    expect(replay.take(9).map(({ value }) => value)).toEqual([0.004]);
    replay.restart();
    expect(replay.take(9)).toHaveLength(4);
  });

  it('and so is what comes late, while rows are written', async () => {
    const recorder = await recordArrivals(file('late.csv'), manifest, 0);
    const expected: string[] = [];
    for (let second = 1; second <= 40; second += 1) {
      recorder.add({ binding: 0, time: 1000 * second, value: 273.15 + second });
      // Nine seconds late, in its row; fifteen: too late.
      if (second > 9 && second % 3 === 0)
        recorder.add({ binding: 1, time: 1000 * (second - 9), value: 0.001 * second });
      if (second === 30) recorder.add({ binding: 1, time: 15_000, value: 1 });
      const shake = second % 3 === 0 && second + 9 <= 40 ? String(second + 9) : '';
      expected.push(`${second},${second},${shake},`);
    }
    expect(recorder.close()).toEqual({ rows: 40, tooLate: 1 });
    expect(readFileSync(file('late.csv'), 'utf8').split('\r\n').slice(1, -1)).toEqual(expected);
  });
});

describe('a disk that is full', () => {
  it('leaves whole rows, and says so', (context) => {
    if (process.platform === 'win32') context.skip('there is no ulimit');
    const own = mkdtempSync(join(tmpdir(), 'pollux-full-'));
    try {
      const file = join(own, 'full.csv');
      const module = pathToFileURL(join(import.meta.dirname, '..', '..', 'live', 'recording', 'csv.ts')).href;
      writeFileSync(
        join(own, 'write.mjs'),
        `import { writeCsv } from ${JSON.stringify(module)};
const unit = { text: 's', label: 's', factor: 1, offset: 0 };
const writer = writeCsv(${JSON.stringify(file)}, [{ name: 'time', unit }, { name: 'x', unit }]);
let code = 'none';
try {
  for (let n = 0; n < 100000; n += 1) writer.write([n, n + 0.123456789]);
} catch (error) {
  ({ code } = error);
}
process.stdout.write(code);`,
      );
      // In kilobytes or half of them, as the shell counts.
      const said = execFileSync(
        'sh',
        ['-c', `ulimit -f 150; exec "${process.execPath}" "${join(own, 'write.mjs')}"`],
        { encoding: 'utf8' },
      );
      expect(said).toBe('EFBIG');
      const rows = readFileSync(file, 'utf8').split('\r\n');
      expect(rows.pop()).toBe('');
      expect(rows.length).toBeGreaterThan(1000);
      expect(rows.slice(1)).toEqual(rows.slice(1).map((_, n) => `${n},${n + 0.123456789}`));
    } finally {
      rmSync(own, { recursive: true });
    }
  });
});
