/** Dates of ISO 8601, against what JavaScript itself writes and against numbers of Python's datetime. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { millisecondsOf } from '../../live/dates.ts';

it('dates are what JavaScript writes for them', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
      (date) => {
        expect(millisecondsOf(date.toISOString(), 'none')).toBe(date.getTime());
      },
    ),
    { numRuns: 500 },
  );
});

// datetime.fromisoformat(text).timestamp() * 1000
it.each([
  ['2026-10-25T02:30:00+02:00', 1792888200000],
  ['2026-10-25T02:30:00+0100', 1792891800000],
  ['2024-02-29T23:59:59,999999+05:30', 1709231399999.999],
  ['1969-12-31 23:59:59.5Z', -500],
  ['2026-03-01T12:00:00-03:30', 1772379000000],
  ['2026-03-01T12:00+00:00', 1772366400000],
  ['2026-02-28T24:00:00z', 1772323200000],
])('%s', (text, expected) => expect(millisecondsOf(text, 'none')).toBe(expected));

it.each([
  '2026-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-10T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-01T24:00:01Z',
  '2026-01-01T25:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T12:00:60Z',
  '2026-01-01T00:00:00+24:00',
  '2026-01-01T00:00:00+01:60',
  '2026-01-01',
  '01.02.2026 12:00',
])('%s is none', (text) => expect(millisecondsOf(text, 'UTC')).toBeUndefined());

it('no zone is UTC only where that is said', () => {
  expect(millisecondsOf('2026-03-01T12:00:00', 'UTC')).toBe(Date.UTC(2026, 2, 1, 12));
  expect(millisecondsOf('2026-03-01T12:00:00', 'none')).toBeUndefined();
});
