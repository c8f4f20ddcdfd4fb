/** Ports and joins: circuits and chains with solutions in closed form, and arrays that stay loops. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { analysed, flat, running, said } from './systems.ts';

const electrical = `
  port Pin { across v: Voltage    through i: Current }
  abstract asset TwoPin {
    port p: Pin
    port n: Pin
    let v: Voltage
    let i: Current
    v = p.v - n.v
    i = p.i
    p.i + n.i = 0
  }
  asset Resistor extends TwoPin { param R = 100 ohm   v = R * i }
  asset Capacitor extends TwoPin { param C = 1 mF   state charged = 0 V   v = charged   C * der(charged) = i }
  asset Source extends TwoPin { param V = 10 V   v = V }
  asset Ground { port p: Pin   p.v = 0 }
`;

const thermal = `
  port Thermal { across T: Temperature    through q: Power }
  asset Cell {
    param C = 10 J/K
    param G = 2 W/K
    port left: Thermal
    port right: Thermal
    state T = 20 degC
    left.q = G * (left.T - T)
    right.q = G * (right.T - T)
    C * der(T) = left.q + right.q
  }
  asset Hot { param T = 90 degC   port p: Thermal   p.T = T }
  asset Store { param C = 10 J/K   port p: Thermal   state T = 20 degC   p.T = T   C * der(T) = p.q }
  asset Bar { param G = 2 W/K   port a: Thermal   port b: Thermal   a.q = G * (a.T - b.T)   a.q + b.q = 0 }
`;

describe('it should solve what is joined', () => {
  it('charges a capacitor over a resistor: 10 V (1 - exp(-t / RC))', () => {
    const twin = running(
      flat(`${electrical} asset A {
        part source: Source   part r: Resistor   part c: Capacitor   part g: Ground
        join source.p, r.p
        join r.n, c.p
        join c.n, source.n, g.p
      }`),
    );
    twin.run(0.2, 200);
    expect(twin.get('c.charged')).toBeCloseTo(10 * (1 - Math.exp(-2)), 9);
    // What was eliminated is there to be looked at: along the loop one current flows.
    const current = 0.1 * Math.exp(-2);
    for (const [name, sign] of [
      ['r.p.i', 1],
      ['r.n.i', -1],
      ['c.i', 1],
      ['source.p.i', -1],
    ] as const)
      expect(twin.get(name)).toBeCloseTo(sign * current, 11);
    expect(twin.get('r.n.v')).toBe(twin.get('c.p.v'));
    expect(twin.get('g.p.i')).toBeCloseTo(0, 15);
  });

  it('halves nothing in a balanced Wheatstone bridge, and solves an unbalanced one', () => {
    const bridge = (r4: number) =>
      running(
        flat(`${electrical} asset A {
          part source: Source   part g: Ground
          part r1: Resistor(R = 100 ohm)   part r2: Resistor(R = 200 ohm)
          part r3: Resistor(R = 150 ohm)   part r4: Resistor(R = ${r4} ohm)   part meter: Resistor(R = 50 ohm)
          join source.p, r1.p, r3.p
          join r1.n, r2.p, meter.p
          join r3.n, r4.p, meter.n
          join r2.n, r4.n, source.n, g.p
        }`),
      );
    expect(bridge(300).get('meter.i')).toBeCloseTo(0, 14);
    // Thevenin: 10 (R2/(R1+R2) - R4/(R3+R4)) over (R1 ∥ R2) + (R3 ∥ R4) + 50
    const open = 10 * (200 / 300 - 100 / 250);
    const inner = (100 * 200) / 300 + (150 * 100) / 250 + 50;
    expect(bridge(100).get('meter.i')).toBeCloseTo(open / inner, 12);
  });

  it('three equal resistors beside each other, and two in a row, behind ports of their own', () => {
    const twin = running(
      flat(`${electrical}
        asset Bank { port p: Pin   port n: Pin   part r[3]: Resistor(R = 300 ohm)   join p, r[*].p   join n, r[*].n }
        asset A {
          part bank[2]: Bank   part source: Source   part g: Ground
          join source.p, bank[1].p
          join bank[1].n, bank[2].p
          join bank[2].n, source.n, g.p
        }`),
    );
    // 100 Ω + 100 Ω at 10 V; into the bank flows what its resistors share.
    expect(twin.get('bank[1].p.i')).toBeCloseTo(0.05, 13);
    expect(twin.get('bank[2].n.i')).toBeCloseTo(-0.05, 13);
    expect(twin.get('bank[2].r[3].i')).toBeCloseTo(0.05 / 3, 13);
    expect(twin.get('bank[1].n.v')).toBeCloseTo(5, 12);
  });

  it('lets nothing flow through what is not joined', () => {
    const twin = running(
      flat(`${thermal} asset A { part cell: Cell   part hot: Hot   join cell.left, hot.p }`),
    );
    expect(twin.get('cell.right.q')).toBe(0);
    twin.run(5, 500);
    expect(twin.get('cell.T')).toBeCloseTo(363.15 - 70 * Math.exp(-1), 8);
    // The open end has the temperature of the cell.
    expect(twin.get('cell.right.T')).toBeCloseTo(twin.get('cell.T'), 12);
  });

  it('a join in a part and one around it count what flows once', () => {
    const twin = running(
      flat(`${thermal}
        asset Room { port wall: Thermal   part air: Store   part furniture: Store(C = 30 J/K)   part between: Bar
          join wall, air.p, between.a
          join between.b, furniture.p }
        asset A { part room: Room   part bar: Bar   part hot: Hot   join hot.p, bar.a   join bar.b, room.wall }`),
    );
    expect(twin.get('room.wall.q')).toBeCloseTo(140, 11);
    expect(twin.get('room.air.p.q')).toBeCloseTo(140, 11);
    twin.run(2, 200);
    const stored = 10 * (twin.get('room.air.T') - 293.15) + 30 * (twin.get('room.furniture.T') - 293.15);
    expect(twin.get('room.air.p.q') + twin.get('room.furniture.p.q')).toBeCloseTo(
      twin.get('room.wall.q'),
      10,
    );
    expect(stored).toBeGreaterThan(0);
  });
});

describe('arrays should stay loops', () => {
  const chain = (n: number) =>
    `${thermal} asset A { part cell[${n}]: Cell   part hot: Hot
      join hot.p, cell[1].left
      for i in 1..${n - 1} { join cell[i].right, cell[i + 1].left } }`;
  const bars = (n: number) =>
    `${thermal} asset A { part s[${n}]: Store   part bar[${n}]: Bar   part hot: Hot
      for i in 1..${n} { join bar[i].b, s[i].p }
      for i in 1..${n - 1} { join s[i].p, bar[i + 1].a }
      join hot.p, bar[1].a }`;
  const star = (n: number) =>
    `${thermal} asset A { part s[${n}]: Store   part bar[${n}]: Bar   part hot: Hot
      for i in 1..${n} { join bar[i].b, s[i].p }
      join hot.p, bar[*].a }`;

  it.each([
    ['a chain of cells', chain],
    ['stores with bars between them', bars],
    ['a star', star],
  ])('%s has as many blocks for a hundred thousand as for twenty', (_, text) => {
    const count = (n: number) => {
      const system = flat(text(n));
      return [system.dynamics.length, system.outputs.length];
    };
    expect(count(100_000)).toEqual(count(20));
    const { model, roots } = analysed(text(100_000));
    const { value } = compile(
      model!,
      roots.find(({ name }) => name === 't.A')!,
    );
    expect(value!.artefact.wasm.length).toBeLessThan(40_000);
  });

  it('conducts along the chain as equations by hand do', () => {
    const twin = running(flat(chain(20)));
    const byHand = running(
      flat(`asset A {
        param C = 10 J/K   param G = 2 W/K   param hot = 90 degC
        state T[20] = 20 degC
        C * der(T[1]) = G * (hot - T[1]) + G / 2 * (T[2] - T[1])
        for i in 2..19 { C * der(T[i]) = G / 2 * (T[i - 1] - T[i]) + G / 2 * (T[i + 1] - T[i]) }
        C * der(T[20]) = G / 2 * (T[19] - T[20])
      }`),
    );
    twin.run(200, 400);
    byHand.run(200, 400);
    for (const i of [1, 2, 10, 19, 20])
      expect(twin.get(`cell[${i}].T`)).toBeCloseTo(byHand.get(`T[${i}]`), 9);
  });

  it('joins that overlap in part are cut where they do', () => {
    const twin = running(
      flat(`${thermal} asset A {
        part s: Store   part bar[6]: Bar   part hot: Hot   part cold: Hot(T = 0 degC)
        join s.p, bar[*].b
        for i in 1..4 { join bar[i].a, bar[i + 1].a }
        join bar[3].a, hot.p
        join bar[6].a, cold.p
      }`),
    );
    // Five bars end at the hot one, the sixth at the cold one.
    expect(twin.get('hot.p.q')).toBeCloseTo(-5 * 2 * 70, 9);
    expect(twin.get('cold.p.q')).toBeCloseTo(2 * 20, 9);
    expect(twin.get('bar[4].a.T')).toBe(363.15);
    expect(twin.get('bar[6].a.T')).toBe(273.15);
  });

  it('arrays of ports, and arrays of what is joined inside', () => {
    const twin = running(
      flat(`${thermal}
        asset Board { port edge[3]: Thermal   part s: Store   part bar[3]: Bar
          for i in 1..3 { join edge[i], bar[i].a }
          join bar[*].b, s.p }
        asset A { part board[4]: Board   part hot: Hot   join hot.p, board[*].edge[2] }`),
    );
    expect(twin.get('board[3].edge[2].q')).toBeCloseTo(140, 10);
    expect(twin.get('board[3].edge[1].q')).toBeCloseTo(0, 12);
    expect(twin.get('hot.p.q')).toBeCloseTo(-4 * 140, 9);
  });
});

describe('each type should be balanced by itself', () => {
  const port = 'port Pin { across v: Voltage    through i: Current }';
  it('also where it has no instance', () => {
    expect(
      said(`${port} asset R { param r = 1 ohm   port p: Pin   port n: Pin   p.v - n.v = r * p.i }`),
    ).toEqual([
      'PX4210 R lacks an equation: 4 unknowns (p.v, p.i, n.v and n.i), 1 equation, and 2 from what its ports are joined to.',
    ]);
    expect(said(`${port} asset S { port p: Pin   p.v = 1 V   p.i = 1 A }`)).toEqual([
      'PX4211 S has an equation too many: 2 unknowns (p.v and p.i), 2 equations, and 1 from what its ports are joined to.',
    ]);
  });

  it('once, at the type and not at what holds it', () => {
    const { diagnostics } = analysed(`${port}
      asset R { port p: Pin   port n: Pin   let u: Voltage   p.i + n.i = 0   u = p.v - n.v }
      asset Pair { port p: Pin   port n: Pin   part r[2]: R   join p, r[*].p   join n, r[*].n }
      asset A { part pair: Pair }`);
    expect(diagnostics.map(({ code, source }) => [code, source.line])).toEqual([['PX4210', 3]]);
  });

  it('counts what it joins: a port that leads nowhere', () => {
    expect(
      said(`${port}
        asset R { port p: Pin   port n: Pin   p.i + n.i = 0   p.v = n.v + 2 V }
        asset B { port p: Pin   port n: Pin   port open: Pin   part r: R   join p, r.p   join n, r.n }`),
    ).toEqual([
      'PX4210 B lacks an equation: 6 unknowns (p.v, p.i, n.v, n.i, open.v and open.i), 2 equations, and 3 from what its ports are joined to.',
    ]);
  });

  it('counts what closes ports of its parts that it does not join', () => {
    const ground = `${port} asset G { port p: Pin   p.v = 0 }`;
    const lacks = 'PX4210 A lacks an equation: 2 unknowns (x and y), 1 equation.';
    const own = 'let x: Number   let y: Number   x + y = 3';
    expect(said(`${ground} asset A { part g: G   ${own} }`)).toEqual([lacks]);
    expect(said(`${ground} asset A { part g[3]: G   ${own} }`)).toEqual([lacks]);
    expect(
      said(`${ground}
        asset R { port p: Pin   port n: Pin   p.i + n.i = 0   p.v - n.v = 5 ohm * p.i }
        asset A { part g[3]: G   part r: R   join g[2].p, r.p   ${own} }`),
    ).toEqual([lacks]);
    expect(said(`${ground} asset A { part g: G   let x: Number   x = 3   2 * x = 4 }`)).toEqual([
      'PX4211 A has an equation too many: 1 unknown (x), 2 equations.',
    ]);
  });

  it('is no root of its own, for it is made to be joined', () => {
    const { roots, diagnostics } = analysed(`${port} asset G { port p: Pin   p.v = 0 }`);
    expect([roots, diagnostics]).toEqual([[], []]);
  });
});

describe('aliases should be eliminated, and stay visible', () => {
  it('reads through chains of them, with their signs', () => {
    const system = flat(
      'asset A { input u: Number = 3   let a: Number   let b: Number   let c: Number   state x: Number = 0   a = u   a + b = 0   c = -b   der(x) = c * (1 / 1 s) }',
    );
    const twin = running(system);
    expect(system.dynamics).toHaveLength(1);
    expect(['a', 'b', 'c'].map((name) => twin.get(name))).toEqual([3, -3, 3]);
    expect(twin.get('der(x)')).toBe(3);
  });

  it('says what is wrong in the words of the text, not of what is left of it', () => {
    expect(said('asset A { let a: Number   let b: Number   a = b   b = a }')).not.toEqual([]);
    expect(said('asset A { let a: Number   let b: Number   let c: Number   a = b   b = 3 }')).toEqual([
      'PX4001 Nothing in A determines c.',
    ]);
  });
});

describe('the structure should say what is joined', () => {
  it('with the elements of arrays', () => {
    const { structure } = flat(`${thermal} asset A { part cell[5]: Cell   part hot: Hot
      join hot.p, cell[1].left
      for i in 1..4 { join cell[i].right, cell[i + 1].left } }`);
    expect(structure.joins?.map(({ rounds, ends }) => ({ rounds, ends }))).toEqual([
      {
        rounds: 1,
        ends: [
          { part: 'cell', port: 'left', partElements: { first: 1, count: 1, each: false } },
          { part: 'hot', port: 'p' },
        ],
      },
      {
        rounds: 4,
        ends: [
          { part: 'cell', port: 'left', partElements: { first: 2, count: 4, each: true } },
          { part: 'cell', port: 'right', partElements: { first: 1, count: 4, each: true } },
        ],
      },
    ]);
    expect(structure.children.map(({ name, ports }) => [name, ports?.map((port) => port.name)])).toEqual([
      ['cell', ['left', 'right']],
      ['hot', ['p']],
    ]);
  });
});
