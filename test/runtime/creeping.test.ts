import { describe, expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';

it('stops a run that only creeps along the edge of where its equation has a value', () => {
  // With L the level in metres, dL/dt = -0.1 sqrt(L (L - 1)) has the solution L = (1 + cosh(c - t / 10)) / 2 with
  // cosh(c) = 3, which reaches 1 at t = 10 arcosh(3) = 17.627 s and has no rate below.
  const { twin } = compiled(
    'asset Tank {\n  state level = 2 m\n  der(level) = -1 m / 10 s * sqrt(level / 1 m) * sqrt(level / 1 m - 1)\n}\n',
    20,
  );
  twin.advance(20);
  expect(twin.trouble()).toMatchObject({ code: 'PX9005', message: expect.stringContaining('level') });
  expect(twin.time()).toBeGreaterThan(17.5);
  expect(twin.time()).toBeLessThan(10 * Math.acosh(3) + 1e-3);
});

it('stops a run that slides along a condition, instead of locating crossings without end', () => {
  // Below 1 it rises, above it falls: from t = 1 on there is no step that leaves the line.
  const { twin } = compiled(
    'asset Level {\n  state y = 0\n  der(y) = (if y < 1 then 1 else -1) / 1 s\n}\n',
    3,
  );
  twin.advance(3);
  expect(twin.trouble()).toMatchObject({ code: 'PX9008', source: { line: 4 } });
  expect(twin.time()).toBeGreaterThan(0.999);
  expect(twin.time()).toBeLessThan(1.01);
  expect(twin.value('y')).toBeCloseTo(1, 3);
});

describe('stops a run whose time stands still, and says who it is', () => {
  it.each([
    [
      'an every whose period vanishes',
      'state n = 0\n every 0.5 s / (1 + n^4) { set n = n + 1 }',
      'PX9009',
      'every',
    ],
    [
      'two that call each other at ever shorter times',
      'state x = 0\n state up: Boolean = true\n der(x) * 1 s = if up then 1 else -1\n when x > 1 -> set up = false\n when x < 1 -> set up = true',
      'PX9006',
      'when x > 1',
    ],
    [
      'a wait that is drawn ever shorter',
      'state n = 0\n every exponential(1 s / (1 + n)^6) { set n = n + 1 }',
      'PX9009',
      'every',
    ],
    [
      'friction without a mode that sticks',
      'state v = 1\n der(v) * 1 s = 0.3 - (if v > 0 then 1 else -1)',
      'PX9008',
      'line 4',
    ],
  ])('%s', (_, members, code, who) => {
    const { twin, stepwise } = compiled(`asset A {\n${members}\n}\n`, 60);
    twin.advance(60);
    stepwise.advance(60);
    expect(stepwise.trouble()).toEqual(twin.trouble());
    expect(stepwise.hash()).toBe(twin.hash());
    expect(twin.trouble()?.code).toContain(code);
    expect(twin.trouble()?.message).toContain(who);
    expect(twin.time()).toBeLessThan(60);
    expect(twin.time()).toBeGreaterThan(0.2);
  });
});

function compiled(asset: string, duration: number) {
  const { model, roots } = analyse([{ uri: 'file:///p.twin', text: `package p\n${asset}` }], libraryFiles);
  const { artefact } = compile(model!, roots[0]!).value!;
  const kernel = kernelFactory(artefact);
  const { manifest } = artefact;
  const steps = () => ({
    ...kernel(),
    goRk4: undefined,
    goTsit5: undefined,
    goRodas: undefined,
    goTime: undefined,
  });
  return {
    twin: createTwin({ manifest, kernel, settings: { duration } }),
    stepwise: createTwin({ manifest, kernel: steps, settings: { duration } }),
  };
}
