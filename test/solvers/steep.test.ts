/** Slopes without a bound, or much steeper than the tolerance: roots near zero, and what saturates. By closed forms, all methods, several tolerances. */
import { describe, expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { adaptive, compiled, twinOf } from './compiled.ts';

const METHODS: readonly ManifestMethod[] = (['tsit5', 'rodas5p', 'bdf', 'auto'] as const).flatMap((name) =>
  [1e-3, 1e-6, 1e-9].map((tolerance) => adaptive(name, tolerance)),
);

/** Where a rising function is 0 between two places. */
function root(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (let round = 0; round < 200; round += 1) {
    const middle = (a + b) / 2;
    if (f(middle) < 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

/** y of y' = 1 − k √y from y = 0: with s = √y, t = −2 (k s + ln(1 − k s)) / k². */
const filled = (k: number, t: number): number =>
  root((s) => (-2 * (k * s + Math.log1p(-k * s))) / k ** 2 - t, 0, (1 - 1e-15) / k) ** 2;

/** Two tanks with a pipe, and an inflow to the first; what flows is a root of the difference d, as given. */
const tanks = (flow: string, start = '1', inflow = '1') => `asset Tanks {
  state x[2] = [${start}, 1]
  let d = x[1] - x[2]
  ${flow}
  der(x[1]) = (${inflow} - q) / 1 s
  der(x[2]) = q / 1 s
}`;

/** From equal levels on d' = 1 − 2 √d. */
const levels = (t: number): Record<string, number> => {
  const d = filled(2, t);
  return { 'x[1]': (2 + t + d) / 2, 'x[2]': (2 + t - d) / 2 };
};

const FLOWS = {
  'the sign times the root of the amount': 'let q = sign(d) * sqrt(abs(d))',
  'with factors and a unit': `param area = 2 m2   param head = 9 m
    let q = -area * sqrt(abs(x[2] - x[1]) * head / 4 m5) * sign(head * (x[2] - x[1])) / 3`,
  'by way of another name': 'let size = abs(d)   let width = sqrt(size)   let q = sign(d) * width',
  'a sign by another name': 'let way = sign(d)   let q = way * sqrt(abs(d))',
  'a rule that looks at the same place':
    'let q = sign(d) * sqrt(abs(d))   state raised = 0   when d > 0 { set raised = pre(raised) + 1 }',
  'a power of a half': 'let q = sign(d) * abs(d)^0.5',
  'two branches': 'let q = if d > 0 then sqrt(d) else -sqrt(-d)',
  'three branches': 'let q = if d > 0 then sqrt(d) else if d < 0 then -sqrt(-d) else 0',
  'of levels compared': 'let q = if x[1] >= x[2] then sqrt(x[1] - x[2]) else -sqrt(x[2] - x[1])',
  'a valve that lets one way': 'let q = if d > 0 then sqrt(d) else 0',
  'a flow whose square is given': 'let q: Number   q * abs(q) = d',
  'a steep slope in the place of none': 'let q = d / sqrt(abs(d) + 1e-14)',
};

interface Case {
  text: string;
  end: number;
  exact: Record<string, number>;
}

const CASES: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    Object.entries(FLOWS).map(([name, flow]): [string, Case] => [
      `tanks, ${name}`,
      { text: tanks(flow), end: 1, exact: levels(1) },
    ]),
  ),
  'tanks that become equal and are filled later': {
    text: tanks(FLOWS['the sign times the root of the amount'], '2', '(if time > 5 s then 1 else 0)'),
    end: 6,
    exact: Object.fromEntries(Object.entries(levels(1)).map(([name, level]) => [name, level + 0.5])),
  },
  'tanks that become equal and stay so': {
    text: tanks(FLOWS['two branches'], '2', '0'),
    end: 10,
    exact: { 'x[1]': 1.5, 'x[2]': 1.5 },
  },
  'a tank that is empty': {
    text: 'asset A { state y = 0   der(y) = (1 - 3 * sqrt(max(y, 0))) / 1 s }',
    end: 1,
    exact: { y: filled(3, 1) },
  },
  'a rate that rises as the root of time': {
    text: 'asset A { state y = 0   der(y) = sqrt(time / 1 s) / 1 s }',
    end: 4,
    exact: { y: 16 / 3 },
  },
  'friction that saturates within the tolerance': saturating(1e-6),
  'friction that saturates below the tolerance': saturating(1e-9),
};

/** y' = 1 − 0.9 tanh(y / w), from 0: beyond the width w it is t / 10 + 0.9 w ln 20 / 1.9. */
function saturating(width: number): Case {
  return {
    text: `asset A { state y = 0   der(y) = (1 - 0.9 * tanh(y / ${width})) / 1 s }`,
    end: 1,
    exact: { y: 0.1 + (0.9 * width * Math.log(20)) / 1.9 },
  };
}

describe.each(Object.entries(CASES))('%s', (_, { text, end, exact }) => {
  const value = compiled(text);
  it.each(METHODS)('as in closed form, by $name with $tolerance', (method) => {
    const tolerance = 'tolerance' in method ? method.tolerance : NaN;
    const [twin, interpreted] = [false, true].map((how) => {
      const one = twinOf(value, { method, end, interpreted: how });
      one.advance(end);
      return one;
    });
    expect(twin!.trouble()).toBeUndefined();
    expect(twin!.time()).toBe(end);
    for (const [name, wanted] of Object.entries(exact))
      expect(Math.abs(twin!.value(name)! - wanted) / tolerance).toBeLessThan(60);
    expect(interpreted!.hash()).toBe(twin!.hash());
  });
});

it('no step ends in an event where a root meets zero, and levels rest where they are equal', () => {
  const flow = FLOWS['the sign times the root of the amount'];
  const twin = twinOf(compiled(tanks(flow, '2', '0')), { method: adaptive('rodas5p', 1e-6), end: 1e6 });
  twin.advance(1e6);
  expect(twin.value('x[1]')).toBe(twin.value('x[2]'));
  const { crossings } = compiled(tanks(flow)).system;
  expect(crossings.map(({ kink }) => kink !== undefined)).toEqual([true]);
});

/** Three tanks at rest with next to no inflow, and something that is on its way and keeps steps short at first. */
describe.each([
  ['roots', 'let q = sign(d) * sqrt(abs(d))   let r = sign(e) * sqrt(abs(e))'],
  ['roots of less than a half', 'let q = sign(d) * abs(d)^0.4   let r = sign(e) * abs(e)^0.4'],
  ['squares that are given', 'let q: Number   let r: Number   q * abs(q) = d   r * abs(r) = e'],
])('where flows as %s go to and fro within the tolerance', (_, flows) => {
  it.each([1e-9, 1e-7, 1e-5])('steps become long, with an inflow of %s', (inflow) => {
    const value = compiled(`asset Row {
      state x[3] = [1, 1, 1]   state p = 0
      let d = x[1] - x[2]   let e = x[2] - x[3]
      ${flows}
      der(x[1]) = (${inflow} - q) / 1 s   der(x[2]) = (q - r) / 1 s   der(x[3]) = r / 1 s
      der(p) = (1 - p) / 1 s
    }`);
    const [twin, interpreted] = [false, true].map((how) => {
      const one = twinOf(value, { method: adaptive('rodas5p', 1e-6), end: 20, interpreted: how });
      let steps = 0;
      one.listen({ accepted: () => (steps += 1) });
      one.advance(20);
      // Twenty times as many, or more, along the slopes as they are.
      expect(steps).toBeLessThan(300);
      return one;
    });
    const level = 1 + (20 * inflow) / 3;
    for (const x of ['x[1]', 'x[2]', 'x[3]']) expect(Math.abs(twin!.value(x)! - level)).toBeLessThan(1e-6);
    expect(Math.abs(twin!.value('p')! - 1 + Math.exp(-20))).toBeLessThan(1e-6);
    expect(interpreted!.hash()).toBe(twin!.hash());
  });
});

it('where a flow by its square has no slope, implicit methods take explicit steps: at rest, and from rest on', () => {
  const shut = compiled(`asset A {
    state x = 0   let q: Number   q * abs(q) = x
    der(x) = ((if time > 1 s then 1 else 0) - q) / 1 s
  }`);
  for (const name of ['rodas5p', 'bdf'] as const) {
    const [twin, interpreted] = [false, true].map((how) => {
      const one = twinOf(shut, { method: adaptive(name, 1e-6), end: 3, interpreted: how });
      one.advance(1);
      expect(Math.abs(one.value('x')!)).toBeLessThan(1e-15);
      one.advance(3);
      return one;
    });
    expect(twin!.trouble()).toBeUndefined();
    expect(Math.abs(twin!.value('x')! - filled(1, 2))).toBeLessThan(6e-6);
    expect(interpreted!.hash()).toBe(twin!.hash());
    const again = twinOf(shut, { method: adaptive(name, 1e-6), end: 3 });
    for (let time = 0; time < 3; time += 0.0371) again.advance(time);
    again.advance(3);
    expect(again.hash()).toBe(twin!.hash());
  }
});

it.each([
  'sign(d) * sqrt(abs(x[1]))',
  'sign(d) * (sqrt(abs(d)) / (abs(d) + 1e-300))',
  '(sign(d) * sqrt(abs(d))) / (abs(d) + 1e-300)',
  'if d > 0 then sqrt(d) else 0.1',
  'if d > 0 then sqrt(d) else 2 * d',
  'sign(d) + sqrt(abs(d))',
])('a change of side at which something jumps, or nothing is a root, is located: %s', (flow) => {
  const { crossings } = compiled(tanks(`let q = ${flow}`)).system;
  expect(crossings.filter(({ kink }) => kink === undefined)).toHaveLength(1);
});

it.each(['rodas5p', 'bdf', 'auto'] as const)('a row of many tanks comes to rest, by %s', (name) => {
  const count = 30;
  const value = compiled(`asset Row {
    fixed n: Integer = ${count}
    state x[n] = [${Array.from({ length: count }, (_, i) => (i === 0 ? 1 + count : 1)).join(', ')}]
    let q[n + 1]: Number
    q[1] = 0   q[n + 1] = 0
    for i in 2..n { q[i] = sign(x[i - 1] - x[i]) * sqrt(abs(x[i - 1] - x[i])) }
    for i in 1..n { der(x[i]) = (q[i] - q[i + 1]) / 1 s }
  }`);
  const twin = twinOf(value, { method: adaptive(name, 1e-6), end: 100 });
  twin.advance(100);
  expect(twin.trouble()).toBeUndefined();
  for (let i = 0; i < count; i += 1) expect(Math.abs(twin.machine.states[i]! - 2)).toBeLessThan(1e-4);
});
