/** Results of runs ↔ the folder of what is remembered, bit by bit: JSON knows neither `NaN` nor the sign of a zero. */
import type { KeptResults } from '../review/known-runs.ts';
import { rememberedText } from './results-cache.ts';
import type { CacheOptions } from './results-cache.ts';
import { hashOf } from './revisions.ts';

export function keptResults(options: CacheOptions): KeptResults {
  const entry = (of: readonly (string | Uint8Array)[]) =>
    rememberedText(['runs', ...of.map((each) => hashOf(each))], options);
  return {
    read: (of) => entry(of)?.read()?.split('\n').map(numbersIn),
    write: (of, rows) => entry(of)?.write(rows.map(textOf).join('\n')),
  };
}

const textOf = (row: readonly number[]): string =>
  Buffer.from(new Float64Array(row).buffer).toString('base64');

function numbersIn(text: string): number[] {
  // A buffer of its own, as one of Node's pool may begin anywhere.
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  return [...new Float64Array(bytes.buffer)];
}
