/** What looks back over time in a model: against closed forms and plain loops, and to the same bits when interpreted. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin, TwinSettings } from '../../runtime/twin.ts';
import { flat } from '../flatten/systems.ts';

function twin(
  text: string,
  { interpreted = false, ...settings }: TwinSettings & { interpreted?: boolean } = {},
): Twin {
  const system = flat(text);
  const artefact = generate(system);
  const kernel = interpreted ? () => interpret(system) : kernelFactory(artefact);
  return createTwin({ manifest: artefact.manifest, kernel, settings: { maxStep: 0.5, ...settings } });
}

/** A value at each of these times; the run must be without trouble. */
function seen(one: Twin, name: string, times: readonly number[]): number[] {
  return times.map((time) => {
    one.advance(time);
    expect(one.trouble()).toBeUndefined();
    return one.value(name)!;
  });
}

/** A signal that changes once a second, by a rule that a test can follow. */
const signal = (values: readonly number[]): string => {
  const steps = values.map((value, k) => `if time < ${k + 0.5} s then ${value} else `).join('');
  return `let x = ${steps}0`;
};

const statistics = (window: number) => `
  let average = mean(x over ${window} s every 1 s)
  let spread = deviation(x over ${window} s every 1 s)
  let least = min(x over ${window} s every 1 s)
  let greatest = max(x over ${window} s every 1 s)
  let middle = median(x over ${window} s every 1 s)
  let high = quantile(x, 0.8 over ${window} s every 1 s)
  let climb = slope(x over ${window} s every 1 s)
  let change = rate(x over ${window} s every 1 s)
  let smooth = ewma(x, ${window} s every 1 s)
  let drift = cusum(x, 2, 0.5 every 1 s)`;

/** The same by definition, over the last values. */
const plainly: Record<string, (last: number[], all: number[], window: number) => number> = {
  average: (last) => last.reduce((a, b) => a + b, 0) / last.length,
  spread: (last) => {
    const mean = last.reduce((a, b) => a + b, 0) / last.length;
    return last.length < 2 ? 0 : Math.sqrt(last.reduce((a, b) => a + (b - mean) ** 2, 0) / (last.length - 1));
  },
  least: (last) => Math.min(...last),
  greatest: (last) => Math.max(...last),
  middle: (last) => quantile(last, 0.5),
  high: (last) => quantile(last, 0.8),
  climb: (last) => {
    if (last.length < 2) return 0;
    const [n, sx] = [last.length, last.reduce((a, _, k) => a + k, 0)];
    const sy = last.reduce((a, b) => a + b, 0);
    const sxy = last.reduce((a, b, k) => a + k * b, 0);
    const sxx = last.reduce((a, _, k) => a + k * k, 0);
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
  },
  change: (last) => (last.length < 2 ? 0 : (last.at(-1)! - last[0]!) / (last.length - 1)),
  smooth: (_, all, window) => {
    const w = 1 - Math.exp(-1 / window);
    return all.slice(1).reduce((y, x) => (1 - w) * y + w * x, all[0]!);
  },
  drift: (_, all) => {
    let [up, down] = [0, 0];
    for (const x of all) {
      up = Math.max(0, up + x - 2.5);
      down = Math.max(0, down + 1.5 - x);
    }
    return Math.max(up, down);
  },
};

function quantile(values: number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const h = (sorted.length - 1) * p;
  const i = Math.floor(h);
  return sorted[i]! + (h - i) * ((sorted[i + 1] ?? sorted[i]!) - sorted[i]!);
}

describe('statistics over a window should', () => {
  it('be what their definitions say, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -4, max: 9 }), { minLength: 4, maxLength: 24 }),
        fc.integer({ min: 1, max: 7 }),
        (values, window) => {
          const text = `asset A { ${signal(values)} ${statistics(window)} }`;
          const [one, other] = [twin(text), twin(text, { interpreted: true })];
          values.forEach((_, k) => {
            one.advance(k + 0.25);
            const all = values.slice(0, k + 1);
            for (const [name, of] of Object.entries(plainly))
              expect(one.value(name), `${name} at ${k}`).toBeCloseTo(of(all.slice(-window), all, window), 9);
          });
          other.advance(one.time());
          expect(one.trouble()).toBeUndefined();
          expect(other.hash()).toBe(one.hash());
        },
      ),
      { numRuns: 8, seed: 20261122 },
    );
  });

  it('be the same after save, restore and branch', () => {
    const text = `asset A { let x = sin(time / 3 s) ${statistics(5)} }`;
    const whole = twin(text);
    whole.advance(40);
    const part = twin(text);
    part.advance(17.5);
    const other = twin(text);
    expect(other.restore(part.save())).toBeUndefined();
    other.advance(40);
    expect(other.hash()).toBe(whole.hash());
  });

  it('have a memory for each element, and follow sensors', () => {
    const one = twin(`
      asset Pump {
        param base = 1 m
        let x = base * time / 1 s
        sensor gauge measures x every 2 s
        let recent = mean(gauge over 6 s)
        let inner = max(mean(x over 2 s every 1 s) over 5 s every 1 s)
      }
      asset A { part pump[3]: Pump(base = 2 m)  part other: Pump }`);
    one.advance(10.5);
    // Samples at 6, 8 and 10 s.
    expect(one.value('pump[2].recent')).toBe(16);
    expect(one.value('other.recent')).toBe(8);
    // At 10 s the mean is over 9 and 10.
    expect(one.value('other.inner')).toBeCloseTo(9.5, 9);
  });

  it.each(['alone', 'heard', 'interpreted'])(
    'are crossed from their first look on, which is where they begin (%s)',
    (how) => {
      const [end, rate] = [8, 0.5];
      const one = twin(
        `asset A {
        state x = 4  der(x) = -x * ${rate} 1/s
        state n = 0  state m = 0  state k = 0  state s = 0
        let inner = mean(max(x over 1 s) over 2 s every 0.5 s)
        at min(mean(x over 1 s every 0.5 s), 9) > 1 { set n = n + 1 }
        at inner > 1 falling { set m = m + 1 }
        at ewma(x, 1 s every 0.5 s) > 1 rising { set k = k + 1 }
        at x < 3 { set s = s + 1 }
        every 100 s { set x = 5 }
      }`,
        { interpreted: how === 'interpreted' },
      );
      if (how === 'heard') one.listen({ firing: () => {} });
      one.advance(0.1);
      const counted = (): (number | undefined)[] => ['n', 'm', 'k', 's'].map((name) => one.value(name));
      expect(counted()).toEqual([0, 0, 0, 0]);
      one.advance(end);
      // All are below 5 e^(-(t - 2) / 2) < 1 by then.
      expect(counted()).toEqual([1, 1, 0, 1]);
      expect(one.trouble()).toBeUndefined();
    },
  );

  it.each(['alone', 'heard', 'interpreted'])(
    'are known to statistics of them, and to every, at once (%s)',
    (how) => {
      const values = [5, 3, 8, 8, 1, 6, 2, 7, 4];
      const one = twin(
        `asset A {
        ${signal(values)}
        let least = min(low over 3 s every 2 s)
        let low = mean(2 * highest over 2 s every 1 s)
        let highest = max(x over 2 s every 1 s)
        state first = -1  state read = -1  state deep = -1  state jumped = 0
        every 1 s { set read = highest + x  set deep = least  set jumped = jumped + 1 }
        every 100 s { set first = least }
        let counted = max(jumped over 1 s every 1 s)
      }`,
        { interpreted: how === 'interpreted' },
      );
      if (how === 'heard') one.listen({ firing: () => {} });
      const highest: number[] = [];
      const low: number[] = [];
      const least: number[] = [];
      values.forEach((value, k) => {
        one.advance(k + 0.25);
        expect(one.trouble()).toBeUndefined();
        highest.push(Math.max(...values.slice(Math.max(k - 1, 0), k + 1)));
        const both = highest.slice(-2).map((each) => 2 * each);
        low.push(both.reduce((a, b) => a + b, 0) / both.length);
        // Capacity is 3 s / 2 s, to the nearest whole number.
        if (k % 2 === 0) least.push(low[k]!);
        const expected = {
          highest: highest[k]!,
          low: low[k]!,
          least: Math.min(...least.slice(-2)),
          first: 2 * values[0]!,
          read: highest[k]! + value,
          deep: Math.min(...least.slice(-2)),
          // What `every` sets is seen at the next look.
          counted: k,
        };
        for (const [name, wanted] of Object.entries(expected))
          expect(one.value(name), `${name} at ${k}`).toBeCloseTo(wanted, 9);
      });
    },
  );

  it.each([false, true])('are known to sensors that measure them (interpreted: %s)', (interpreted) => {
    const one = twin(
      `asset A {
        let x = 5 + time / 1 s
        let low = min(max(x over 2 s every 1 s) over 3 s every 1 s)
        sensor gauge measures low every 1 s
        let seen = max(gauge over 1 s every 1 s)
        state read = 0
        every 1 s { set read = seen }
      }`,
      { interpreted },
    );
    for (const [k, wanted] of [5, 5, 5, 6, 7].entries())
      for (const name of ['low', 'gauge.measured', 'seen', 'read'])
        expect(seen(one, name, [k + 0.25]), `${name} at ${k}`).toEqual([wanted]);
  });

  it('that read each other in a circle look together', () => {
    const one = twin(
      'asset A { let a: Number = mean(b + 1 over 1 s every 1 s)  let b: Number = max(a over 1 s every 1 s) }',
    );
    expect(seen(one, 'a', [0.5, 1.5, 2.5, 3.5])).toEqual([1, 1, 2, 2]);
  });

  /** Of live sensors: the first sample comes when it comes, and there may be none for long. */
  it('are over what was measured, from the first sample on, also of what is computed from it', () => {
    const text = (signal: string): string => `
      asset Pump { state way = 2  der(way) = 0 / 1 s  sensor gauge measures way }
      asset A { part pump: Pump  let twice = 2 * pump.gauge  let x = ${signal} ${statistics(4)}
        let inner = max(mean(x over 2 s every 1 s) over 3 s every 1 s)
        state times: Integer = 0
        when average > 3 -> set times = times + 1 }`;
    const signals: [string, (measured: number) => number][] = [
      ['pump.gauge', (measured) => measured],
      ['twice - 1', (measured) => 2 * measured - 1],
      ['pump.gauge.residual', (measured) => measured - 2],
    ];
    const samples = fc.array(fc.tuple(fc.integer({ min: 1, max: 80 }), fc.integer({ min: -4, max: 9 })), {
      minLength: 1,
      maxLength: 20,
    });
    for (const [signal, of] of signals)
      fc.assert(
        fc.property(samples, (drawn) => {
          const runs = [false, true].map((interpreted) =>
            twin(text(signal), { interpreted, offered: 'all' }),
          );
          const byTime = [...new Map(drawn.map(([quarter, value]) => [quarter / 4, value]))].toSorted(
            ([a], [b]) => a - b,
          );
          for (const one of runs) for (const [time, value] of byTime) one.offer(0, 0, time, value);
          const all: number[] = [];
          for (let tick = 0; tick <= 21; tick += 1) {
            for (const one of runs) one.advance(tick + 0.125);
            const [one, other] = runs;
            expect(one!.trouble()).toBeUndefined();
            expect(other!.hash()).toBe(one!.hash());
            const last = byTime.findLast(([time]) => time <= tick);
            if (last === undefined) {
              for (const name of Object.keys(plainly)) expect(one!.value(name), name).toBeNaN();
              continue;
            }
            all.push(of(last[1]));
            for (const [name, expected] of Object.entries(plainly))
              expect(one!.value(name), `${name} at ${tick}`).toBeCloseTo(expected(all.slice(-4), all, 4), 9);
          }
        }),
        { numRuns: 10 },
      );
  });

  it('look a hundred times a window, where nothing is said', () => {
    const { handlers } = flat('asset A { state x = 1 m  der(x) = 1 m/s  let m = mean(x over 50 s) }');
    expect(handlers.find(({ kind }) => kind === 'every')?.period).toEqual({ kind: 'number', value: 0.5 });
  });
});

describe('conditions that look back should', () => {
  const saw = 'let x = mod(time, 10 s) / 1 s  let high = x > 6';

  it('know what was so at some time', () => {
    const one = twin(`asset A { ${saw}  let was = once(high within 3 s) }`);
    expect(seen(one, 'was', [5, 6.5, 9.9, 10.5, 12.9, 13.1, 15.9, 16.1])).toEqual([0, 1, 1, 1, 1, 0, 0, 1]);
  });

  it('know what has been so all the time', () => {
    const one = twin(
      `asset A { ${saw}  let steady = historically(high for 3 s)  let always1 = historically(x >= 0 for 4 s) }`,
    );
    expect(seen(one, 'steady', [5, 8.9, 9.5, 10.5, 18.5, 19.5])).toEqual([0, 0, 1, 0, 0, 1]);
    expect(one.value('always1')).toBe(1);
  });

  it('know what has been so since', () => {
    const one = twin(`asset A {
      let low = time < 12 s or time > 14 s
      let start = time > 3 s and time < 4 s or time > 15 s and time < 16 s
      let held = since(low, start)
      let lately = since(low, start within 5 s)
    }`);
    const times = [2, 3.5, 8, 11.5, 13, 14.5, 15.5, 18];
    expect(seen(one, 'held', times)).toEqual([0, 1, 1, 1, 0, 0, 1, 1]);
    const again = twin(`asset A {
      let low = time < 12 s or time > 14 s
      let start = time > 3 s and time < 4 s or time > 15 s and time < 16 s
      let lately = since(low, start within 5 s)
    }`);
    expect(seen(again, 'lately', [2, 3.5, 8.9, 9.1, 13, 14.5, 15.5, 18, 20.9, 21.1])).toEqual([
      0, 1, 1, 0, 0, 0, 1, 1, 1, 0,
    ]);
  });

  it('change at exact times, without a flicker', () => {
    const fired: [string, number][] = [];
    const one = twin(`asset A {
      ${saw}
      state n = 0
      let was = once(high within 3 s)
      rule goes { when not was  set n = n + 1 }
      rule comes { when was  set n = n + 1 }
    }`);
    one.listen({ event: ({ name, time }) => void fired.push([name, Number(time.toFixed(6))]) });
    one.advance(30);
    expect(fired).toEqual([
      ['goes', 0],
      ['comes', 6],
      ['goes', 13],
      ['comes', 16],
      ['goes', 23],
      ['comes', 26],
    ]);
  });

  it('have hysteresis, either way up', () => {
    const one = twin(`asset A {
      let x = 10 * sin(time / 1 s)
      let hot = hysteresis(x, 8, 3)
      let cold = hysteresis(x, -8, -3)
    }`);
    const on = Math.asin(0.8);
    const off = Math.PI - Math.asin(0.3);
    const e = 0.01;
    expect(seen(one, 'hot', [on - e, on + e, off - e, off + e])).toEqual([0, 1, 1, 0]);
    expect(
      seen(one, 'cold', [Math.PI + on - e, Math.PI + on + e, Math.PI + off - e, Math.PI + off + e]),
    ).toEqual([0, 1, 1, 0]);
  });

  it('have a hysteresis that is true from the start for all that looks then, and so for what looks back', () => {
    for (const interpreted of [false, true]) {
      const one = twin(
        `asset A {
          state x = 5
          der(x) = -1 / 1 s
          let hot    = hysteresis(x, 4, 2)
          let hotter = hysteresis(if hot then 10 else 0, 9, 1)
          let cold   = hysteresis(x, 2, 4)
          let all    = historically(hotter for 1 s)
          state first = 9   state times = 0
          every 1 h { set first = if hotter then 1 else 0 }
          when all { set times = times + 1 }
        }`,
        { interpreted },
      );
      expect(seen(one, 'first', [0])).toEqual([1]);
      // Off at 3 s, where x passes 2, and cold from there.
      expect(seen(one, 'hot', [2.9, 3.1])).toEqual([1, 0]);
      expect(['times', 'all', 'cold'].map((name) => one.value(name))).toEqual([1, 0, 1]);
    }
  });

  it('count how often something became true, exactly and in conditions', () => {
    for (const interpreted of [false, true]) {
      const one = twin(
        `asset A {
          let x = sin(2 * pi * time / 10 s)
          let high = x > 0.5
          let n    = count(high within 25 s)
          state alarms = 0
          when count(x > 0.5 within 25 s) >= 3 -> set alarms = alarms + 1
          every 100 s -> set calm = true
          state calm = false
          let quiet = count(calm within 25 s)
        }`,
        { interpreted },
      );
      // sin > 1/2 from a twelfth of each period on: at 0.8333, 10.8333, 20.8333 …; each is out of the window 25 s later.
      const e = 0.001;
      const first = 10 / 12;
      const times = [
        0,
        first + e,
        10 + first + e,
        20 + first - e,
        20 + first + e,
        25 + first - e,
        25 + first + e,
      ];
      expect(seen(one, 'n', times)).toEqual([0, 1, 2, 2, 3, 3, 2]);
      expect(one.value('alarms')).toBe(1);
      expect(seen(one, 'n', [30 + first + e, 35 + first - e, 35 + first + e])).toEqual([3, 3, 2]);
      expect(one.value('alarms')).toBe(2);
      expect(one.value('quiet')).toBe(0);
    }
  });

  it('count in each turn of a loop, and agree with a plain loop over the times', () => {
    const text = `asset A {
      state c[3] = [0, 0, 0]
      let n[3]: Number
      for i in 1..3 {
        every exponential(2 s) { set c[i] = 1 - pre(c[i]) }
        n[i] = count(c[i] > 0.5 within 7 s)
      }
    }`;
    const one = twin(text);
    const came: number[][] = [[], [], []];
    const last = [0, 0, 0];
    const look = (): number[] => [1, 2, 3].map((i) => one.value(`c[${i}]`)!);
    for (let k = 1; k <= 4000; k++) {
      one.advance(k / 40);
      const now = look();
      now.forEach((value, i) => {
        if (value > last[i]!) came[i]!.push(k / 40);
        last[i] = value;
      });
      if (k % 200 !== 0) continue;
      // Two changes within a 40th of a second are not seen by looking, and what is about to leave may have left.
      came.forEach((times, i) => {
        const plain = times.filter((time) => time > k / 40 - 7).length;
        expect(Math.abs(one.value(`n[${i + 1}]`)! - plain)).toBeLessThanOrEqual(1);
      });
    }
    expect(Math.max(...came.map((times) => times.length))).toBeGreaterThan(15);
    const interpreted = twin(text, { interpreted: true });
    interpreted.advance(100);
    for (const i of [1, 2, 3]) expect(interpreted.value(`n[${i}]`)).toBe(one.value(`n[${i}]`));
  });

  it.each([false, true])('tell how long something has been so, exactly (interpreted: %s)', (interpreted) => {
    const one = twin(
      `asset A {
        let x     = sin(2 * pi * time / 10 s)
        let high  = x > 0.5
        let all   = duration(high)
        let last  = duration(high within 12 s)
        let since = elapsed(high)
        let low   = elapsed(not high)
        state told = 0 s
        when duration(high) > 5 s -> set told = time
      }`,
      { interpreted },
    );
    // sin > 1/2 from a twelfth of each period to five twelfths: for 10/3 s from 0.8333 on, every 10 s.
    const [begin, long] = [10 / 12, 10 / 3];
    const held = (to: number): number => {
      const whole = Math.floor(to / 10);
      return to <= 0 ? 0 : whole * long + Math.min(Math.max(to - whole * 10 - begin, 0), long);
    };
    for (let k = 1; k < 400; k += 7) {
      const time = k / 10;
      one.advance(time);
      expect(one.trouble()).toBeUndefined();
      const phase = (time % 10) - begin;
      expect(one.value('all')).toBeCloseTo(held(time), 8);
      expect(one.value('last')).toBeCloseTo(held(time) - held(time - 12), 8);
      expect(one.value('since')).toBeCloseTo(phase > 0 && phase < long ? phase : 0, 8);
      const out = time < begin ? time : phase >= long ? phase - long : phase < 0 ? phase + 10 - long : 0;
      expect(one.value('low')).toBeCloseTo(out, 8);
    }
    // 10/3 s in the first period, and 5/3 s of the second.
    expect(one.value('told')).toBeCloseTo(10 + begin + 5 / 3, 8);
  });

  it.each([false, true])(
    'tell how long a mode was active, and since when (interpreted: %s)',
    (interpreted) => {
      const one = twin(
        `asset A {
        modes work {
          initial Idle { after 3 s -> Busy }
          Busy {
            initial Slow { after 1 s -> Fast }
            Fast { after 4 s -> Slow }
            after 7 s -> Idle
          }
        }
        let idle  = duration(work == Idle)
        let busy  = duration(work == Busy)
        let fast  = duration(work == Busy.Fast)
        let here  = elapsed(work == Busy)
        let share = ratio(duration(work == Busy within 20 s), 20 s)
      }`,
        { interpreted },
      );
      // 3 s idle and 7 s busy in turn; of the busy ones 1 s slow, 4 s fast, 1 s slow, 1 s fast.
      const at = (time: number, ...names: string[]): (number | undefined)[] => {
        one.advance(time);
        return names.map((name) => Math.round(one.value(name)! * 1e9) / 1e9);
      };
      const names = ['idle', 'busy', 'fast', 'here'];
      expect(at(2, ...names)).toEqual([2, 0, 0, 0]);
      expect(at(6, ...names)).toEqual([3, 3, 2, 3]);
      expect(at(9.5, ...names)).toEqual([3, 6.5, 4.5, 6.5]);
      expect(at(12, ...names)).toEqual([5, 7, 5, 0]);
      expect(at(14, ...names)).toEqual([6, 8, 5, 1]);
      expect(at(37, ...names, 'share')).toEqual([12, 25, 18, 4, 0.7]);
    },
  );

  it('tell how long a thousand spells were within a window as adding them up does, and keep that in a saved state', () => {
    const text = `asset A {
      state high = 0
      state all: Time = 0 s
      every exponential(2 s) { set high = 1 - pre(high) }
      der(all) = high
      let told   = duration(high > 0.5)
      let recent = duration(high > 0.5 within 500 s)
    }`;
    const one = twin(text);
    const other = twin(text, { interpreted: true });
    const added: number[] = [];
    for (let k = 0; k <= 30; k++) {
      one.advance(k * 100);
      expect(one.trouble()).toBeUndefined();
      added.push(one.value('all')!);
      expect(one.value('told')).toBeCloseTo(added[k]!, 6);
      // Some 250 changes lie in the window: those closer than a 400th of it are told apart by that much.
      const off = one.value('recent')! - (added[k]! - (added[k - 5] ?? 0));
      expect(Math.abs(off)).toBeLessThan(500 / 400);
    }
    other.advance(3000);
    for (const name of ['told', 'recent']) expect(other.value(name)).toBe(one.value(name));
    const saved = one.save();
    one.advance(3100);
    const told = [one.value('told'), one.value('recent')];
    one.restore(saved);
    one.advance(3100);
    expect([one.value('told'), one.value('recent')]).toEqual(told);
  });

  it('know the age of a sample', () => {
    const one = twin(`asset A {
      let x = time
      sensor gauge measures x every 4 s
      let old = age(gauge)
      state alarms = 0
      when age(gauge) > 3 s -> set alarms = alarms + 1
    }`);
    expect(seen(one, 'old', [1, 3.5, 5]).map((x) => Number(x.toFixed(9)))).toEqual([1, 3.5, 1]);
    expect(one.value('alarms')).toBe(1);
  });

  it('be the same to the last bit when interpreted', () => {
    const text = `asset A {
      ${saw}
      let a = once(high within 3 s)  let b = historically(high for 2 s)  let c = since(a, high within 4 s)
      let d = hysteresis(x, 7, 2)
      sensor gauge measures x every 0.7 s noise normal(0.1)
      when age(gauge) > 0.5 s and d -> set n = n + 1
      state n = 0
    }`;
    const [a, b] = [true, false].map((interpreted) => {
      const one = twin(text, { interpreted });
      one.advance(33);
      expect(one.trouble()).toBeUndefined();
      return one.hash();
    });
    expect(a).toBe(b);
  });
});

describe('in a for', () => {
  it('each turn has a memory of its own, also in two of them and in parts of parts', () => {
    const text = `asset A { part row[2]: Row }
      asset Row {
        fixed n = 3
        state x[n] = 0
        state passed[n] = 0 s
        let average[n]: Number
        let grid[2, n]: Number
        for i in 1..n {
          der(x[i]) * 1 s = i
          average[i] = mean(x[i] over 5 s every 1 s)
          when once(x[i] > 10 within 2 s) -> set passed[i] = time
        }
        for k in 1..2 { for i in 1..n { grid[k, i] = max(k * x[i] over 5 s every 1 s) } }
      }`;
    const [one, other] = [twin(text), twin(text, { interpreted: true })];
    for (const each of [one, other]) each.advance(20);
    expect(one.hash()).toBe(other.hash());
    for (const i of [1, 2, 3]) {
      // The last five of i t, looked at once a second.
      expect(one.value(`row[2].average[${i}]`)).toBeCloseTo(18 * i, 9);
      expect(one.value(`row[1].passed[${i}]`)).toBeCloseTo(10 / i, 9);
      for (const k of [1, 2]) expect(one.value(`row[2].grid[${k},${i}]`)).toBeCloseTo(20 * k * i, 9);
    }
  });

  it('two that begin elsewhere do not share', () => {
    const one = twin(`asset A {
      let q[4]: Number
      for i in 1..2 { q[i] = mean(time / 1 s * i over 2 s every 1 s) }
      for i in 3..4 { q[i] = mean(time / 1 s * i over 2 s every 1 s) }
    }`);
    one.advance(10);
    expect([1, 2, 3, 4].map((i) => one.value(`q[${i}]`))).toEqual([9.5, 19, 28.5, 38]);
  });
});
