/** How many events can be pending, and the list in which the nearest of them move up without a look at which. */
import { describe, expect, it } from 'vitest';
import { mostPending } from '../../compiler/4-generate/process/pending.ts';
import { line, single } from '../bench/models.ts';
import { flat } from '../flatten/systems.ts';
import { compiled, expectAgreement, finished } from './flows.ts';

const most = (members: string): number => mostPending(flat(`asset A {\n${members}\n}\n`).flow!);
const membersOf = (text: string): string =>
  text.slice(text.indexOf('{') + 1, text.lastIndexOf('}\nscenario'));
const LINE = membersOf(line);

describe('events that can be pending at once', () => {
  it('are those of sources, of units that work, that break or go off duty, and the end of the warm-up', () => {
    expect(most(membersOf(single))).toBe(3);
    // Ten that work, ten that break, one source, one warm-up.
    expect(most(LINE)).toBe(22);
    expect(
      most(
        'resource m[3] { shifts daily 08:00..16:00 }  process p { arrive every 1 s  queue q[5]  use 2 of m for 1 s }',
      ),
    ).toBe(6);
    expect(
      most(
        'resource m  process p { arrive every 1 s  queue q[5] patience 2 s -> away  use m for 1 s  leave  exit away }',
      ),
    ).toBe(8);
  });

  it('are not known where items are delayed without a unit of a resource of fixed size', () => {
    expect(most('process p { arrive every 1 s  wait 3 s }')).toBe(Infinity);
    expect(most('param n = 3  resource m[n]  process p { arrive every 1 s  use m for 1 s }')).toBe(Infinity);
    expect(most('process p { arrive every 1 s  convey belt 3 m at 1 m/s spacing 1 m }')).toBe(Infinity);
  });
});

describe('the nearest events', () => {
  it.each([
    ['few', membersOf(single), 'run 300 s'],
    ['as many as are looked at, and more', LINE, 'run 500 s after warmup 50 s'],
    [
      'more than the list holds',
      'process p { arrive every exponential(1 s)  wait exponential(60 s) }',
      'run 300 s',
    ],
    ['many at one time', 'process p { arrive every 1 s in groups of 14  wait 3 s  wait 1 s }', 'run 40 s'],
  ])('%s: the same when they are moved one by one', (_, members, run) => expectAgreement(members, run));

  it('serve all items of one time, one after the other', () => {
    const text = `resource m[1]
      process p {
        arrive every 5 s in groups of 14
        wait 2 s
        queue q
        use m for 0.1 s
      }
      kpi stay = mean(p.stay)`;
    const [stay] = finished(compiled(text, 'run 100 s'), ['stay']);
    expect(stay).toBeCloseTo(2 + (0.1 * 15) / 2, 9);
  });
});

describe('the line of the benchmark', () => {
  it('makes what the programs in C++ and Python make', () => {
    // 0.6665 a second over 2,000,000 s in C++, 0.667 in SimPy.
    const [made] = finished(compiled(LINE, 'run 200000 s'), ['part_.left']);
    expect(Math.abs(made! / 200_000 - 0.6665)).toBeLessThan(0.005);
  });
});
