/** How errors shrink with steps, for each method; energy that must stay. */
import { describe, expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { adaptive, compiled, finished } from './compiled.ts';

/** x = 1 / (1 + sin t), with an algebraic loop in its equation whose solution is x cos t: not autonomous, not linear. */
const curve = compiled(`asset Curve {
  state x = 1
  let u: Fraction
  let v: Fraction
  u + 0.1 * sin(v) = x * cos(time * 1 1/s) + 0.1 * sin(x)
  v = x + 0.2 * (u - x * cos(time * 1 1/s))
  der(x) = -x * u * 1 1/s
}
`);
const exact = (t: number): number => 1 / (1 + Math.sin(t));

function orderOf(errorAt: (steps: number) => number, coarse: number): number {
  return Math.log2(errorAt(coarse) / errorAt(2 * coarse));
}

describe('order of convergence', () => {
  const fixed = (name: 'rk4' | 'euler' | 'implicitEuler') => (steps: number) => {
    const method: ManifestMethod = { name, step: 1 / steps };
    const twin = finished(curve, { method, end: 1, settings: { maxStep: 1 } });
    return Math.abs(twin.machine.states[0]! - exact(1));
  };
  it.each([
    ['euler', 1, 256],
    ['implicitEuler', 1, 256],
    ['rk4', 4, 64],
  ] as const)('%s: %d', (name, order, steps) => {
    expect(Math.abs(orderOf(fixed(name), steps) - order)).toBeLessThan(0.15);
  });

  const trial = (name: 'tsit5' | 'rodas5p') => (steps: number) => {
    const kernel = kernelFactory(curve.artefact)();
    const { layout } = curve.artefact.manifest;
    kernel.parameters();
    kernel.start();
    new Float64Array(kernel.memory, layout.absoluteTolerances.address, 1).fill(1);
    for (let n = 0; n < steps; n += 1) {
      if (name === 'tsit5') kernel.tsit5Try(n / steps, 1 / steps, 1, 1);
      else kernel.rodasTry!(n / steps, 1 / steps, 1, 1);
    }
    return Math.abs(new Float64Array(kernel.memory, layout.states.address, 1)[0]! - exact(1));
  };
  it.each(['tsit5', 'rodas5p'] as const)('%s: 5', (name) => {
    expect(orderOf(trial(name), 16)).toBeGreaterThan(4.6);
    expect(orderOf(trial(name), 16)).toBeLessThan(6);
  });

  it.each(['tsit5', 'rodas5p'] as const)('%s has 4 and more within its steps', (name) => {
    const inside = (steps: number): number => {
      const kernel = kernelFactory(curve.artefact)();
      const { layout } = curve.artefact.manifest;
      kernel.parameters();
      kernel.start();
      new Float64Array(kernel.memory, layout.absoluteTolerances.address, 1).fill(1);
      const states = new Float64Array(kernel.memory, layout.states.address, 1);
      let worst = 0;
      for (let n = 0; n < steps; n += 1) {
        if (name === 'tsit5') kernel.tsit5Try(n / steps, 1 / steps, 1, 1);
        else kernel.rodasTry!(n / steps, 1 / steps, 1, 1);
        const end = states.slice();
        for (const theta of [0.2, 0.5, 0.9]) {
          if (name === 'tsit5') kernel.tsit5Interpolate(theta);
          else kernel.rodasInterpolate!(theta);
          worst = Math.max(worst, Math.abs(states[0]! - exact((n + theta) / steps)));
        }
        states.set(end);
      }
      return worst;
    };
    expect(orderOf(inside, 16)).toBeGreaterThan(3.7);
  });
});

describe('energy', () => {
  const orbit = compiled(`asset Orbit {
    state x = 0.4
    state y = 0
    state u = 0
    state v = 2
    let r3 = (x * x + y * y)^1.5
    der(x) = u * 1 1/s
    der(y) = v * 1 1/s
    der(u) = -x / r3 * 1 1/s
    der(v) = -y / r3 * 1 1/s
  }\n`);
  // Kepler's orbit of eccentricity 0.6: energy -1/2, period 2 pi.
  it.each([
    [adaptive('tsit5', 1e-10), 1e-7],
    [adaptive('rodas5p', 1e-10), 1e-7],
    [{ name: 'rk4', step: Math.PI / 2048 } as ManifestMethod, 1e-6],
  ])('of ten orbits by %o drifts by less than %d', (method, most) => {
    const end = 20 * Math.PI;
    const [x, y, u, v] = finished(orbit, { method, end }).machine.states;
    expect(Math.abs((u! * u! + v! * v!) / 2 - 1 / Math.hypot(x!, y!) + 0.5)).toBeLessThan(most);
    expect(Math.hypot(x! - 0.4, y!)).toBeLessThan(1000 * most);
  });
});

/** A satellite between earth and moon that comes back to where it was: R. F. Arenstorf, Amer. J. Math. 85 (1963); Hairer, Nørsett & Wanner, I.0. */
describe("Arenstorf's orbit", () => {
  const orbit = compiled(`asset Satellite {
    param mu = 0.012277471
    param pace = 1 1/s
    state x = 0.994
    state y = 0
    state u = 0
    state v = -2.00158510637908252240537862224
    let d1 = ((x + mu)^2 + y^2)^1.5
    let d2 = ((x - (1 - mu))^2 + y^2)^1.5
    der(x) = u * pace
    der(y) = v * pace
    der(u) = (x + 2 * v - (1 - mu) * (x + mu) / d1 - mu * (x - (1 - mu)) / d2) * pace
    der(v) = (y - 2 * u - (1 - mu) * y / d1 - mu * y / d2) * pace
  }\n`);
  it.each(['tsit5', 'rodas5p', 'auto'] as const)('closes after its period, by %s', (name) => {
    const twin = finished(orbit, { method: adaptive(name, 1e-12), end: 17.0652165601579625588917206249 });
    const [x, y] = twin.machine.states;
    expect(Math.hypot(x! - 0.994, y!)).toBeLessThan(1e-5);
  });
});
