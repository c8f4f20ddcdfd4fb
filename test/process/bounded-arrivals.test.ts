/** `from`, `until` and `at most` hold for all ways in which items come. */
import { expect, it } from 'vitest';
import { compiled, expectAgreement, finished } from './flows.ts';

const flips = 'state x = 0\nevery 1 s -> set x = 1 - x\n';

it.each([
  ['every 1 s from 2 s until 7 s', 6],
  ['every 1 s from 20 s until 10 s', 0],
  ['every 20 s until 10 s in groups of 2', 0],
  ['every 2 s until 10 s in groups of 2', 10],
  ['every 2 s until 10 s in groups of 3 at most 7', 7],
  ['at 5 s', 1],
  ['at 5 s until 2 s', 0],
  ['at 5 s in groups of 4 at most 3', 3],
  ['at 5 s from 5 s', 1],
  ['at 5 s from 4 s in groups of 2', 2],
  ['at 5 s from 6 s', 0],
  ['at 5 s from 6 s until 10 s in groups of 2', 0],
  // Each waits for a second, and the next comes when it has.
  ['on demand until 30 s', 31],
  ['on demand from 60 s', 40],
  ['on demand from 60 s until 70 s', 11],
  ['on demand from 60 s at most 5', 5],
  // At 0 s, 2 s, 4 s …
  ['when x > 0.5', 50],
  ['when x > 0.5 until 5.5 s', 3],
  ['when x > 0.5 from 4.5 s', 47],
  ['when x > 0.5 from 4.5 s until 10 s in groups of 2', 6],
])('arrive %s: %d', (how, count) => {
  const members = `${flips}process p { arrive ${how}\n wait 1 s }`;
  expect(finished(compiled(members, 'run 100.5 s'), ['p.left'])).toEqual([count]);
  expectAgreement(members, 'run 20 s');
});
