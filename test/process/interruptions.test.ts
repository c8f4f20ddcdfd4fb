/** Work that is interrupted: by breakdowns, by the more urgent, by the end of a shift, and by several of them. Times counted by hand. */
import { describe, expect, it } from 'vitest';
import { compiled, expectAgreement, finished, started } from './flows.ts';

const values = (members: string, run: string, names: readonly string[]): number[] => {
  expectAgreement(members, run);
  return finished(compiled(members, run), names);
};

describe('a unit that breaks', () => {
  // One item at a time from 1 s on, 5 s of work each; the unit breaks 9 s after it was last mended, for 3 s.
  const line = (policy: string): string => `
    state done = 0 s
    resource m { breaks after 9 s of time  repair 3 s  interrupted: ${policy} }
    process p { arrive at 1 s in groups of 3  use m for 5 s  set done = time  leave }`;

  it('lets its item resume', () => {
    // 1–6 first; 6–9, mended at 12, 12–14 second; 14–19 third.
    const [done, left] = values(line('resume'), 'run 40 s', ['done', 'p.left']);
    expect(left).toBe(3);
    expect(done).toBe(19);
  });

  it('makes its item begin anew', () => {
    // 1–6 first; 6–9 in vain, 12–17 second; 17–21 in vain, 24–29 third.
    const [done, left] = values(line('restart'), 'run 60 s', ['done', 'p.left']);
    expect([done, left]).toEqual([29, 3]);
  });

  it('sends its item away', () => {
    // The second leaves at 9 s, undone; the third is worked on from 12 to 17 s.
    const [done, left, inside, down] = values(line('leave'), 'run 20 s', [
      'done',
      'p.left',
      'p.inside',
      'm.down',
    ]);
    expect([done, left, inside, down]).toEqual([17, 3, 0, 0]);
  });

  it('breaks after so many uses', () => {
    const [left, down] = values(
      `resource m { breaks after 3 uses  repair 5 s }
       process p { arrive on demand  use m for 2 s }
       kpi down = mean(m.down)`,
      'run 110 s',
      ['p.left', 'down'],
    );
    // Three times 2 s and 5 s of repair: cycles of 11 s.
    expect(left).toBe(30);
    expect(down).toBeCloseTo(5 / 11, 12);
  });

  it('with several units, each by itself, and the others take over', () => {
    const [left, waiting] = values(
      `resource m[2] { breaks after 2 uses  repair 100 s }
       process p { arrive at 0 s in groups of 6  use m for 1 s }`,
      'run 10 s',
      ['p.left', 'm.waiting'],
    );
    expect([left, waiting]).toEqual([4, 2]);
  });
});

describe('the more urgent', () => {
  const both = (policy: string): string => `
    state slowDone = 0 s
    state fastDone = 0 s
    resource m { interrupted: ${policy} }
    process slow { arrive at 0 s  use m for 10 s  set slowDone = time  leave }
    process fast { arrive at 4 s  use m for 3 s priority 1 preempting  set fastDone = time  leave }`;
  it.each([
    ['resume', 13],
    ['restart', 17],
    ['leave', 0],
  ])('take a unit: %s', (policy, slow) => {
    const [slowDone, fastDone, left] = values(both(policy), 'run 30 s', [
      'slowDone',
      'fastDone',
      'slow.left',
    ]);
    expect([slowDone, fastDone, left]).toEqual([slow, 7, 1]);
  });

  it('take it from the least urgent, and not from their like', () => {
    const text = `
      state a = 0 s
      state b = 0 s
      state c = 0 s
      resource m[2]
      process low { arrive at 0 s  use m for 10 s priority 1  set a = time  leave }
      process middle { arrive at 1 s  use m for 10 s priority 2  set b = time  leave }
      process high { arrive at 2 s in groups of 2  use m for 5 s priority 2 preempting  set c = time  leave }`;
    // At 2 s one of the two takes the unit of low; the other waits until 7 s, as middle is as urgent; low goes on at 11 s with what is left.
    expect(values(text, 'run 60 s', ['a', 'b', 'c'])).toEqual([19, 11, 12]);
  });
});

describe('several at one time', () => {
  it('a breakdown, the more urgent and the end of a shift', () => {
    const text = `
      state slowDone = 0 h
      state fastDone = 0 h
      resource m { breaks after 6 h of busy  repair 1.5 h  shifts daily 00:00..08:00 }
      process slow { arrive at 0 h  use m for 10 h  set slowDone = time  leave }
      process fast { arrive at 4 h  use m for 3 h priority 1 preempting  set fastDone = time  leave }`;
    // Slow 0–4; fast 4–6, when the unit breaks; mended at 7.5, fast until 8.5, as what is begun is finished. Off duty till 24; slow
    // 24–29, when it breaks again after 6 h of work, and from 30.5 the hour that is left.
    const [slow, fast] = values(text, 'run 48 h', ['slowDone', 'fastDone']);
    expect([slow! / 3600, fast! / 3600]).toEqual([31.5, 8.5]);
  });

  it('one crew repairs, and goes home', () => {
    const text = `
      state done = 0 h
      resource m[2] { breaks after 3 h of busy  repair 4 h by fitter }
      resource fitter { shifts daily 06:00..10:00 }
      process p { arrive at 2 h in groups of 2  use m for 5 h  set done = time  leave }`;
    // Both break at 5 h. The fitter comes at 6 and mends one until 10; the other waits until 30 h and is mended at 34. The item that was first
    // in front has the mended one 10–12, and the other one has it 12–13 (it breaks again) or waits for the second at 34.
    const [done, left, down] = values(text, 'run 36 h', ['done', 'p.left', 'm.down']);
    expect(left).toBe(2);
    expect(down).toBe(1);
    expect(done! / 3600).toBe(35);
  });
});

describe('an array of assets', () => {
  const cell = `asset Cell {
    param work = 2 s
    resource m[2] { breaks after exponential(30 s)  repair exponential(4 s) }
    process p { arrive every 3 s  queue q[3] when full: balk patience 5 s  use m for exponential(work)  leave }
    kpi stay = mean(p.stay)
  }`;
  const measures = ['p.arrived', 'p.left', 'p.balked', 'p.inside', 'stay', 'm.busy'];

  it('has a process and units in each of them, as if each stood alone', () => {
    // Without chance all elements are alike, but for what they are given.
    const still = cell.replaceAll(/exponential\(([^)]*)\)/g, '$1');
    const members = `part cell[3]: Cell(work = 2 s)  part slow: Cell(work = 7 s)`;
    const together = started(compiled(`${members} } ${still} asset Rest {`, 'run 500 s'));
    together.advance(500);
    const alone = (work: number) =>
      finished(
        compiled(
          still
            .replace('2 s', `${work} s`)
            .replace(/^asset Cell \{/, '')
            .replace(/\}\s*$/, ''),
          'run 500 s',
        ),
        measures,
      );
    for (const [name, work] of [
      ['cell[1]', 2],
      ['cell[3]', 2],
      ['slow', 7],
    ] as const)
      expect(measures.map((measure) => together.value(`${name}.${measure}`))).toEqual(alone(work));
  });

  it('meets chances of its own in each element, and the same ones when there are more', () => {
    const of = (count: number) => {
      const twin = started(compiled(`part cell[${count}]: Cell } ${cell} asset Rest {`, 'run 500 s'));
      twin.advance(500);
      return Array.from({ length: count }, (_, at) => twin.value(`cell[${at + 1}].stay`)!);
    };
    const [few, more] = [of(2), of(4)];
    expect(more.slice(0, 2)).toEqual(few);
    expect(new Set(more).size).toBe(4);
  });

  it('may use what others own, one for all or one for each', () => {
    const [left, hall, own] = values(
      `resource crane
       part cell[2]: Cell(hall = self1)
       part self1: Hall
       } asset Hall { resource truck }
       asset Cell { link hall: Hall  resource m  process p { arrive at 0 s  use m for 1 s  use hall.truck for 3 s  leave } }
       asset Rest {`,
      'run 5 s',
      ['cell[1].p.left', 'cell[2].p.inside', 'cell[2].m.busy'],
    );
    expect([left, hall, own]).toEqual([1, 1, 0]);
  });
});
