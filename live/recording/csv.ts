/** CSV by RFC 4180: comma, CRLF, quotes where needed; UTF-8. */
import { closeSync, createReadStream, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { Transform } from 'node:stream';
import Papa from 'papaparse';
import { millisecondsOf } from '../dates.ts';
import { fromSI } from '../units.ts';
import { headerOf, parseHeader, RecordingError } from './columns.ts';
import type { FileColumn, OpenRecording, RecordingColumn, RecordingWriter, Row } from './columns.ts';

const BLOCK = 64 * 1024;
const LONGEST_LINE = 4 * 1024 * 1024;

/** `file` may be an open file's number, such as 1 for standard output. */
export function writeCsv(file: string | number, columns: readonly RecordingColumn[]): RecordingWriter {
  const descriptor = typeof file === 'number' ? file : openSync(file, 'w');
  let waiting = Papa.unparse([columns.map(headerOf)], { newline: '\r\n' }) + '\r\n';
  const flush = (): void => {
    const bytes = Buffer.from(waiting);
    waiting = '';
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(descriptor, bytes, at);
    } catch (error) {
      // Half a number is another number.
      const half = at - (bytes.lastIndexOf('\n', at - 1) + 1);
      if (typeof file !== 'number' && half > 0) ftruncateSync(descriptor, fstatSync(descriptor).size - half);
      throw error;
    }
  };
  return {
    flush,
    write: (row) => {
      const cells = columns.map(({ unit, base, labels }, i) =>
        labels !== undefined
          ? (labels[row[i]!] ?? '')
          : cell(base === 'boolean' ? row[i]! : fromSI(row[i]!, unit), base === 'boolean'),
      );
      waiting += cells.join(',') + '\r\n';
      if (waiting.length >= BLOCK) flush();
    },
    close: () => {
      try {
        flush();
      } finally {
        if (typeof file !== 'number') closeSync(descriptor);
      }
    },
  };
}

/** String(number) is the shortest text that reads back to the same bits; only −0 needs help. */
function cell(value: number, boolean: boolean): string {
  if (Number.isNaN(value)) return '';
  if (boolean) return value === 0 ? 'false' : 'true';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Reads the names of the columns; rows come when they are asked for. Throws a `RecordingError` where there is no line. */
export async function openCsv(file: string): Promise<OpenRecording> {
  let columns: FileColumn[] | undefined;
  for await (const cells of lines(file)) {
    columns = cells.map((text, i) => parseHeader(i === 0 ? text.replace(/^\uFEFF/, '') : text));
    break;
  }
  if (columns === undefined)
    throw new RecordingError(`${file} is empty: a recording begins with a line of column names`);
  const width = columns.length;
  return {
    columns,
    counts: 'line',
    rows: async function* () {
      let line = 1;
      let header = true;
      for await (const cells of lines(file)) {
        const here = line;
        line += 1 + cells.reduce((n, text) => n + (text.includes('\n') ? text.split('\n').length - 1 : 0), 0);
        if (header) header = false;
        else if (cells.length > 1 || cells[0]!.trim() !== '') yield rowOf(cells, width, here);
      }
    },
  };
}

function rowOf(cells: readonly string[], width: number, line: number): Row {
  const read = cells.map(number);
  const values = read.map((value) => value ?? NaN);
  if (cells.length !== width)
    return { line, values, bad: `it has ${cells.length} cells, and the header ${width}` };
  const wrong = read.indexOf(undefined);
  return wrong < 0 ? { line, values } : { line, values, bad: `“${cells[wrong]!.slice(0, 40)}” is no number` };
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const WORDS: Readonly<Record<string, number>> = {
  '': NaN,
  nan: NaN,
  na: NaN,
  null: NaN,
  true: 1,
  false: 0,
  on: 1,
  off: 0,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
  inf: Infinity,
  '-inf': -Infinity,
};

/** Numbers, words for booleans, and dates as seconds since 1970 (UTC where no zone is said). */
function number(text: string): number | undefined {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) return Number(trimmed);
  const word = trimmed.toLowerCase();
  if (Object.hasOwn(WORDS, word)) return WORDS[word];
  const time = millisecondsOf(trimmed, 'UTC');
  return time === undefined ? undefined : time / 1000;
}

async function* lines(file: string): AsyncGenerator<string[]> {
  let since = 0;
  // A file without line ends would be collected in memory as one cell.
  const bounded = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      const end = chunk.lastIndexOf(10);
      since = end < 0 ? since + chunk.length : chunk.length - end;
      if (since > LONGEST_LINE)
        done(new RecordingError(`${file} has a line of more than ${LONGEST_LINE} bytes: it is no CSV`));
      else done(null, chunk);
    },
  });
  const source = createReadStream(file);
  const delimiter = await delimiterOf(file);
  // One block of rows at a time: the parser waits until they have been taken.
  let wake = (): void => undefined;
  let block: { rows: string[][]; resume: () => void } | undefined;
  let ended: { error?: Error } | undefined;
  const finish = (error?: Error): void => {
    ended ??= { error };
    wake();
  };
  source.on('error', finish);
  bounded.on('error', finish);
  Papa.parse<string[]>(source.pipe(bounded), {
    delimiter,
    chunk: ({ data }, parser) => {
      parser.pause();
      block = { rows: data, resume: () => parser.resume() };
      wake();
    },
    complete: () => finish(),
    error: finish,
  });
  try {
    for (;;) {
      if (block !== undefined) {
        const { rows, resume } = block;
        block = undefined;
        yield* rows;
        resume();
      } else if (ended === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (ended.error !== undefined) {
        if (ended.error instanceof RecordingError) throw ended.error;
        throw new RecordingError(`${file} cannot be read: ${ended.error.message}`);
      } else return;
    }
  } finally {
    source.destroy();
    bounded.destroy();
  }
}

/** Semicolons and tabs are understood too: spreadsheets write them. */
async function delimiterOf(file: string): Promise<string> {
  for await (const chunk of createReadStream(file, { end: 4095, encoding: 'utf8' })) {
    const head = (chunk as string).split(/\r?\n/, 1)[0]!;
    if (head.includes(',')) return ',';
    return head.includes(';') ? ';' : head.includes('\t') ? '\t' : ',';
  }
  return ',';
}
