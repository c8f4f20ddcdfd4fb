/** PX430…: equations that tie states to each other. */
import { define } from './diagnostic.ts';
import { listed } from './flattening.ts';

export const reductionTooWide = define<{ names: string[]; count: number; limit: number }>({
  code: 'PX4301',
  severity: 'error',
  title: 'Too many equations around one that ties states to each other',
  message: ({ names, count, limit }) =>
    `An equation ties states to each other, so the ${count} equations around it (for ${listed(names, 4)}) would have to be ` +
    `differentiated one by one; up to ${limit} are.`,
  help: () =>
    'Put the equations of one instance into an asset of its own, so that an array of them is one loop, or let one of the states be a let.',
});
