/** What stops a run names itself and its time, by each method, in code and interpreted; what looks alike and is sound goes on. */
import { describe, expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import type { Twin } from '../../runtime/twin.ts';
import { adaptive, compiled, twinOf } from '../solvers/compiled.ts';
import { stiffDetest } from '../solvers/stiff-detest.ts';

const methods: ManifestMethod[] = [
  adaptive('auto', 1e-6),
  adaptive('rodas5p', 1e-6),
  adaptive('bdf', 1e-6),
  { name: 'rk4', step: 0.01 },
  { name: 'implicitEuler', step: 0.01 },
];
const clock = 'state x = 0\nder(x) = 1 / 1 s';

describe('a run stops', () => {
  it.each([
    ['a delay of nothing', `${clock}\nparam tau = 0 s\nlet past = delay(x, tau, 1 s)`, 'PX9051', 'line 6', 0],
    [
      'a delay into the future',
      `${clock}\nstate tau = 1 s\nder(tau) = -1\nlet past = delay(x, tau, 2 s)`,
      'PX9051',
      'line 7',
      1,
    ],
    [
      'a negative wait',
      `${clock}\nstate n = 0\nparam wait = -1 s\nwhen x > 1 for wait -> set n = 1`,
      'PX9007',
      'when x > 1',
      1,
    ],
    [
      'a wait that is no number',
      `${clock}\nstate n = 0\nwhen x > 1 for sqrt(1 - x) * 1 s -> set n = 1`,
      'PX9007',
      'no number',
      1,
    ],
    [
      'a mode that is to end before it begins',
      `${clock}\nmodes m {\n initial A {\n  when x > 1 -> B\n }\n B {\n  after 1 s - 1.5 s * x -> A\n }\n}`,
      'PX9007',
      '-0.5 s',
      1,
    ],
    [
      'a division by zero at an event',
      `${clock}\nstate y = 0\nwhen x > 1 -> set y = 1 / y`,
      'PX9003',
      'y',
      1,
    ],
    [
      'conditions of equations alone that change sides without end',
      `${clock}\nstate y = 0.5\nder(y) = -sign(y) / 1 s`,
      'PX90',
      'y',
      0.5,
    ],
  ])('for %s', (_, members, code, who, time) => {
    const model = compiled(`asset A {\n${members}\n}\n`);
    for (const method of methods)
      for (const how of [{}, { interpreted: true }, 'heard'] as const) {
        const twin = twinOf(model, { method, end: 5, ...(how === 'heard' ? {} : how) });
        if (how === 'heard') twin.listen({ event: () => {} });
        const { reason } = twin.advance(5, { steps: 30_000 });
        expect(reason, `${method.name} ${twin.time()}`).toBe(
          code === 'PX90' && method.name === 'rk4' ? 'end' : 'trouble',
        );
        if (reason === 'end') continue;
        expect(twin.trouble()!.code).toContain(code);
        expect(twin.trouble()!.message).toContain(who);
        expect(Math.abs(twin.trouble()!.time - time)).toBeLessThan(0.02);
      }
  });
});

describe('a run goes on', () => {
  it.each([
    [
      'with a delay where there is none',
      `${clock}\nstate tau = 1 s\nder(tau) = -1\nlet past = if tau > 0.1 s then delay(x, tau, 2 s) else x`,
      'past',
      5,
    ],
    [
      'with a delay longer than the most',
      `${clock}\nparam tau = 3 s\nlet past = delay(x, tau, 2 s)`,
      'past',
      3,
    ],
    [
      'from where something jumps',
      `${clock}\nstate y = -3\nder(y) = -y / 1 s\nlet floors = floor(y)`,
      'y',
      -3 * Math.exp(-5),
    ],
  ])('%s', (_, members, name, value) => {
    const model = compiled(`asset A {\n${members}\n}\n`);
    for (const method of methods)
      for (const how of [{}, { interpreted: true }]) {
        const twin = twinOf(model, { method, end: 5, ...how });
        const { reason } = twin.advance(5, { steps: 30_000 });
        expect(twin.trouble()).toBeUndefined();
        expect(reason, `${method.name} ${twin.time()}`).toBe('end');
        expect(Math.abs(twin.value(name)! - value)).toBeLessThan(
          method.name === 'implicitEuler' ? 1e-2 : 1e-4,
        );
      }
  });
});

it('a step to a crossing at its very end is as long as it was planned, whoever takes it', () => {
  const model = compiled(
    `asset A {\n${clock}\nstate n = 0\nevery 1 s { set n = n + 1 }\nwhen time >= 3 s -> set n = n + 100\n}\n`,
  );
  const hashes = methods.map((method) =>
    [false, true].map((heard) => {
      const twin = twinOf(model, { method, end: 4, settings: { maxStep: 0.15 } });
      if (heard) twin.listen({ event: () => {} });
      twin.advance(3);
      return twin.hash();
    }),
  );
  for (const [alone, heard] of hashes) expect(heard).toBe(alone);
});

describe('as long as a sensor has not measured', () => {
  const model = (value: string): string =>
    `asset A {\n${clock}\nparam s = 2\nsensor gauge measures x every 1 s\nlet error = gauge - 1\nlet y = ${value}\nstate n = 0\nwhen error > 5 -> set n = 1\n}\n`;
  it.each([
    ['what depends on it may have no value', 'error * s', undefined],
    ['what looks back on it, too', 'delay(error, 1 s)', undefined],
    ['all else may not', 'log(0.99 - x)', 'y is '],
  ])('%s', (_, value, message) => {
    for (const method of methods)
      for (const how of [{}, { interpreted: true }]) {
        const twin = twinOf(compiled(model(value)), { method, end: 3, ...how, settings: { offered: 'all' } });
        twin.advance(3);
        expect(twin.value('error')).toBeNaN();
        if (message === undefined) expect(twin.trouble()).toBeUndefined();
        else expect(twin.trouble()?.message).toContain(message);
      }
  });
});

it('a value that is set from a sensor that has not measured says what to wait for', () => {
  const model = (value: string): string =>
    `asset A {\n${clock}\nsensor gauge measures x every 1 s\nstate y = 0\nevery 1 s { set y = ${value} }\n}\n`;
  for (const how of [{}, { interpreted: true }]) {
    const run = (value: string): Twin =>
      twinOf(compiled(model(value)), { method: methods[0]!, end: 3, ...how, settings: { offered: 'all' } });
    const stopped = run('pre(y) + 0.5 * (gauge - pre(y))');
    stopped.advance(3);
    expect(stopped.trouble()).toMatchObject({ code: 'PX9003', time: 0 });
    expect(stopped.trouble()?.message).toContain('gauge has not measured yet');
    // As it says.
    const waiting = run('if gauge > -1 then pre(y) + 0.5 * (gauge - pre(y)) else pre(y)');
    waiting.offer(0, 0, 1.5, 8);
    waiting.advance(3);
    expect(waiting.trouble()).toBeUndefined();
    expect(waiting.value('y')).toBe(6);
  }
});

const corners = `table f(x: Number): Number { points 0: 1, 1: 0, 2: -5 }\ntable g(x: Number): Number { points 0: 1, 1: 1, 2: 3  outside linear }\n`;

it('what rests at the corner of a table ends no step', () => {
  const model = compiled(
    `asset A { state x = 0\nstate y = 0.4\nder(x) = f(x + 0.2 * y) / 1 s\nder(y) = (x - y) / 3 s\n}\n${corners}`,
  );
  for (const method of [adaptive('tsit5', 1e-6), ...methods]) {
    const twin = twinOf(model, { method, end: 600, settings: { maxStep: 30 } });
    let steps = 0;
    twin.listen({ accepted: () => void (steps += 1) });
    expect(twin.advance(600, { steps: 70_000 }).reason).toBe('end');
    expect(Math.abs(twin.value('x')! - 1 / 1.2)).toBeLessThan(1e-5);
    expect(steps).toBeLessThan('step' in method ? 60_100 : 3000);
  }
});

it('what passes the corner of a table ends a step there', () => {
  const model = compiled(`asset A { state x = 0\nder(x) = g(x) / 1 s\n}\n${corners}`);
  // Straight up to 1, from there on 1 + (exp(2 t) - 1) / 2.
  const exact = 1 + (Math.exp(2 * 0.99) - 1) / 2;
  for (const step of [0.1, 0.05]) {
    const twin = twinOf(model, { method: { name: 'rk4', step: step * 1.1 }, end: 1.99 });
    twin.advance(1.99);
    expect(Math.abs(twin.value('x')! - exact)).toBeLessThan(3 * step ** 4);
  }
  const twin = twinOf(model, { method: adaptive('auto', 1e-9), end: 1.99 });
  twin.advance(1.99);
  expect(Math.abs(twin.value('x')! - exact)).toBeLessThan(1e-7);
});

it('a state that starts at next to nothing is filled like one that starts empty', () => {
  // Wanted passes zero at 3 s; then the limit is what comes in, next to nothing too.
  for (const start of ['0', '1e-75', '1e-300']) {
    const twin = twinOf(
      compiled(
        `asset A { ${clock}\nstate e = ${start}\nparam limit = 1e-24\nder(e) = min(limit, max(-limit * e, sin((x - 3) / 10000))) / 1 s\n}\n`,
      ),
      { method: methods[0]!, end: 10 },
    );
    twin.advance(10);
    expect(twin.trouble()).toBeUndefined();
    expect(twin.value('e')!).toBeLessThan(1e-22);
  }
});

it('a step that became too small with a loose tolerance says that it may be for that', () => {
  // Stiff DETEST D3: what is wrong by more than is left of y[2] is negative, and grows without bound. With a tight one it comes to an end.
  const { text, end } = stiffDetest.find(({ name }) => name === 'D3')!;
  const model = compiled(text);
  const run = (tolerance: number): string => {
    const twin = twinOf(model, { method: adaptive('auto', tolerance), end });
    twin.advance(end);
    return twin.trouble()?.message ?? 'fine';
  };
  expect(run(0.01)).toContain('With a tolerance of 0.01 it may also be wrong by so much');
  expect(run(1e-6)).toBe('fine');
});
