/** Assembly and parts: items that wait in a store until others take them, and items that others make. Times counted by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiled, expectAgreement, finished, started } from './flows.ts';

const values = (members: string, run: string, names: readonly string[]): number[] => {
  expectAgreement(members, run);
  return finished(compiled(members, run), names);
};

describe('a store', () => {
  it('lets a bottle and a cap go on together: whoever comes first waits for the other', () => {
    const [done, caps, waiting, stored, capWait, bottleWait] = values(
      `process cap { arrive every 3 s  store rack }
       process bottle { arrive every 2 s  queue infeed  take rack  leave }
       kpi capWait = mean(rack.wait)
       kpi bottleWait = mean(infeed.wait)`,
      'run 60.5 s',
      ['bottle.left', 'cap.left', 'infeed.length', 'rack.length', 'capWait', 'bottleWait'],
    );
    // Cap k comes at 3k s, and bottle k, which came at 2k s, has been waiting for k s.
    expect([done, caps, waiting, stored]).toEqual([20, 20, 10, 0]);
    expect(capWait).toBe(0);
    expect(bottleWait).toBeCloseTo(10.5, 12);
  });

  it('gives out several at once, in the order of asking, and blocks who brings more than it holds', () => {
    const [cars, wheels, inRack, blocked] = values(
      `resource press
       process wheel { arrive on demand  use press for 1 s  store rack[6] }
       process car { arrive every 10 s  take 4 of rack  wait 1 s  leave }`,
      'run 35 s',
      ['car.left', 'wheel.left', 'rack.length', 'press.blocked'],
    );
    // Six wheels by 6 s, the press blocked at 7 s; four are taken at 10, 20 and 30 s, and replaced within 4 s.
    expect([cars, wheels, inRack, blocked]).toEqual([3, 12, 6, 1]);
  });

  it('keeps its order, and those who lose patience leave it', () => {
    const [first, second, gone] = values(
      `state first = 0
       state second = 0
       process piece {
         arrive every 1 s at most 5
         item size = if piece.arrived == 3 then 9 else piece.arrived
         store shelf order highest size patience (if size == 1 then 2 s else 100 s)
       }
       process client {
         arrive at 4.5 s
         take shelf
         set first = piece.left
         take shelf
         set second = shelf.length
         leave
       }`,
      'run 30 s',
      ['first', 'second', 'piece.reneged'],
    );
    // At 4.5 s there are 2, 3 and 4; 1 has left at 3 s.
    expect([first, second, gone]).toEqual([1, 1, 1]);
  });

  it('those who wait for many let nobody past, and give back what they had', () => {
    const [big, small, free] = values(
      `state big = 0 s
       state small = 0 s
       resource table
       process piece { arrive every 1 s at most 7  store box }
       process large { arrive at 0.5 s  use table for 1 s  take 5 of box  set big = time  leave }
       process little { arrive at 2.5 s  take 2 of box  set small = time  leave }`,
      'run 20 s',
      ['big', 'small', 'table.busy'],
    );
    expect([big, small, free]).toEqual([5, 7, 0]);
  });
});

describe('parts', () => {
  it('begin in processes of their own, and are put together again', () => {
    const [cars, bodies, wheels, whole, left] = values(
      `process wreck { arrive every 10 s at most 5  make 4 of wheel  make body }
       process wheel { item worn = uniform(0, 1)  wait 2 s  store tyres }
       process body { wait 3 s  take 4 of tyres  leave }`,
      'run 100 s',
      ['wreck.left', 'body.left', 'wheel.left', 'wheel.arrived', 'wheel.inside'],
    );
    expect([cars, bodies, wheels, whole, left]).toEqual([5, 5, 20, 20, 0]);
  });

  it('are too many at last where each makes two of its kind', () => {
    const twin = started(
      compiled(
        'process cell { items at most 100  arrive at 0 s  wait 1 s  make 2 of cell  leave }',
        'run 60 s',
      ),
    );
    twin.advance(60);
    expect(twin.trouble()?.code).toBe('PX9020');
  });
});

it('nothing is lost between processes, and all goes on with the same bits from any instant', () => {
  const milli = (low: number, high: number) => fc.integer({ min: low, max: high }).map((one) => one / 1000);
  fc.assert(
    fc.property(
      milli(300, 2000),
      milli(300, 2000),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 4, max: 9 }),
      milli(1000, 200000),
      (gapA, gapB, take, make, places, at) => {
        const members = `resource m[2] { breaks after exponential(20 s)  repair exponential(2 s) }
          process a { arrive every exponential(${gapA} s)  queue q[5] when full: balk  use m for exponential(1 s)  make ${make} of c }
          process b { arrive every exponential(${gapB} s)  store rackB[${places}] when full: balk patience exponential(30 s) }
          process c { wait exponential(2 s)  take ${take} of rackB  store rackC order lifo }
          process d { arrive every exponential(2 s)  queue line patience exponential(9 s)  take 2 of rackC  use m for 0.5 s }`;
        const artefact = compiled(members, 'run 200 s');
        const twin = started(artefact);
        twin.advance(at);
        const other = started(artefact);
        other.restore(twin.save());
        for (const one of [twin, other]) {
          one.advance(200);
          expect(one.trouble()?.message).toBeUndefined();
        }
        expect(other.hash()).toBe(twin.hash());
        const value = (name: string): number => twin.value(name) ?? 0;
        const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => {
          const gone = value(`${name}.left`) + value(`${name}.balked`) + value(`${name}.reneged`);
          expect(value(`${name}.arrived`)).toBe(gone + value(`${name}.inside`));
          return { left: value(`${name}.left`), arrived: value(`${name}.arrived`) };
        });
        expect(c!.arrived).toBe(make * a!.left);
        // Whoever left a store was taken by those that went on.
        expect(b!.left % take).toBe(0);
        expect(b!.left / take).toBe(c!.left + value('rackC.length'));
        expect(c!.left % 2).toBe(0);
        expect(c!.left / 2).toBeGreaterThanOrEqual(d!.left);
      },
    ),
    { numRuns: 8 },
  );
});
