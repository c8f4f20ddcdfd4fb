/** What holds at the start: solved as one system, against values that were worked out by hand. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { flat, said } from './systems.ts';

/** Values at the start, by interpreted and emitted code, which must agree. */
function started(text: string) {
  const system = flat(text);
  const artefact = generate(system);
  const [interpreted, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) =>
    createTwin({ manifest: artefact.manifest, kernel }),
  );
  expect(emitted!.trouble()).toBeUndefined();
  expect(interpreted!.hash()).toBe(emitted!.hash());
  return (name: string) => emitted!.value(name)!;
}

describe('it should solve for the start', () => {
  it('a steady state: what flows out is what flows in', () => {
    // 3 m³/h = 0.002 m² · sqrt(2 g h): h = (3 / 3600 / 0.002)² / 2 g
    const level = (3 / 3600 / 0.002) ** 2 / (2 * 9.80665);
    const tank = `asset Tank {
      param area = 2 m2
      input inflow: VolumeFlow = 3 m3/h
      state level = 1 m
      let outflow = 0.002 m2 * sqrt(2 * gravity * max(level, 0 m))
      area * der(level) = inflow - outflow
    }`;
    const value = started(`${tank} asset A { part tank[1000]: Tank   initially steady }`);
    expect(value('tank[7].level')).toBeCloseTo(level, 12);
    expect(value('tank[1000].level')).toBeCloseTo(level, 12);
  });

  it('a steady rod: heat that goes in at one end leaves at the other', () => {
    // 5 W through 19 conductors of 2 W/K and one of 1 W/K to 20 °C
    const value = started(`asset A {
      fixed n = 20
      param g = 2 W/K   param C = 10 J/K
      state T[n] = 0 degC
      C * der(T[1]) = 5 W + g * (T[2] - T[1])
      for i in 2..n - 1 { C * der(T[i]) = g * (T[i - 1] - 2 * T[i] + T[i + 1]) }
      C * der(T[n]) = g * (T[n - 1] - T[n]) - 1 W/K * (T[n] - 20 degC)
      initially steady
    }`);
    for (let at = 1; at <= 20; at += 1)
      expect(value(`T[${at}]`)).toBeCloseTo(293.15 + 5 + (20 - at) * 2.5, 9);
  });

  it('steady but for a counter, which starts where it is told', () => {
    const value = started(`asset A {
      state T = 0 degC   state energy = 7 J
      let heat = 4 W
      der(T) * 3 J/K = heat - 2 W/K * (T - 20 degC)
      der(energy) = heat
      initially steady
      initially energy = 0
    }`);
    expect(value('T')).toBeCloseTo(295.15, 12);
    expect(value('energy')).toBe(0);
  });

  it('a temperature by the pressure that it makes', () => {
    const value = started(`asset A {
      param n = 2 mol   param V = 50 l
      state T guess 300 K
      let p: Pressure
      p * V = n * 8.314 J/(mol*K) * T
      der(T) * 10 J/K = 1 W
      initially p = 1 bar
    }`);
    expect(value('T')).toBeCloseTo((1e5 * 0.05) / (2 * 8.314), 10);
    expect(value('p')).toBeCloseTo(1e5, 7);
  });

  it('a rate that is wanted, by another state', () => {
    const value = started(`asset A {
      state T = 20 degC   state q guess 0 W
      der(q) * 1 s = 1 W - q
      der(T) * 10 J/K = q - 0.1 W/K * (T - 10 degC)
      initially der(T) = 0.01 K/s
    }`);
    expect(value('T')).toBe(293.15);
    expect(value('q')).toBeCloseTo(1.1, 12);
  });

  it('states that equations tie to those that are given, on the branch of their guess', () => {
    const value = started(`asset A {
      param length = 1 m   param mass = 1 kg
      state x = 0.6 m   state y guess -1 m   state vx = 3 m/s   state vy guess 0 m/s
      let force: Force
      der(x) = vx   der(y) = vy
      mass * der(vx) = -force * x / length
      mass * der(vy) = -force * y / length - mass * gravity
      x^2 + y^2 = length^2
    }`);
    expect(value('x')).toBe(0.6);
    expect(value('y')).toBeCloseTo(-0.8, 14);
    // 0.6 · 3 = 0.8 · vy
    expect(value('vy')).toBeCloseTo(2.25, 13);
  });

  it('an unknown, on the branch of its guess', () => {
    const root = (start: string) => started(`asset A { let x: Length guess ${start}   x^2 = 4 m2 }`)('x');
    expect(root('-3 m')).toBeCloseTo(-2, 14);
    expect(root('0.1 m')).toBeCloseTo(2, 14);
  });

  it('from values that a twin was given', () => {
    const value = started(`asset Tank {
        param out = 2 1/h   state level guess 1 m   param inflow = 3 m/h
        der(level) = inflow - out * level
        initially der(level) = 0
      }
      asset A { part low: Tank(out = 6 1/h)   part given: Tank2(level = 4 m) }
      asset Tank2 { state level guess 1 m   der(level) = 0 m/s }`);
    expect(value('low.level')).toBeCloseTo(0.5, 14);
    expect(value('given.level')).toBe(4);
  });
});

describe('it should say what does not come out even', () => {
  it('more conditions than free values', () => {
    expect(
      said('asset A { state x guess 2 m   der(x) = 1 m/s   initially { x = 3 m\n x * 2 = 5 m } }'),
    ).toEqual(['PX4302 2 conditions for the start determine x: they cannot all hold.']);
    expect(said('asset A { state x = 2 m   der(x) = 1 m/s   initially x = 3 m }')).toEqual([
      'PX4302 This condition for the start has nothing to determine: all values in it are given.',
    ]);
  });

  it('free values that nothing determines', () => {
    expect(said('asset A { state x guess 2 m   der(x) = 1 m/s }')).toEqual([
      'PX4303 Nothing says where x starts: of all values that are possible the nearest to its guess is taken.',
    ]);
    expect(
      said(
        'asset A { state x guess 2 m   state y guess 1 m   der(x) = 1 m/s   der(y) = 0 m/s   initially x + y = 9 m }',
      ),
    ).toEqual([
      'PX4303 Nothing says where x and y start: of all values that are possible the nearest to their guesses are taken.',
    ]);
  });

  it('a scenario that gives what is looked for', () => {
    expect(
      said(`asset A { state x guess 2 m   der(x) = 1 m/s   initially x = 3 m }
        scenario s for A { x = 4 m   run 1 s }`),
    ).toEqual([expect.stringMatching(/^PX4017 'x' cannot be set by a scenario: its start is looked for/)]);
  });

  it('too many values that hang together', () => {
    expect(
      said(`asset A {
        fixed n = 400
        state T[n] = 0 degC
        der(T[1]) * 1 s = T[2] - T[1]
        for i in 2..n - 1 { der(T[i]) * 1 s = T[i - 1] - 2 * T[i] + T[i + 1] }
        der(T[n]) * 1 s = T[n - 1] - T[n]
        initially steady
      }`),
    ).toEqual(['PX4305 400 equations would have to be solved together for the start; up to 300 are.']);
  });

  it('no steady state, when it runs', () => {
    const system = flat(
      'asset A { state x = 1   param k = 0 1/s   der(x) = 2 1/s - k * x   initially steady }',
    );
    const twin = createTwin({ manifest: generate(system).manifest, kernel: kernelFactory(generate(system)) });
    expect(twin.trouble()).toMatchObject({
      code: 'PX9004',
      message: expect.stringContaining('x could not be solved at t = 0 s'),
    });
  });
});
