import { expect, it } from 'vitest';
import { momentsOf } from '../../review/moment.ts';

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
