/** Who waits for a condition: each is asked by itself, in the order of arrival, after what the one before has set. By hand. */
import { describe, expect, it } from 'vitest';
import { compiled, expectAgreement, started } from './flows.ts';

/** What has these names after each of these times. */
function after(
  members: string,
  times: readonly number[],
  names: readonly string[],
): (number | undefined)[][] {
  const twin = started(compiled(members, 'run 1 h'));
  return times.map((time) => {
    twin.advance(time);
    expect(twin.trouble()?.message).toBeUndefined();
    return names.map((name) => twin.value(name));
  });
}

const ORDERS = (condition: string): string => `
  state served = 0
  process order {
    arrive at 0 s in groups of 3
    wait until ${condition}
    set stock = stock - 25
    set served = served + 1
    wait 1 h
  }`;

describe('who waits until something is so', () => {
  // 30 are enough for one of 25; 5 + 50 for the two others, one after the other.
  const said = [
    [5, 0, 0],
    [10, 5, 1],
    [19, 5, 1],
    [20, 5, 3],
  ];
  const at = said.map(([time]) => time!);
  const expected = said.map(([, ...values]) => values);

  it.each([
    ['the state itself', 'stock >= 25', ''],
    ['a let of it', 'enough', 'let enough = stock >= 25'],
  ])('takes what is there, and leaves the rest to the next: %s', (_, condition, more) => {
    const text = `state stock = 0
      ${more}
      ${ORDERS(condition)}
      process delivery { arrive at 10 s  set stock = stock + 30  leave }
      process second { arrive at 20 s  set stock = stock + 50  leave }`;
    expect(after(text, at, ['stock', 'served'])).toEqual(expected);
    expectAgreement(text, 'run 30 s');
  });

  it('also of what the asset sets, and of what flows in', () => {
    const text = `state stock = 0
      ${ORDERS('stock >= 25')}
      at time >= 10 s -> set stock = stock + 30
      at time >= 20 s -> set stock = stock + 50`;
    expect(after(text, at, ['stock', 'served'])).toEqual(expected);
    // 5 per second: 25 at 5 s, at 10 s and at 15 s, and nobody is left to take what comes then.
    const flowing = `state stock = 0
      der(stock) = 5 /s
      ${ORDERS('stock >= 25')}`;
    const twin = started(compiled(flowing, 'run 1 h  method tsit5 tolerance 1e-10'));
    for (const [time, served, stock] of [
      [4, 0, 20],
      [6, 1, 5],
      [11, 2, 5],
      [16, 3, 5],
      [18, 3, 15],
    ]) {
      twin.advance(time!);
      expect(twin.value('served')).toBe(served);
      expect(twin.value('stock')).toBeCloseTo(stock!, 7);
    }
    expectAgreement(flowing, 'run 30 s');
  });

  it('is passed by those behind whose condition holds, and is asked first again', () => {
    const text = `state stock = 0
      state big = 0 s
      state small = 0 s
      process order {
        arrive at 0 s
        arrive at 1 s
        item need = if time < 0.5 s then 40 else 10
        wait until stock >= need
        set stock = stock - need
        choose need > 20 -> large, else -> little
        station large
        set big = time
        leave
        station little
        set small = time
        leave
      }
      process delivery { arrive every 10 s  set stock = stock + 15  leave }`;
    // 15 at 10 s are taken for 10; 5, 20, 35, 50 are there up to 40 s, and 40 of them go at 40 s.
    expect(after(text, [45], ['small', 'big', 'stock'])).toEqual([[10, 40, 10]]);
    expectAgreement(text, 'run 1 min');
  });

  it('is not overtaken by one who comes as the condition comes true', () => {
    const text = `state free = 0
      state last = 0
      process visitor {
        arrive at 0 s
        arrive at 10 s
        item number = if time < 5 s then 1 else 2
        choose number > 1 -> opens, else -> door
        station opens
        set free = 1
        station door
        wait until free > 0
        set free = free - 1
        set last = number
        wait 1 h
      }`;
    // The second one frees it, and then stands behind the first.
    expect(after(text, [11], ['free', 'last', 'visitor.inside'])).toEqual([[0, 1, 2]]);
    expectAgreement(text, 'run 1 min');
  });

  it('sees an arrival by the same condition before it is set back', () => {
    const text = `state level = 0
      process tank {
        arrive at 0 s
        wait until level > 3
        set level = 0
        leave
      }
      process inspection { arrive when level > 3  wait 1 h }
      process filler { arrive at 10 s  set level = 5  leave }`;
    expect(after(text, [11], ['level', 'inspection.arrived', 'tank.left'])).toEqual([[0, 1, 1]]);
    expectAgreement(text, 'run 1 min');
  });
});
