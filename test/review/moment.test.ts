import { expect, it } from 'vitest';
import { momentsOf, ordinal, timesApart } from '../../review/moment.ts';

// What is compared lies on a millionth of the run's length, rounded to a power of ten below.
it.each([
  [7200, 2.8e-11, '0 s'],
  [7200, 649.5, '10 min 49.5 s'],
  [7200, 3600.0004, '1 h'],
  [1e-3, 2.5e-4, '0.00025 s'],
  [1e-3, 2.8e-11, '0 s'],
  [10, 1.174149, '1.17415 s'],
  [30 * 86400, 86400.4, '1 d'],
])('in a run of %d s, %d s is %s', (length, seconds, text) => {
  expect(momentsOf({ duration: { before: length, after: length / 2 } })(seconds)).toBe(text);
});

it.each([
  [[24], [30], ['24 s', '30 s']],
  [[], [30, 60], ['never', '30 s (2 times)']],
  // Where the first is the same in both, it is not the first that is told.
  [
    [24, 60],
    [24, 90],
    ['2nd of 2: 1 min', '2nd of 2: 1 min 30 s'],
  ],
  [[24, 60, 90], [24], ['2nd of 3: 1 min', 'once only']],
  [
    [24, 60, 90],
    [24, 60],
    ['3rd of 3: 1 min 30 s', '2 times only'],
  ],
])('%j and %j are told as %j', (before, after, told) => {
  expect(timesApart(momentsOf({ duration: { before: 100, after: 100 } }), before, after)).toEqual(told);
});

it('has ordinals as English has them', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 113].map(ordinal)).toEqual(
    '1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 101st 111th 113th'.split(' '),
  );
});
