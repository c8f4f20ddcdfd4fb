/** PX431…: equations chosen by a condition. */
import { define } from './diagnostic.ts';
import { listed } from './flattening.ts';

export const branchMissing = define({
  code: 'PX4311',
  severity: 'error',
  title: 'An if of equations without an else',
  message: () => 'When the condition does not hold, nothing takes the place of these equations.',
  help: () => 'Add else { … } with as many equations.',
});

export const branchesDiffer = define<{ counts: number[] }>({
  code: 'PX4312',
  severity: 'error',
  title: 'Branches with different numbers of equations',
  message: ({ counts }) =>
    `The branches of this if have ${listed(counts.map(String))} equations: there must be as many in each, as the unknowns stay the same.`,
  help: () => 'Say in each branch what determines the same unknowns.',
});

export const equalityOfMoving = define<{ operator: string }>({
  code: 'PX4313',
  severity: 'warning',
  title: 'An event waits for two moving values to be exactly the same',
  message: ({ operator }) =>
    `What stands on the sides of ${operator} changes continuously: the two are the same at an instant only, which the steps of a run pass by ` +
    'without meeting it.',
  help: () =>
    'Say on which side it counts, with <= or >=, or wait for the crossing: at level >= 3 m falling. Within a tolerance: abs(level - 3 m) < 1 mm.',
});
