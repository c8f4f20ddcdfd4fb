/** A system that no memory can hold is said to be too large before anyone tries. */
import { report } from '../diagnostics/diagnostic.ts';
import { tooLarge } from '../diagnostics/limits.ts';
import type { Flattening } from './flattening.ts';

/** Of all values at once: WebAssembly addresses 4 GiB, and the methods need several copies of the states. */
const MOST_VALUES = 64 * 1024 * 1024;

export function reportTooLarge({
  variables,
  diagnostics,
}: Pick<Flattening, 'variables' | 'diagnostics'>): void {
  const counts = variables.map(({ dims }) => dims.reduce((a, b) => a * b, 1));
  const values = counts.reduce((a, b) => a + b, 0);
  if (values <= MOST_VALUES) return;
  const largest = variables[counts.indexOf(Math.max(...counts))]!;
  diagnostics.push(
    report(
      tooLarge,
      { values, most: MOST_VALUES, name: largest.name, count: Math.max(...counts) },
      largest.source,
    ),
  );
}
