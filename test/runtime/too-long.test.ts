/** Fixed steps that are too long are told of; ones that are not, are not; and looking leaves no trace. Against closed forms. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Compiled } from '../../compiler/index.ts';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import type { RunEvent } from '../../runtime/twin.ts';
import { adaptive, compiled, twinOf } from '../solvers/compiled.ts';

function run(model: Compiled, method: ManifestMethod, end: number, given: Record<string, number> = {}) {
  const { variables } = model.artefact.manifest;
  const overrides = Object.entries(given).map(([name, value]) => ({
    variable: variables.findIndex((one) => one.name === name),
    element: 0,
    value,
  }));
  const alone = twinOf(model, { method, end, settings: { overrides } });
  const heard = twinOf(model, { method, end, settings: { overrides } });
  const said: RunEvent[] = [];
  heard.listen({ event: (event) => event.code === 'PX9054' && said.push(event) });
  alone.advance(end);
  heard.advance(end);
  expect(heard.hash()).toBe(alone.hash());
  return { twin: heard, said };
}

const linear = compiled('asset A {\n  param rate = 1 1/s\n  state x = 1\n  der(x) = rate * x\n}\n');
const swinging = compiled(
  'asset A {\n  state x = 1\n  state v = 0\n  der(x) = v / 1 s\n  der(v) = -x / 1 s\n}\n',
);

describe.each(['euler', 'rk4'] as const)('%s', (name) => {
  const [fine, bad] = name === 'euler' ? [0.1, 0.35] : [0.7, 1.7];

  it('is told of where a system dies away or grows within few steps, and not elsewhere', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 4, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }).map((power) => 10 ** power),
        fc.boolean(),
        (length, rate, grows) => {
          // Some thirty steps, of `length` by the rate; what grows does so until it is 20 times as large.
          const end = (grows ? 3 : 30 * length) / rate;
          const { twin, said } = run(linear, { name, step: length / rate }, end, {
            rate: grows ? rate : -rate,
          });
          if (length <= fine) expect(said).toEqual([]);
          if (length >= bad && (!grows || 3 / length > 4)) {
            expect(said).toHaveLength(1);
            expect(said[0]).toMatchObject({ name: 'x', severity: 'warning', source: { line: 4 } });
            const proposed = /step (\S+) (s|min|h|d)/.exec(said[0]!.text)!;
            const unit = { s: 1, min: 60, h: 3600, d: 86400 }[proposed[2] as 's'];
            expect(Number(proposed[1]) * unit * rate).toBeLessThanOrEqual(fine);
          }
          // What is far off at the end, by the closed form, was told of.
          if (grows && twin.trouble() === undefined && Math.abs(twin.value('x')! / Math.exp(3) - 1) > 0.3)
            expect(said).toHaveLength(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a whole turn in hundreds of steps', 0.01, 0],
    ['in two steps', 3, 1],
  ])('what swings, %s', (_, step, times) => {
    expect(run(swinging, { name, step }, 60).said).toHaveLength(times);
  });

  it.each([
    ['stays where it is', 'state x = 300\nder(x) = (300 - x) / 1 s', 1.9],
    ['goes straight on', 'state x = 0\nder(x) = 1 / 1 s', 20],
    ['hardly moves by rounding', 'state x = 300\nder(x) = 1e-14 * (x - 299) / 1 s', 1],
    ['falls from rest', 'state x = 0\nstate v = 0\nder(x) = v / 1 s\nder(v) = -9.81 / 1 s', 0.1],
    [
      'is cut into short steps by a clock',
      'state x = 1\nstate n = 0\nder(x) = -x / 1 s\nevery 10 ms { set n = n + 1 }',
      5,
    ],
    ['follows a wave closely', 'state x = 0\nder(x) = (sin(time * 0.1 / 1 s) - x) / 1 s', 0.05],
  ])('says nothing of what %s', (_, members, step) => {
    expect(run(compiled(`asset A {\n${members}\n}\n`), { name, step }, 50).said).toEqual([]);
  });
});

it('names the element, how much it is off, and what to do, before the run stops with what comes of it', () => {
  const heat = compiled(
    'asset Rod {\n  state T[5] = [400 K, 300 K, 300 K, 300 K, 300 K]\n  der(T[1]) = 0 K / 1 s\n  der(T[5]) = 0 K / 1 s\n' +
      '  for i in 2..4 {\n    der(T[i]) = (T[i - 1] - 2 * T[i] + T[i + 1]) / 1 s\n  }\n}\n',
  );
  const { twin, said } = run(heat, { name: 'euler', step: 1 }, 2000);
  expect(twin.trouble()).toBeDefined();
  expect(said).toHaveLength(1);
  expect(said[0]!.name).toMatch(/^T\[[234]\]$/);
  expect(said[0]!.text).toMatch(
    /^the steps of 1 s are too long for it: one is off by .* K?.*Take method euler step 0\.0\d s/,
  );
});

it('tells nothing but names of what is private', () => {
  const secret = compiled('asset A {\n  private state x = 4242\n  der(x) = -x / 1 s\n}\n');
  const { said } = run(secret, { name: 'euler', step: 1.5 }, 50);
  expect(said[0]!.text).toContain('too long for it: one is off by');
  expect(said[0]!.text.replace('PX9054', '')).not.toMatch(/\d{3,}/);
});

describe('of the implicit method', () => {
  it('what it is not meant to follow is left alone, what dies away within some steps is told of', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -2, max: 4, noNaN: true }).map((power) => 10 ** power),
        fc.double({ min: -3, max: 3, noNaN: true }).map((power) => 10 ** power),
        (length, rate) => {
          const method = { name: 'implicitEuler', step: length / rate } as const;
          const { said } = run(linear, method, (30 * Math.max(length, 1)) / rate, { rate: -rate });
          if (length <= 0.1 || length >= 4) expect(said).toEqual([]);
          if (length >= 0.35 && length <= 1.3) {
            expect(said).toHaveLength(1);
            expect(said[0]!.text).toMatch(
              /^the steps of .* too long for it: 4 are off by .*Take method implicitEuler step/,
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('a fast part that follows a slow one is not told of, and the slow one is', () => {
    const parts = compiled(
      'asset A {\n  state slow = 1\n  state fast = 0\n  der(slow) = -slow / 1 s\n  der(fast) = (slow - fast) / 1 ms\n}\n',
    );
    expect(run(parts, { name: 'implicitEuler', step: 0.05 }, 10).said).toEqual([]);
    const { said } = run(parts, { name: 'implicitEuler', step: 0.6 }, 10);
    expect(said).toHaveLength(1);
  });

  it('a step that is not solved is no reason to say so', () => {
    const tank = compiled('asset A {\n  state x = 1\n  der(x) = -sqrt(max(x, 0)) / 1 s\n}\n');
    expect(run(tank, { name: 'implicitEuler', step: 0.02 }, 10).said).toEqual([]);
  });
});

it('a delayed value is looked back on as by the steps themselves', () => {
  const late = compiled(
    'asset A {\n  state x = 1\n  der(x) = -delay(x, 1 s) / 1 s\n  state y = 0\n  der(y) = (x - y) / 100 ms\n}\n',
  );
  for (const name of ['rk4', 'euler', 'implicitEuler'] as const) {
    expect(run(late, { name, step: 0.01 }, 20).said).toEqual([]);
    expect(run(late, { name, step: name === 'implicitEuler' ? 0.07 : 0.25 }, 20).said).toHaveLength(1);
  }
});

it('has nothing to say of methods that choose their steps', () => {
  expect(run(linear, adaptive('auto', 1e-3), 30, { rate: -1 }).said).toEqual([]);
});
