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
