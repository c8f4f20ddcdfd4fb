/** Conveyors: how long items ride, how many there is room for, and how they close up behind one that cannot go on. */
import { describe, expect, it } from 'vitest';
import { compiled, expectAgreement, started } from './flows.ts';

describe('a conveyor', () => {
  it('takes its length over its speed, and keeps items apart', () => {
    const twin = started(
      compiled(
        `process p { arrive at 0 s in groups of 5  convey belt 10 m at 2 m/s spacing 1 m  leave }
         kpi ride = mean(belt.wait)`,
        'run 20 s',
      ),
    );
    // On at 0 s, 0.5 s, 1 s …; off 5 s later each.
    for (const [time, on, left] of [
      [0.2, 1, 0],
      [1.2, 3, 0],
      [4.9, 5, 0],
      [5.7, 3, 2],
      [6.9, 1, 4],
      [7.1, 0, 5],
    ] as const) {
      twin.advance(time);
      expect([twin.value('belt.length'), twin.value('p.left')]).toEqual([on, left]);
    }
    expect(twin.value('ride')).toBeCloseTo(5, 12);
  });

  it('fills up behind one that cannot go on, and holds back those in front of it when it is full', () => {
    const text = `resource packer
      resource press
      process p {
        arrive every 1 s
        use press for 0.1 s
        convey belt 10 m at 1 m/s spacing 0.5 m
        use packer for 3 s
        leave
      }`;
    const twin = started(compiled(text, 'run 60 s'));
    let [most, blocked] = [0, false];
    for (let t = 0.55; t < 60; t += 1) {
      twin.advance(t);
      // On the belt 0.1 s after it came; the packer begins at 11.1 s, and every 3 s.
      const begun = t < 11.1 ? 0 : Math.floor((t - 11.1) / 3) + 1;
      const pressed = Math.max(Math.floor(t - 0.1), 0);
      const on = Math.min(pressed - begun, 20);
      expect(twin.value('belt.length'), `at ${t} s`).toBe(on);
      expect(twin.value('packer.busy')).toBe(begun > 0 ? 1 : 0);
      most = Math.max(most, on);
      blocked ||= twin.value('press.blocked') === 1;
    }
    expect([most, blocked]).toEqual([20, true]);
    expectAgreement(text, 'run 40 s');
  });

  it('lets those behind come to the end one after the other', () => {
    const text = `state open = false
      state last = 0 s
      process p {
        arrive at 0 s in groups of 4
        convey belt 4 m at 1 m/s spacing 1 m
        wait until open
        set last = time
        leave
      }
      process opener { arrive at 20 s  set open = true  leave }`;
    // On at 0, 1, 2 and 3 s. The first is at the end at 4 s; from 20 s on they go, each a spacing behind the one before.
    const twin = started(compiled(text, 'run 40 s'));
    const left: number[] = [];
    for (const time of [19, 20.5, 21.5, 22.5, 23.5, 40]) {
      twin.advance(time);
      left.push(twin.value('p.left')!);
    }
    expect(left).toEqual([0, 1, 2, 3, 4, 4]);
    expect(twin.value('last')).toBe(23);
    expectAgreement(text, 'run 40 s');
  });
});
