/** PX2403…: what no machine could hold. */
import { define } from './diagnostic.ts';

export const tooLarge = define<{ values: number; most: number; name: string; count: number }>({
  code: 'PX2403',
  severity: 'error',
  title: 'This is larger than any memory',
  message: ({ values, most, name, count }) =>
    `All of this together has ${values.toPrecision(3)} values, and at most ${most} can be held; ${name} alone has ${count.toPrecision(3)}.`,
  help: () => 'Make its arrays smaller: look for a size in the wrong unit, or with too many zeros.',
});
