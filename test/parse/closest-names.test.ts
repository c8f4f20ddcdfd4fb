/** The names nearest to a misspelt one, against the distance as it is defined. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Candidates, closestNames, closestOf } from '../../compiler/1-parse/names/closest-names.ts';

/** Optimal string alignment: the whole table, as in Damerau (1964) and Levenshtein (1966). */
function distance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (__, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i += 1)
    for (let j = 1; j <= b.length; j += 1) {
      const own = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(table[i - 1]![j]! + 1, table[i]![j - 1]! + 1, table[i - 1]![j - 1]! + own);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, table[i - 2]![j - 2]! + 1);
      table[i]![j] = least;
    }
  return table[a.length]![b.length]!;
}

const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '1'), minLength: 1, maxLength: 9 });

describe('it should find the names that were meant', () => {
  it('all that are near enough, and how far they are', () => {
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 30 }), (written, names) => {
        const allowed = written.length <= 2 ? 0 : written.length <= 3 ? 1 : written.length <= 7 ? 2 : 3;
        const expected = [...new Set(names)]
          .filter((each) => each !== written && Math.abs(each.length - written.length) <= allowed)
          .map((candidate) => ({
            candidate,
            distance: distance(written.toLowerCase(), candidate.toLowerCase()),
          }))
          .filter((each) => each.distance <= allowed);
        expect(new Candidates(names).near(written)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('the nearest of several lists, each once', () => {
    const lists = [new Candidates(['flow', 'flows', 'slow']), new Candidates(['flow', 'floor', 'Flaw'])];
    expect(closestOf('flwo', lists)).toEqual(
      closestNames('flwo', ['flow', 'flows', 'slow', 'floor', 'Flaw']),
    );
    expect(closestOf('flwo', lists)[0]).toBe('flow');
  });
});
