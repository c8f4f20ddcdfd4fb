import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History } from '../../preview/data/ring.ts';
import { Trail } from '../../preview/data/trail.ts';

const columnWidth = 0.5;
const count = 40;

const kept = (trail: Trail): [number, number][] =>
  Array.from({ length: trail.length }, (_, i) => [
    trail.times[trail.start + i]!,
    trail.values[trail.start + i]!,
  ]);
const inside = (trail: Trail, first: number): [number, number][] =>
  kept(trail).filter(([time]) => time >= first * columnWidth && time <= (first + count) * columnWidth);

describe('a trail of samples', () => {
  /** Adds samples, moves on, or rewinds. */
  const move = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ add: fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { maxLength: 30 }) }),
    },
    { weight: 3, arbitrary: fc.record({ slide: fc.integer({ min: -12, max: 12 }) }) },
    { weight: 1, arbitrary: fc.record({ rewind: fc.double({ min: 0, max: 8, noNaN: true }) }) },
  );

  it('that follows step by step is as one that looks for the first time', () => {
    fc.assert(
      fc.property(
        fc.array(move, { maxLength: 60 }),
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        (moves, step) => {
          const history = new History();
          const trail = new Trail();
          let time = 0;
          let first = 0;
          for (const each of moves) {
            const before = inside(trail, first);
            const left = first;
            if ('add' in each) {
              const times = each.add.map((_, i) => time + (i + 1) * step);
              history.append(times, each.add);
              time = times.at(-1) ?? time;
            } else if ('slide' in each) first += each.slide;
            else {
              time = Math.max(0, time - each.rewind);
              history.cut(time);
            }
            const columns = { first, count, width: columnWidth };
            const changed = trail.show(history, columns);
            const fresh = new Trail();
            fresh.show(history, columns);
            expect(inside(trail, first)).toEqual(inside(fresh, first));
            expect(trail.extremes(first * columnWidth, (first + count) * columnWidth)).toEqual(
              fresh.extremes(first * columnWidth, (first + count) * columnWidth),
            );
            // What lies before the time that it names is as it was, but for columns that came on the left.
            const stays = (samples: [number, number][]) =>
              samples.filter(
                ([at]) =>
                  at < changed &&
                  at >= Math.max(first, left) * columnWidth &&
                  at <= (Math.min(first, left) + count) * columnWidth,
              );
            expect(stays(inside(trail, first))).toEqual(stays(before));
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  it('counts the samples that it stands for, and forgets those that leave', () => {
    const history = new History();
    const trail = new Trail();
    const times = Array.from({ length: 2000 }, (_, i) => i / 100);
    history.append(
      times,
      times.map((time) => Math.round(time)),
    );
    trail.show(history, { first: 0, count, width: columnWidth });
    expect([trail.seen, trail.changes]).toEqual([2000, 21]);
    trail.show(history, { first: 20, count, width: columnWidth });
    // The last column before stays, for the line that comes in from there.
    expect([trail.seen, trail.changes]).toEqual([1050, 11]);
  });
});
