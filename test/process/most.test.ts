/** Which of several is the largest, and utilisation as the share that works: blocked units do not. */
import { describe, expect, it } from 'vitest';
import { compiled, expectAgreement, expectNear, finished, started } from './flows.ts';

const SLOW_SECOND = `resource a
  resource b
  process piece {
    arrive on demand
    use a for 1 s
    queue buffer[2] when full: block
    use b for 2 s
  }
  kpi busyA = utilisation(a)
  kpi busyB = utilisation(b)
  kpi blocked = mean(a.blocked)
  kpi held = mean(a.busy)
  kpi bottleneck = most(utilisation(a), utilisation(b))
  kpi fuller = most(mean(b.busy), mean(a.busy))`;

describe('the bottleneck', () => {
  it('is the machine that works most, not the one that is blocked by it', () => {
    const [busyA, busyB, blocked, held, bottleneck] = finished(
      compiled(SLOW_SECOND, 'run 1000 s after warmup 100 s'),
      ['busyA', 'busyB', 'blocked', 'held', 'bottleneck'],
    );
    // Every 2 s one piece: a works 1 s of them and is blocked for the other one.
    expect(busyA).toBeCloseTo(0.5, 3);
    expect(busyB).toBeCloseTo(1, 6);
    expect(blocked).toBeCloseTo(0.5, 3);
    expect(held).toBeCloseTo(1, 6);
    expect(bottleneck).toBe(2);
  });

  it('has the names of what is compared, and none while all are 0', () => {
    const artefact = compiled(SLOW_SECOND, 'run 1000 s');
    const variable = artefact.manifest.variables.find(({ name }) => name === 'bottleneck')!;
    expect(variable.labels).toEqual(['', 'a', 'b']);
    const late = compiled(
      `resource a  resource b
       process p { arrive every 100 s  use a for 1 s }
       kpi which = most(utilisation(a), utilisation(b))`,
      'run 300 s',
    );
    const twin = started(late);
    twin.advance(50);
    expect(twin.value('which')).toBe(0);
    twin.advance(150);
    expect(twin.value('which')).toBe(1);
  });

  it('is none of what has no units, of which none work', () => {
    const members = `param many: Integer = 0
       resource none[many]  resource some[2]  resource never[0]
       process p { arrive every 1 s  use some for 1 s }
       process q { arrive every 1 s  queue waiting  use none for 1 s }
       kpi without = utilisation(none)  kpi own = utilisation(never)  kpi half = utilisation(some)
       kpi which = most(utilisation(none), utilisation(some))`;
    expect(finished(compiled(members, 'run 100.5 s'), ['without', 'own', 'which'])).toEqual([0, 0, 2]);
    // One of two works from 1 s on.
    const [busy] = finished(compiled(members, 'run 100.5 s'), ['half']);
    expect(busy).toBeCloseTo(99.5 / 100.5 / 2, 9);
    expectAgreement(members, 'run 20 s');
  });

  it('is the first of those alike', () => {
    const [fuller] = finished(compiled(SLOW_SECOND, 'run 0.5 s'), ['fuller']);
    expect(fuller).toBe(2);
    const [alike] = finished(
      compiled('param x = 3  param y = 3  let z = most(y, x)  process p { arrive at 0 s  leave }', 'run 1 s'),
      ['z'],
    );
    expect(alike).toBe(1);
  });

  it('is the same when walked', () => expectAgreement(SLOW_SECOND, 'run 100 s after warmup 10 s'));
});

it('utilisation is throughput times the time of work, also where units are blocked and broken', () => {
  expectNear(
    compiled(
      `resource a[2] { breaks after exponential(50 s)  repair exponential(5 s) }
       resource b
       process piece {
         arrive every exponential(1.1 s)
         queue line[10] when full: balk
         use a for exponential(1.5 s)
         queue buffer[1] when full: block
         use b for exponential(0.9 s)
       }
       kpi out = rate(piece.left)
       kpi offA = utilisation(a) - out * 1.5 s / 2 + 1
       kpi offB = utilisation(b) - out * 0.9 s + 1`,
      'run 20000 s after warmup 500 s',
    ),
    { offA: 1, offB: 1 },
  );
});
