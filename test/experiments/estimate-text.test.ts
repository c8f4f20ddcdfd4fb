/** Means with their intervals as the command line prints them: to the second digit of the interval, and no rounding told as a result. */
import { describe, expect, it } from 'vitest';
import { estimateText, isMore } from '../../cli/experiments/report.ts';
import type { Reported } from '../../runtime/experiments/one-run.ts';
import { estimate } from '../../runtime/experiments/statistics.ts';

const reported = (factor = 1, offset = 0): Pick<Reported, 'unit' | 'base'> => ({
  base: 'number',
  unit: { text: 'u', label: 'u', factor, offset },
});
const one = (mean: number, half: number) => ({ count: 9, mean, half, deviation: half });

describe('an estimate', () => {
  it.each([
    [12.3456, 0.5, '12.35 ± 0.50'],
    [12.3456, 42, '12 ± 42'],
    [-0.00123456, 0.000012, '−0.001235 ± 0.000012'],
    [98_765_432, 123_456, '98770000 ± 120000'],
    [1.23456e-9, 1.2e-11, '1.235e-9 ± 1.2e-11'],
    [0.5, 3e-17, '0.5'],
    [1 / 3, 1e-15, '0.33333'],
    [3, 0, '3'],
    [3, NaN, '3'],
    [NaN, NaN, '–'],
  ])('of %d ± %d', (mean, half, text) => {
    expect(estimateText(one(mean, half), reported())).toBe(text);
  });

  it('is in its unit, and a difference is no point on a scale', () => {
    expect(estimateText(one(293.15, 0.5), reported(1, 273.15))).toBe('20.00 ± 0.50');
    expect(estimateText(one(2, 0.5), reported(1, 273.15), 293)).toBe('+2.00 ± 0.50');
    expect(estimateText(one(0.02, 0.001), reported(0.01))).toBe('2.00 ± 0.10');
  });

  it('of values that differ by rounding alone has no interval', () => {
    const values = [0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3];
    const found = estimate(values, 0.95);
    expect(found.half).toBeGreaterThan(0);
    expect(estimateText(found, reported())).toBe('0.3');
  });
});

describe('a difference', () => {
  it.each([
    [0.25, 0.1, 12, '+0.25 ± 0.10', true],
    [-0.05, 0.1, 12, '−0.05 ± 0.10', false],
    [-1.1e-16, 0, 0.5, '0', false],
    [2e-16, 1e-16, 1, '0', false],
    [2e-16, 1e-17, 3e-16, '+2e-16 ± 1e-17', true],
  ])('of %d ± %d between values of %d', (mean, half, size, text, more) => {
    expect(estimateText(one(mean, half), reported(), size)).toBe(text);
    expect(isMore(one(mean, half), size)).toBe(more);
  });
});
