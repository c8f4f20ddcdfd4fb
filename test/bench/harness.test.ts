/** The bench harness's arithmetic; nothing here depends on how fast the machine is. */
import { describe, expect, it } from 'vitest';
import { Report, measure, quantile } from './harness.ts';

describe('quantiles', () => {
  it('are linear between order statistics (type 7 of Hyndman and Fan 1996)', () => {
    expect(quantile([3, 1, 2, 4], 0.5)).toBe(2.5);
    expect(quantile([3, 1, 2, 4], 0.25)).toBe(1.75);
    expect(quantile([5], 0.75)).toBe(5);
  });
});

describe('measuring', () => {
  it('takes turns, and gives the first contender the ratio 1', async () => {
    const order: string[] = [];
    const contender = (name: string) => ({ name, run: () => void order.push(name) });
    const result = await measure({ unit: 'ns', rounds: 3, turn: 0 }, [contender('a'), contender('b')]);
    expect(order.slice(-6)).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(result.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(result[0]?.ratio).toBe(1);
  });

  it('refuses a unit that is no time', async () => {
    await expect(measure({ unit: 'kg' }, [])).rejects.toThrow('not as "kg"');
  });

  it('prints Markdown', async () => {
    const report = new Report(() => undefined);
    report.title('engine');
    await report.compare('sum', { unit: 'ns', rounds: 1, turn: 0 }, [{ name: 'only', run: () => 1 }]);
    report.missing('C', 'gcc is not here');
    expect(report.markdown).toMatch(
      /## engine[\s\S]*\| only +\| +[\d.e+]+ \|[\s\S]*- C: not measured \(gcc is not here\)/,
    );
  });
});
