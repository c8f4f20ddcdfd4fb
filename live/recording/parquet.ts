/** Parquet: doubles and booleans, Snappy; units in the file's metadata, where other tools leave them alone. */
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import type { DecodedArray, FileMetaData } from 'hyparquet';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { ColumnSource } from 'hyparquet-writer';
import { fromSI } from '../units.ts';
import { parseHeader, RecordingError } from './columns.ts';
import type { FileColumn, OpenRecording, RecordingColumn, RecordingWriter } from './columns.ts';

/** Rows held in memory, and a row group of the file. */
const GROUP = 8192;
/** Rows that are read at once, of files of others whose row groups are large: each reading begins with the first page of each column. */
const MOST_READ = 131_072;
/** Numbers that are read at once. */
const MOST_NUMBERS = 2_000_000;
const COLUMNS_KEY = 'pollux.columns';

/** Overwrites the file. Rows are SI, and are written in the units of their columns. */
export function writeParquet(file: string, columns: readonly RecordingColumn[]): RecordingWriter {
  const writer = new ParquetWriter({
    writer: fileWriter(file),
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, base }) => ({
        name,
        type: base === 'boolean' ? ('BOOLEAN' as const) : ('DOUBLE' as const),
        repetition_type: base === 'boolean' ? ('OPTIONAL' as const) : ('REQUIRED' as const),
      })),
    ],
    createdBy: 'pollux',
    kvMetadata: [
      {
        key: COLUMNS_KEY,
        value: JSON.stringify(columns.map(({ name, unit }) => ({ name, unit: unit.text }))),
      },
    ],
  });
  const buffers = columns.map(() => new Float64Array(GROUP));
  let filled = 0;
  const flush = (): void => {
    if (filled === 0) return;
    // A dictionary would make one of 0 and −0; plain keeps every bit.
    const columnData = columns.map(({ name, base }, i): ColumnSource => ({
      name,
      data:
        base === 'boolean'
          ? Array.from(buffers[i]!.subarray(0, filled), (value) => (Number.isNaN(value) ? null : value !== 0))
          : buffers[i]!.slice(0, filled),
      encoding: 'PLAIN',
    }));
    void writer.write({ columnData, rowGroupSize: GROUP });
    filled = 0;
  };
  return {
    write: (row) => {
      columns.forEach(({ unit, base }, i) => {
        buffers[i]![filled] = base === 'boolean' ? row[i]! : fromSI(row[i]!, unit);
      });
      filled += 1;
      if (filled === GROUP) flush();
    },
    close: () => {
      flush();
      void writer.finish();
    },
  };
}

/** Reads what the file says of itself; rows come when they are asked for. Throws a `RecordingError` where it is no whole Parquet file. */
export async function openParquet(file: string): Promise<OpenRecording> {
  const buffer = await asyncBufferFromFile(file);
  let metadata: FileMetaData;
  try {
    metadata = await parquetMetadataAsync(buffer);
  } catch {
    throw new RecordingError(`${file} is no Parquet file, or it was not finished`);
  }
  const units = unitsIn(metadata);
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const columns = names.map((name): FileColumn => {
    const unit = units.get(name);
    return unit === undefined ? parseHeader(name) : { name, unit };
  });
  const total = Number(metadata.num_rows);
  const atOnce = Math.max(GROUP, Math.min(MOST_READ, Math.floor(MOST_NUMBERS / names.length)));
  return {
    columns,
    counts: 'row',
    rows: async function* () {
      let start = 0;
      for (const group of metadata.row_groups) {
        const size = Number(group.num_rows);
        for (let from = start; from < start + size; from += atOnce) {
          const to = Math.min(from + atOnce, start + size, total);
          const data = await readRows(from, to);
          for (let i = 0; i < to - from; i += 1) {
            const values = data.map((column) => numberOf(column[i]));
            const wrong = values.findIndex((value) => value === undefined);
            const line = from + i + 1;
            if (wrong < 0) yield { line, values: values as number[] };
            else
              yield {
                line,
                values: values.map((value) => value ?? NaN),
                bad: `${names[wrong]} is no number`,
              };
          }
        }
        start += size;
      }
    },
  };

  async function readRows(rowStart: number, rowEnd: number): Promise<ArrayLike<unknown>[]> {
    const parts = new Map<string, unknown[]>(
      names.map((name) => [name, new Array<unknown>(rowEnd - rowStart)]),
    );
    try {
      await parquetRead({
        file: buffer,
        metadata,
        rowStart,
        rowEnd,
        // Where a file says where its pages are, the others are not read.
        useOffsetIndex: true,
        parsers: SECONDS,
        onChunk: ({ columnName, columnData, rowStart: first }) => {
          const into = parts.get(columnName);
          if (into === undefined) return;
          const data = columnData as DecodedArray;
          for (let i = 0; i < data.length; i += 1) {
            const at = first + i - rowStart;
            if (at >= 0 && at < into.length) into[at] = data[i];
          }
        },
      });
    } catch (error) {
      throw new RecordingError(
        `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    return names.map((name) => parts.get(name)!);
  }
}

/** Times as s since 1970; those of the library are whole milliseconds. */
const SECONDS = {
  timestampFromMilliseconds: (time: bigint): number => Number(time) / 1e3,
  timestampFromMicroseconds: (time: bigint): number => Number(time) / 1e6,
  timestampFromNanoseconds: (time: bigint): number => Number(time) / 1e9,
  dateFromDays: (days: number): number => days * 86400,
};

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value === null || value === undefined ? NaN : undefined;
}

function unitsIn(metadata: FileMetaData): Map<string, string> {
  const units = new Map<string, string>();
  const text = metadata.key_value_metadata?.find(({ key }) => key === COLUMNS_KEY)?.value;
  if (text === undefined) return units;
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list))
      for (const entry of list as { name?: unknown; unit?: unknown }[])
        if (typeof entry?.name === 'string' && typeof entry.unit === 'string')
          units.set(entry.name, entry.unit);
  } catch {
    // Somebody else's metadata under our name: the columns' names say the rest.
  }
  return units;
}
