/** Equations that tie states to each other: structure against the literature, runs against closed forms. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { pantelides } from '../../compiler/3-flatten/causality/pantelides.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { flat, said } from './systems.ts';

/** Runs interpreted and emitted code, which must agree, to a time. */
function ran(text: string, until: number) {
  const system = flat(text);
  const artefact = generate(system);
  const { manifest } = artefact;
  const [interpreted, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) => {
    const twin = createTwin({ manifest, kernel, settings: { method: { name: 'tsit5', tolerance: 1e-9 } } });
    twin.advance(until);
    expect(twin.trouble()).toBeUndefined();
    return twin;
  });
  expect(interpreted!.hash()).toBe(emitted!.hash());
  return (name: string) => emitted!.value(name)!;
}

const orders = (...rows: Record<number, number>[]) =>
  rows.map((row) => new Map(Object.entries(row).map(([variable, order]) => [Number(variable), order])));

describe('it should find how often equations must be differentiated', () => {
  it('the pendulum: its length twice, the rates of its coordinates once', () => {
    // x, y, vx, vy, force; der(x) = vx, der(y) = vy, der(vx) = …, der(vy) = …, x² + y² = l²
    const pendulum = orders(
      { 0: 1, 2: 0 },
      { 1: 1, 3: 0 },
      { 2: 1, 0: 0, 4: 0 },
      { 3: 1, 1: 0, 4: 0 },
      { 0: 0, 1: 0 },
    );
    expect(pantelides(pendulum, 5)).toEqual({ equations: [1, 1, 0, 0, 2], variables: [2, 2, 1, 1, 0] });
  });

  it('the example of Pantelides (1988), 5.1: a tank reactor with prescribed concentration', () => {
    // C, T, R, Tc: der(C) = f(C, R), der(T) = g(T, R, Tc), R = h(C, T), C = u(t)
    const reactor = orders({ 0: 1, 2: 0 }, { 1: 1, 2: 0, 3: 0 }, { 0: 0, 1: 0, 2: 0 }, { 0: 0 });
    expect(pantelides(reactor, 4)).toEqual({ equations: [1, 0, 1, 2], variables: [2, 1, 1, 0] });
  });

  it('nothing where nothing is to be done, and says where nothing helps', () => {
    expect(pantelides(orders({ 0: 1, 1: 0 }, { 1: 0 }), 2)).toEqual({ equations: [0, 0], variables: [1, 0] });
    expect(pantelides(orders({ 0: 1 }, { 0: 0 }), 2)).toBeUndefined();
  });
});

describe('it should run systems of a higher index', () => {
  it('two capacitors side by side discharge as one', () => {
    const value = ran(
      `asset A {
        param C1 = 1 F   param C2 = 2 F   param R = 3 ohm
        state u1 = 5 V   state u2 = 5 V
        let i1: Current   let i2: Current
        C1 * der(u1) = i1
        C2 * der(u2) = i2
        u1 = u2
        i1 + i2 + u1 / R = 0
      }`,
      10,
    );
    expect(value('u1')).toBeCloseTo(5 * Math.exp(-10 / 9), 7);
    expect(value('u1')).toBe(value('u2'));
    expect(value('i2') / value('i1')).toBeCloseTo(2, 9);
  });

  it('a given motion tells speed and force', () => {
    const value = ran(
      `asset A {
        param m = 2 kg   param w = 3 1/s
        state x = 0 m   state v = 3 m/s
        let F: Force
        der(x) = v
        m * der(v) = F
        x = 1 m * sin(w * time)
      }`,
      10,
    );
    expect(value('x')).toBeCloseTo(Math.sin(30), 14);
    expect(value('v')).toBeCloseTo(3 * Math.cos(30), 13);
    expect(value('F')).toBeCloseTo(-18 * Math.sin(30), 12);
  });

  it('the inner temperature that a reactor must be cooled to, through lets in between', () => {
    // der(C) = -k C, kept at C = exp(-t): k = 1, so T = 1 by k = T²; der(T) = cool - T gives cool = 1
    const value = ran(
      `asset A {
        state C: Number = 1   state T: Number = 1
        let k = T^2
        let cool: Number
        der(C) * 1 s = -k * C
        der(T) * 1 s = cool - T
        C = exp(-time / 1 s)
      }`,
      2,
    );
    expect(value('C')).toBeCloseTo(Math.exp(-2), 12);
    expect(value('T')).toBeCloseTo(1, 9);
    expect(value('cool')).toBeCloseTo(1, 7);
  });

  it('a double pendulum keeps both rods and its energy', () => {
    const value = ran(
      `quantity Stiffness = N/m
      asset A {
        param L = 1 m   param m = 1 kg
        state x1 = 1 m   state y1 = 0 m   state u1 = 0 m/s   state v1 = 0 m/s
        state x2 = 2 m   state y2 = 0 m   state u2 = 0 m/s   state v2 = 0 m/s
        let f1: Stiffness   let f2: Stiffness
        der(x1) = u1   der(y1) = v1   der(x2) = u2   der(y2) = v2
        m * der(u1) = -f1 * x1 + f2 * (x2 - x1)
        m * der(v1) = -f1 * y1 + f2 * (y2 - y1) - m * gravity
        m * der(u2) = -f2 * (x2 - x1)
        m * der(v2) = -f2 * (y2 - y1) - m * gravity
        x1^2 + y1^2 = L^2
        let d = hypot(x2 - x1, y2 - y1)
        d - L = 0 m
        let energy = m * (u1^2 + v1^2 + u2^2 + v2^2) / 2 + m * gravity * (y1 + y2)
      }`,
      5,
    );
    expect(value('d')).toBeCloseTo(1, 14);
    expect(Math.hypot(value('x1'), value('y1'))).toBeCloseTo(1, 14);
    expect(Math.abs(value('energy'))).toBeLessThan(1e-6);
  });

  it('wheels that ports and a gear tie to each other, in an array of such pairs', () => {
    const value = ran(
      `port Shaft { across speed: Frequency   through torque: Energy }
      asset Wheel {
        param J = 2 J*s2
        state w = 0 1/s
        port hub: Shaft
        J * der(w) = hub.torque
        hub.speed = w
      }
      asset Gear {
        param ratio = 3
        port fast: Shaft   port slow: Shaft
        fast.speed = ratio * slow.speed
        slow.torque + ratio * fast.torque = 0
      }
      asset Motor { param torque = 4 J   port shaft: Shaft   shaft.torque = -torque }
      asset Drive {
        part motor: Motor   part a: Wheel   part b: Wheel(J = 9 J*s2)   part gear: Gear
        join motor.shaft, a.hub, gear.fast
        join gear.slow, b.hub
      }
      asset A { part drive[3]: Drive }`,
      1,
    );
    expect(value('drive[2].a.w')).toBeCloseTo(4 / (2 + 9 / 9), 12);
    expect(value('drive[2].b.w')).toBeCloseTo(4 / 9, 12);
  });

  it('temperatures that are one across an array, element by element', () => {
    const value = ran(
      `asset A {
        fixed n = 4
        state T[n] = 20 degC
        let q[n]: Power
        for i in 1..n { 2 J/K * der(T[i]) = q[i] }
        for i in 1..n - 1 { T[i] = T[i + 1] }
        sum(q[*]) = 4 W
      }`,
      6,
    );
    for (let at = 1; at <= 4; at += 1) {
      expect(value(`T[${at}]`)).toBeCloseTo(293.15 + 3, 9);
      expect(value(`q[${at}]`)).toBeCloseTo(1, 12);
    }
  });
});

describe('it should keep arrays as loops', () => {
  const wheels = (count: number) =>
    flat(`asset Pair {
        param ratio = 3
        state fast = 0 1/s   state slow = 0 1/s
        let pull: Energy
        2 J*s2 * der(fast) = 4 J - pull
        9 J*s2 * der(slow) = ratio * pull
        fast = ratio * slow
      }
      asset A { part pair[${count}]: Pair }`);

  it('with as many blocks for ten as for ten thousand', () => {
    const shape = ({ dynamics, projection }: ReturnType<typeof flat>) =>
      [...dynamics, ...projection].map(({ kind, loops }) => [kind, loops.length]);
    expect(shape(wheels(10_000))).toEqual(shape(wheels(10)));
    expect(wheels(10_000).projection).toHaveLength(1);
  });

  it('each instance by itself', () => {
    const system = wheels(3);
    const twin = createTwin({ manifest: generate(system).manifest, kernel: kernelFactory(generate(system)) });
    const ratio = 5;
    twin.set('pair[2].ratio', ratio);
    twin.advance(1);
    expect(twin.value('pair[1].fast')).toBeCloseTo(4 / 3, 12);
    expect(twin.value('pair[2].fast')).toBeCloseTo(4 / (2 + 9 / ratio ** 2), 12);
  });
});

describe('it should still explain what cannot be', () => {
  it('a state that follows from time already', () => {
    expect(said('asset A { state x = 0 m   der(x) = 1 m/s   x = time * 1 m/s }')).toEqual([
      'PX4002 This equation of A has nothing to determine: all values in it are known already.',
    ]);
  });

  it('a state that changes at events only', () => {
    expect(said('asset A { state x = 0 m   x = 3 m }')).toEqual([expect.stringMatching(/^PX4103 /)]);
  });

  it('constraints that say the same twice', () => {
    const pair = (x: string, y: string) => `asset A {
      param k = 2
      state x = 0   state y = 0
      let a: Number   let b: Number
      der(x) * 1 s = a
      der(y) * 1 s = b
      x + y = time / 1 s
      ${x} * x + ${y} * y = time / 1 s
    }`;
    expect(said(pair('2', '2'))).toEqual([
      expect.stringMatching(/^PX4021 The equations of der\(x\) and der\(y\)/),
    ]);
    // What depends on a parameter shows only when it runs.
    const artefact = generate(flat(pair('k', '2')));
    const twin = createTwin({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    expect(twin.trouble()).toMatchObject({ code: 'PX9003' });
  });
});
