import { describe, expect, it } from 'vitest';
import { chart } from '../../cli/terminal/chart.ts';

const edges = (values: number[]): string[] => {
  const lines = chart([0, 1, 2], values, 40, 4, (value) => String(Number(value.toPrecision(4))));
  return [lines[0]!, lines.at(-1)!].map((line) => line.split('┤')[0]!.trim());
};

describe('the edges of a chart', () => {
  it('are the largest and the smallest value', () => expect(edges([1.5, -2, 30])).toEqual(['30', '-2']));

  it('have 0 for what rounding has left of it', () => {
    expect(edges([0, 38.5, -3.6e-12])).toEqual(['38.5', '0']);
    expect(edges([2e-13, -40, 0])).toEqual(['0', '-40']);
  });

  it('keep what is small by itself', () => expect(edges([0, 2e-12, -1e-12])).toEqual(['2e-12', '-1e-12']));
});
