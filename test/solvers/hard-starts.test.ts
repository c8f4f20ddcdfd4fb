/** Starts at which plain Newton's method fails: circuits with junctions, networks with roots, laws with logarithms; and parameters that are found. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { analysed, flat } from '../flatten/systems.ts';

function started(text: string): Twin {
  const system = flat(text);
  const artefact = generate(system);
  const [interpreted, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) =>
    createTwin({ manifest: artefact.manifest, kernel, settings: { duration: 1 } }),
  );
  expect(interpreted!.trouble()?.message).toBe(emitted!.trouble()?.message);
  expect(interpreted!.hash()).toBe(emitted!.hash());
  return emitted!;
}

/** Where a falling function is 0. */
function root(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (let round = 0; round < 200; round += 1) {
    const middle = (a + b) / 2;
    if (f(middle) > 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

const thermal = 0.02585;

describe('it should find where to start', () => {
  it('a diode at a high voltage', () => {
    const twin = started(`asset A {
      let v: Voltage   let i: Current
      i = 1e-14 A * (exp(v / 25.85 mV) - 1)
      v = 100 V - 1 ohm * i
    }`);
    const v = root((u) => 100 - 1e-14 * (Math.exp(u / thermal) - 1) - u, 0, 1);
    expect(twin.value('v')).toBeCloseTo(v, 9);
  });

  it('a transistor with its four resistors (Ebers and Moll 1954)', () => {
    const twin = started(`asset A {
      let vb: Voltage   let ve: Voltage   let vc: Voltage
      let ic: Current   let ib: Current
      let forward = exp((vb - ve) / 25.85 mV)
      let reverse = exp((vb - vc) / 25.85 mV)
      ic = 1e-15 A * (forward - reverse) - 1e-15 A * (reverse - 1)
      ib = 1e-17 A * (forward - 1) + 1e-15 A * (reverse - 1)
      ib = (12 V - vb) / 100 kohm - vb / 22 kohm
      ve = 1 kohm * (ic + ib)
      vc = 12 V - 4.7 kohm * ic
    }`);
    // Active: the base collector junction is blocked, so one unknown is left, the voltage of the other junction.
    const at = (u: number) => {
      const ic = 1e-15 * (Math.exp(u / thermal) + 1);
      const ib = 1e-17 * (Math.exp(u / thermal) - 1) - 1e-15;
      return { ic, ib, vb: u + 1000 * (ic + ib) };
    };
    const u = root(
      (x) => {
        const { ib, vb } = at(x);
        return (12 - vb) / 1e5 - vb / 22e3 - ib;
      },
      0.3,
      0.9,
    );
    expect(twin.value('vb')).toBeCloseTo(at(u).vb, 9);
    expect(twin.value('ic')).toBeCloseTo(at(u).ic, 12);
  });

  it('pipes in a row whose flow is a root, from pressures of 0', () => {
    const twin = started(`asset A {
      let p1: Pressure   let p2: Pressure   let q: VolumeFlow
      q = 1e-6 m3/s * sqrt((5 bar - p1) / 1 Pa)
      q = 1e-6 m3/s * sqrt((p1 - p2) / 1 Pa)
      q = 1e-6 m3/s * sqrt((p2 - 1 bar) / 1 Pa)
    }`);
    expect(twin.value('p1')! / 1e5).toBeCloseTo(5 - 4 / 3, 9);
    expect(twin.value('q')! * 1e6).toBeCloseTo(Math.sqrt(4e5 / 3), 6);
  });

  it('turbulent flow in a rough pipe (Colebrook 1939)', () => {
    const twin = started(`asset A {
      let f: Number   let v: Velocity
      1 / sqrt(f) = -2 * log10(2e-4 / 3.7 + 2.51 / (v * 0.1 m / 1e-6 m2/s * sqrt(f)))
      50 kPa = f * 1000 * 1000 kg/m3 * v^2 / 2
    }`);
    // The pressure gives v sqrt(f), and with it f is explicit.
    const rough = Math.sqrt(100 / 1000);
    const f = (-2 * Math.log10(2e-4 / 3.7 + 2.51 / (1e5 * rough))) ** -2;
    expect(twin.value('f')).toBeCloseTo(f, 10);
    expect(twin.value('v')).toBeCloseTo(rough / Math.sqrt(f), 9);
  });

  it('a long way down an exponential, and from a guess with a negative root', () => {
    const twin = started(`asset A {
      let x: Number guess 15   let y: Number guess -2
      x^3 = 64 + 0 * y
      0 * x = exp(y) - 1e9
    }`);
    expect(twin.value('x')).toBeCloseTo(4, 12);
    expect(twin.value('y')).toBeCloseTo(Math.log(1e9), 12);
  });
});

describe('it should say what it could not solve', () => {
  it('with the asset, the equation furthest from holding, and what to try', () => {
    const twin = started(`asset A { part b: B }
asset B {
  let x: Number
  let y: Number
  x^2 + y^2 = -1
  x * y = 20
}`);
    const trouble = twin.trouble()!;
    expect(trouble.code).toBe('PX9004');
    expect(trouble.message).toMatch(
      /b\.y and b\.x could not be solved at t = 0 s.*the equation of line \d+ is furthest.*y guess …/,
    );
  });

  it('and does not take the edge of a root for a solution', () => {
    const twin = started('asset A { let y: Number   sqrt(y) = 4 - sqrt(y - 30) }');
    expect(twin.trouble()?.message).toContain('has no value where the search begins');
  });
});

describe('it should find parameters', () => {
  const heated = (more: string): string => `asset A {
    param power guess 10 W
    state T = 50 degC
    1 J/K * der(T) = power - 2 W/K * (T - 20 degC)
    ${more}
  }`;
  it('that make the start steady', () => {
    const twin = started(heated('initially der(T) = 0'));
    expect(twin.value('power')).toBeCloseTo(60, 9);
    twin.advance(1);
    expect(twin.value('T')).toBeCloseTo(323.15, 9);
  });

  it('of each part by itself, but not where they are given', () => {
    const twin = started(`asset A {
        param cold = 30 degC
        part a[2]: Body(T = cold)
        part b: Body(power = 7 W)
      }
      asset Body {
        param power guess 10 W
        state T guess 50 degC
        1 J/K * der(T) = power - 2 W/K * (T - 20 degC)
        initially der(T) = 0
      }`);
    expect(twin.value('a[2].power')).toBeCloseTo(20, 9);
    expect(twin.value('b.T')).toBeCloseTo(296.65, 9);
  });

  it('and nothing is computed from the guess instead', () => {
    const codes = (text: string): string[] => analysed(text).diagnostics.map(({ code }) => code);
    expect(codes(heated('initially der(T) = 0   param twice = 2 * power'))).toEqual(['PX4015']);
    expect(codes(heated('initially der(T) = 0   state e = power * 1 s   der(e) = power'))).toEqual([
      'PX4015',
    ]);
    expect(codes(heated(''))).toEqual(['PX4303']);
  });
});
