/** The method of several steps: published problems, its order, and a past that is part of the state. */
import { describe, expect, it } from 'vitest';
import type { Compiled } from '../../compiler/index.ts';
import { adaptive, compiled, finished, twinOf } from './compiled.ts';
import type { Asked } from './compiled.ts';
import { problems } from './problems.ts';

/** Largest relative errors at a tolerance of 1e-8. */
const EXPECTED: Readonly<Record<string, number>> = {
  Robertson: 1e-5,
  'van der Pol, μ = 1000': 2e-5,
  HIRES: 1e-6,
  Pollution: 1e-6,
  OREGO: 1e-4,
  'Akzo Nobel': 1e-6,
};

describe.each(problems.filter(({ name }) => name in EXPECTED))('$name', ({ name, text, end, values }) => {
  it('ends as is published', () => {
    const tolerance = 1e-8;
    const twin = twinOf(compiled(text), { method: adaptive('bdf', tolerance), end });
    twin.machine.absoluteTolerances.fill(tolerance * 1e-6);
    twin.advance(end);
    expect(twin.trouble()).toBeUndefined();
    const errors = values.map((wanted, i) => Math.abs(twin.machine.states[i]! / wanted - 1));
    expect(Math.max(...errors)).toBeLessThan(EXPECTED[name]!);
  });
});

/** A rod that is warmed from one end, losing heat as a fourth power, behind a valve that opens and closes. */
const rod = compiled(`asset Rod {
  param pace = 1 1/s
  input hot = 2
  input open = true
  state y[40] = 1
  state seen = 0
  let mean = sum(y) / 40
  der(y[1]) = (900 * (hot - 2 * y[1] + y[2]) - y[1]^4) * pace
  for i in 2..39 { der(y[i]) = (900 * (y[i - 1] - 2 * y[i] + y[i + 1]) - y[i]^4) * pace }
  der(y[40]) = (900 * (y[39] - y[40]) - y[40]^4) * pace
  der(seen) = mean * pace
  when y[20] > 1.05 -> set open = false
  when seen > 1.5 -> set hot = 1
  at time >= 3.3 s -> set hot = 2.5
}\n`);

const asked: Asked = { method: adaptive('bdf', 1e-6), end: 6 };

describe('events', () => {
  it('are found where another method finds them, and the run goes on as by that', () => {
    const twin = finished(rod, asked);
    const exact = finished(rod, { method: adaptive('rodas5p', 1e-10), end: 6 });
    twin.machine.states.forEach((value, i) => {
      expect(Math.abs(value / exact.machine.states[i]! - 1), `state ${i + 1}`).toBeLessThan(2e-5);
    });
  });
});

describe('the past', () => {
  const whole = (value: Compiled): string => finished(value, asked).hash();
  it('is the same bits in generated code and in the interpreter', () => {
    expect(finished(rod, { ...asked, interpreted: true }).hash()).toBe(whole(rod));
  });

  it('does not depend on how often somebody looks', () => {
    const twin = twinOf(rod, asked);
    for (let time = 0.013; time < 6; time += 0.0637) {
      twin.advance(time);
      twin.save();
    }
    twin.advance(6);
    expect(twin.hash()).toBe(whole(rod));
  });

  it.each([0.001, 0.02, 0.4, 1.7, 3.4, 5])('goes on from a state that was saved at %d s', (half) => {
    const wanted = whole(rod);
    const twin = twinOf(rod, asked);
    twin.advance(half);
    const saved = twin.save();
    const branch = twin.branch();
    const other = twinOf(rod, asked);
    expect(other.restore(saved)).toBeUndefined();
    twin.advance(half + 0.5);
    for (const each of [branch, other, twin]) {
      each.advance(6);
      expect(each.hash()).toBe(wanted);
    }
    // What the kernel has then belongs to the end of the run.
    expect(twin.restore(saved)).toBeUndefined();
    twin.advance(6);
    expect(twin.hash()).toBe(wanted);
    twin.rewind(half);
    twin.advance(6);
    expect(twin.hash()).toBe(wanted);
  });

  it('is the same bits whether one comes to a time from before or from after', () => {
    const model = compiled(`asset A {
      state x = 0.989
      state y = -0.751
      state g = 1
      der(x) = (0.156 - 0.332 * x - 0.2 * x^3 + 0.941 * cos(time / 1 s)) / 1 s
      der(y) = (g * 0.558 * cos(2.456 * time / 1 s) - 0.2 * y) / 1 s
      every 1.552 s { set g = -g }
    }
    `);
    for (let time = 0.25; time < 6; time += 0.25) {
      const [before, after] = [twinOf(model, asked), twinOf(model, asked)];
      before.advance(time);
      after.advance(6);
      after.rewind(time);
      expect(after.hash(), `at ${time} s`).toBe(before.hash());
    }
  });

  it('is forgotten where something is set', () => {
    const twin = twinOf(rod, asked);
    twin.advance(2);
    twin.set('hot', 3);
    const other = twin.branch();
    twin.advance(4);
    other.advance(4);
    expect(other.hash()).toBe(twin.hash());
  });
});

describe('auto', () => {
  const plate = (side: number): string => `asset Plate {
    param pace = 1 1/s
    state y[${side}, ${side}] = 1
    for i in 2..${side - 1} {
      for j in 2..${side - 1} {
        der(y[i, j]) = (${side * side} * (y[i - 1, j] + y[i + 1, j] + y[i, j - 1] + y[i, j + 1] - 4 * y[i, j]) - y[i, j]^4) * pace
      }
    }
    for i in 1..${side} { der(y[i, 1]) = -y[i, 1] * pace   der(y[i, ${side}]) = -y[i, ${side}] * pace }
    for i in 2..${side - 1} { der(y[1, i]) = -y[1, i] * pace   der(y[${side}, i]) = -y[${side}, i] * pace }
  }\n`;
  it('takes it where a matrix is dear, and says so', () => {
    const large = finished(compiled(plate(63)), { method: adaptive('auto', 1e-5), end: 3 });
    expect(large.method()).toMatchObject({ name: 'bdf', why: 'stiff' });
    expect(large.method().reason).toMatch(/^the system is stiff and its matrix dear: rates up to/);
    const small = finished(compiled(plate(8)), { method: adaptive('auto', 1e-5), end: 3 });
    expect(small.method().name).not.toBe('bdf');
  });
});

it('takes far fewer factors than steps', () => {
  const twin = twinOf(rod, { method: adaptive('bdf', 1e-7), end: 1.4 });
  const { kernel } = twin.machine;
  let [factors, solutions] = [0, 0];
  const { factor, solve } = kernel;
  kernel.factor = (diagonal) => ((factors += 1), factor!(diagonal));
  kernel.solve = () => ((solutions += 1), solve!());
  twin.advance(1.4);
  expect(solutions).toBeGreaterThan(50);
  expect(factors).toBeLessThan(solutions / 4);
});
