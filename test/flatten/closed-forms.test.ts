/** Systems with solutions in closed form, run by the interpreter. */
import { describe, expect, it } from 'vitest';
import { flat, running } from './systems.ts';

describe('it should compute what can be computed by hand', () => {
  it('charges a capacitor: u = U (1 - exp(-t / RC))', () => {
    const twin = running(
      flat(`asset A {
        param R = 1000 ohm
        param C = 1e-3 F
        param U = 5 V
        state u = 0 V
        let uR: Voltage
        let i: Current
        uR + u = U
        uR = R * i
        C * der(u) = i
      }`),
    );
    twin.run(2, 400);
    expect(twin.get('u')).toBeCloseTo(5 * (1 - Math.exp(-2)), 9);
    expect(twin.get('i')).toBeCloseTo((5 * Math.exp(-2)) / 1000, 12);
  });

  it('divides a voltage over three resistors in series with a parallel one', () => {
    // 10 Ω + (20 Ω ∥ 30 Ω) = 22 Ω at 11 V: 0.5 A, 0.3 A and 0.2 A
    const twin = running(
      flat(`asset A {
        param U = 11 V
        let i: Current   let i2: Current   let i3: Current   let u: Voltage
        i = i2 + i3
        10 ohm * i + u = U
        20 ohm * i2 = u
        30 ohm * i3 = u
      }`),
    );
    expect(twin.get('i')).toBeCloseTo(0.5, 12);
    expect(twin.get('i2')).toBeCloseTo(0.3, 12);
    expect(twin.get('i3')).toBeCloseTo(0.2, 12);
    expect(twin.get('u')).toBeCloseTo(6, 12);
  });

  it('solves a resistor of 0 ohm, where elimination must not divide by it', () => {
    const twin = running(
      flat(`asset A {
        param R = 0 ohm
        let i: Current   let u: Voltage   let rest: Voltage
        R * i = u
        10 ohm * i = rest
        u + rest = 5 V
      }`),
    );
    expect([twin.get('u'), twin.get('i'), twin.status()]).toEqual([0, 0.5, 0]);
  });

  it('finds the real root of x^3 + x = 10, which is 2', () => {
    const twin = running(flat('asset A { let x: Number   x ^ 3 + x = 10 }'));
    expect(twin.get('x')).toBeCloseTo(2, 14);
  });

  it('finds a root where the derivative at 0 is 0: k q |q| = dp', () => {
    const twin = running(flat('asset A { param dp = 18 Pa   let q: Number   2 Pa * q * abs(q) = dp }'));
    expect(twin.get('q')).toBeCloseTo(3, 12);
    twin.set('dp', -8);
    expect(twin.get('q')).toBeCloseTo(-2, 12);
  });

  it('finds where a circle and a hyperbola meet, though both see x and y alike', () => {
    const twin = running(flat('asset A { let x: Number   let y: Number   x^2 + y^2 = 25   x * y = 12 }'));
    expect(twin.status()).toBe(0);
    expect([twin.get('x'), twin.get('y')].toSorted((a, b) => a - b)).toEqual([
      expect.closeTo(3, 12),
      expect.closeTo(4, 12),
    ]);
  });

  it('says when there is no root', () => {
    const twin = running(flat('asset A { let x: Number   x ^ 2 = -1 }'));
    expect(twin.status()).not.toBe(0);
    expect(twin.get('x')).toBe(0);
  });

  it('solves an array of coupled pairs, each with its own number', () => {
    // x + y = s, x y = p with x, y the roots of z² - s z + p
    const twin = running(
      flat(`asset A {
        param s[3]: Number = [5, 7, 9]
        let x[3]: Number   let y[3]: Number
        for i in 1..3 { x[i] + y[i] = s[i]
                        x[i] * y[i] = 6 }
      }`),
    );
    for (const [at, s] of [5, 7, 9].entries()) {
      const [x, y] = [twin.get(`x[${at + 1}]`), twin.get(`y[${at + 1}]`)];
      expect(x + y).toBeCloseTo(s, 12);
      expect(x * y).toBeCloseTo(6, 11);
    }
  });

  it('solves a tridiagonal system over an array: u(i-1) - 2 u(i) + u(i+1) = -2 h², u = z (1 - z)', () => {
    const twin = running(
      flat(`asset A {
        fixed n = 11
        let u[n]: Number
        u[1] = 0
        for i in 2..n - 1 { u[i - 1] - 2 * u[i] + u[i + 1] = -0.02 }
        u[n] = 0
      }`),
    );
    for (let at = 1; at <= 11; at += 1) {
      const z = (at - 1) / 10;
      expect(twin.get(`u[${at}]`)).toBeCloseTo(z * (1 - z), 12);
    }
  });

  it('conducts heat: the slowest mode of a chain decays with 4 k sin²(π / 2 (n + 1))', () => {
    const n = 8;
    const twin = running(
      flat(`asset A {
        fixed n = ${n}
        param k = 3 1/s
        state T[n] = 0
        der(T[1]) = k * (T[2] - 2 * T[1])
        for i in 2..n - 1 { der(T[i]) = k * (T[i - 1] - 2 * T[i] + T[i + 1]) }
        der(T[n]) = k * (T[n - 1] - 2 * T[n])
      }`),
    );
    const mode = (at: number) => Math.sin((Math.PI * at) / (n + 1));
    for (let at = 1; at <= n; at += 1) twin.set(`T[${at}]`, mode(at));
    twin.run(1, 400);
    const rate = 4 * 3 * Math.sin(Math.PI / (2 * (n + 1))) ** 2;
    for (let at = 1; at <= n; at += 1)
      expect(twin.get(`T[${at}]`)).toBeCloseTo(mode(at) * Math.exp(-rate), 9);
  });

  it('runs recurrences in both directions', () => {
    const twin = running(
      flat(`asset A {
        let up[10]: Number   let down[10]: Number
        up[1] = 1
        for i in 2..10 { up[i] = up[i - 1] * i1[i] }
        fixed i1[10]: Number = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        down[10] = 1
        for i in 1..9 { down[i] = down[i + 1] + up[i] }
        let all = sum(up[*])
      }`),
    );
    expect(twin.get('up[10]')).toBe(3628800);
    expect(twin.get('down[1]')).toBe(1 + 409113);
    expect(twin.get('all')).toBe(4037913);
  });

  it('shares a flow among pumps by a pressure that only their equations tell', () => {
    const twin = running(
      flat(`asset Pump { param k = 2 m3/(s*Pa)   input pressure: Pressure = 0 Pa   let flow = k * pressure }
      asset A {
        part pump[3]: Pump(pressure = p)
        let p: Pressure
        sum(pump[*].flow) = 12 m3/s
      }`),
    );
    expect(twin.get('p')).toBeCloseTo(2, 14);
    expect(twin.get('pump[2].flow')).toBeCloseTo(4, 14);
  });

  it('keeps m der(v) = F in the text and divides', () => {
    const twin = running(flat('asset A { param m = 4 kg   state v = 0 m/s   m * der(v) = 8 N }'));
    expect(twin.get('der(v)')).toBe(2);
  });

  it('makes one loop over several variables of a recurrence, element by element', () => {
    const twin = running(
      flat(`asset A {
        let x[6]: Number   let y[6]: Number
        x[1] = 1
        for i in 2..6 { x[i] = y[i - 1] + 1 }
        for i in 1..6 { y[i] = 2 * x[i] }
      }`),
    );
    // x(i) = 2 x(i-1) + 1: 1, 3, 7, 15, 31, 63
    expect(twin.get('x[6]')).toBe(63);
    expect(twin.get('y[6]')).toBe(126);
  });
});
