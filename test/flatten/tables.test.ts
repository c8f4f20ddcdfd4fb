/** Tables: against SciPy, against closed forms, and emitted against interpreted code. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { lookUp, monotoneSlopes } from '../../compiler/ir/tables.ts';
import type { FlatTable } from '../../compiler/ir/flat-expression.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { flat, running, said } from './systems.ts';

const source = { uri: '', start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };
const table = (x: number[], values: number[], more: Partial<FlatTable> = {}): FlatTable => ({
  name: 't',
  x,
  values,
  between: 'linear',
  outside: 'hold',
  source,
  ...more,
});
const value = (of: FlatTable, x: number, order = 0): number =>
  lookUp(of, { of: 'value', orders: [order] }, [x]);

describe('a cubic table', () => {
  const [x, y] = [
    [0, 1, 2.5, 4, 7, 8],
    [1, 3, 3.5, 1, 0.5, 4],
  ];
  const cubic = table(x!, y!, { between: 'cubic', slopes: monotoneSlopes(x!, y!) });

  // scipy.interpolate.PchipInterpolator of SciPy 1.17.1 on these points: value, first and second derivative.
  it.each([
    [0.3, 1.7862, 2.5086666666666666, -1.1866666666666672],
    [1.2, 3.1144296296296297, 0.5431111111111111, -0.3022222222222223],
    [2.5, 3.5, 0, -6.222222222222222],
    [3.1, 2.668, -2.2933333333333334, -1.4222222222222216],
    [5.9, 0.5672222222222222, -0.12222222222222218, 0.1111111111111111],
    [7.77, 2.927431416666664, 4.7733583333333325, 0.23166666666667446],
  ])('says at %f what SciPy says', (at, own, slope, curvature) => {
    expect(value(cubic, at)).toBeCloseTo(own, 12);
    expect(value(cubic, at, 1)).toBeCloseTo(slope, 12);
    expect(value(cubic, at, 2)).toBeCloseTo(curvature, 11);
  });

  it('rises where its points rise', () => {
    const points = fc.array(fc.tuple(fc.double({ min: 0.01, max: 5 }), fc.double({ min: 0, max: 9 })), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(points, fc.double({ min: 0, max: 1 }), (steps, share) => {
        let [at, sum] = [0, 0];
        const xs = steps.map(([step]) => (at += Number.isNaN(step) ? 1 : step));
        const ys = steps.map(([, rise]) => (sum += Number.isNaN(rise) ? 0 : rise));
        const rising = table(xs, ys, { between: 'cubic', slopes: monotoneSlopes(xs, ys) });
        const where = xs[0]! + (Number.isNaN(share) ? 0 : share) * (xs.at(-1)! - xs[0]!);
        expect(value(rising, where, 1)).toBeGreaterThanOrEqual(-1e-9 * (1 + sum));
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});

describe('outside of its points a table', () => {
  const [x, y] = [
    [1, 2, 4],
    [10, 30, 20],
  ];
  it('holds its ends', () => expect([0, 9].map((at) => value(table(x!, y!), at))).toEqual([10, 20]));
  it('goes on straight', () =>
    expect([0, 9].map((at) => value(table(x!, y!, { outside: 'linear' }), at))).toEqual([-10, -5]));
  it('has no value', () => {
    expect([0, 9].map((at) => value(table(x!, y!, { outside: 'error' }), at))).toEqual([NaN, NaN]);
    expect([1, 4].map((at) => value(table(x!, y!, { outside: 'error' }), at))).toEqual([10, 20]);
  });
  it('has no value of what has none', () => expect(value(table(x!, y!), NaN)).toBeNaN());
});

const text = `
  table curve(v: Velocity): Power {
    points 0 m/s: 0 kW, 4 m/s: 1 kW, 8 m/s: 7 kW, 12 m/s: 10 kW
    between BETWEEN
    outside OUTSIDE
  }
  table grid(a: Number, b: Length): Power {
    columns 0 m, 1 m, 3 m
    row 0: 1 W, 2 W, 3 W
    row 2: 5 W, 4 W, 9 W
    row 3: 0 W, 1 W, 2 W
    between GRID
    outside OUTSIDE
  }
  asset A {
    input v: Velocity = 5 m/s
    input a: Number = 1
    input b: Length = 2 m
    state x = 0 m
    der(x) = 1 m/s
    let p = curve(v)
    let q = grid(a, b)
    let n[40]: Power
    for i in 1..40 { n[i] = curve((i - 10) * 0.7 m/s) + grid(i / 10 - 1, i * 0.1 m) }
    let total = sum(n[*])
  }`;

describe('emitted code gives the bits of the interpreter', () => {
  const cases = ['linear', 'cubic', 'previous'].flatMap((between) =>
    ['hold', 'linear'].map((outside) => [between, outside] as const),
  );
  it.each(cases)('between %s, outside %s', (between, outside) => {
    const system = flat(
      text
        .replace('BETWEEN', between)
        .replaceAll('OUTSIDE', outside)
        .replace('GRID', between === 'cubic' ? 'linear' : between),
    );
    const artefact = generate(system);
    const hashes = [() => interpret(system), kernelFactory(artefact)].map((kernel) => {
      const twin = createTwin({ manifest: artefact.manifest, kernel });
      twin.advance(1);
      const read = ['p', 'q', 'total', ...Array.from({ length: 40 }, (_, i) => `n[${i + 1}]`)];
      return read.map((name) => twin.value(name));
    });
    expect(hashes[0]).toEqual(hashes[1]);
    const [p, q] = hashes[0]!;
    // At 5 m/s a quarter of the way from 1 to 7 kW; between (0, 2) and (1, 3) the mean of the corners.
    if (between === 'linear') expect(p).toBeCloseTo(2500, 9);
    if (between === 'previous') expect([p, q]).toEqual([1000, 2]);
    else expect(q).toBeCloseTo((2 + 3 + 4 + 9) / 4, 12);
  });
});

describe('equations are solved through a table', () => {
  const inverse = (between: string) => `
    table head(q: VolumeFlow): Length {
      points 0 m3/h: 40 m, 50 m3/h: 36 m, 100 m3/h: 26 m, 150 m3/h: 10 m
      between ${between}
      outside linear
    }
    asset A { param k = 10 m  let q: VolumeFlow  head(q) = k + q * q * 5400 s2/m5 }`;
  it('in Newton with its slope', () => {
    for (const between of ['linear', 'cubic']) {
      const system = flat(inverse(between));
      const twin = running(system);
      expect(twin.status()).toBe(0);
      const q = twin.get('q');
      const [curve] = system.tables;
      expect(value(curve!, q)).toBeCloseTo(10 + 5400 * q * q, 9);
    }
  });
});

describe('a table of the time', () => {
  // The integral of the straight lines between the points, in closed form.
  const ramps = (between: string, method: string) => `
    table flow(t: Time): VolumeFlow {
      points 0 s: 0 m3/s, 1 s: 2 m3/s, 1.5 s: 0 m3/s, 4 s: 3 m3/s, 4.25 s: 3 m3/s, 5 s: 1 m3/s
      between ${between}
    }
    asset A { state volume = 0 m3  der(volume) = flow(time) }
    scenario run1 for A { run 6 s  method ${method} }`;
  const areas = {
    linear: 1 + 0.5 + 3.75 + 0.75 + 1.5 + 1,
    previous: 0 + 2 * 0.5 + 0 + 3 * 0.25 + 3 * 0.75 + 1,
  };
  it.each([
    ['linear', 'tsit5 tolerance 1e-9'],
    ['previous', 'tsit5 tolerance 1e-9'],
    ['linear', 'rk4 step 0.7 s'],
    ['previous', 'rk4 step 0.7 s'],
  ] as const)('is met at each of its points: %s, %s', (between, method) => {
    const system = flat(ramps(between, method));
    expect(system.limits).toHaveLength(1);
    const artefact = generate(system);
    const volumes = [() => interpret(system), kernelFactory(artefact)].map((kernel) => {
      const twin = createTwin({ manifest: artefact.manifest, kernel, scenario: 't.run1' });
      twin.advance(6);
      expect(twin.trouble()).toBeUndefined();
      return twin.value('volume');
    });
    expect(volumes[0]).toBe(volumes[1]);
    expect(volumes[0]).toBeCloseTo(areas[between], 8);
  });
});

describe('a table of a state', () => {
  it('bends at its points, and the step ends there', () => {
    // x' = 1 on [0, 1], 3 on [1, 3]: at x = 1 (t = 1) the rate jumps.
    const system = flat(`
      table rate(x: Length): Velocity { points 0 m: 1 m/s, 1 m: 3 m/s  between previous }
      asset A { state x = 0 m  der(x) = rate(x) }`);
    expect(system.crossings).toHaveLength(1);
    const artefact = generate(system);
    const twin = createTwin({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    twin.advance(2);
    expect(twin.value('x')).toBeCloseTo(4, 8);
  });

  it('stops with its name where it has no value', () => {
    const system = flat(`
      table rate(x: Length): Velocity { points 0 m: 1 m/s, 2 m: 1 m/s  outside error }
      asset A { state x = 0 m  let speed = rate(x)  der(x) = speed }`);
    const artefact = generate(system);
    const twin = createTwin({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    twin.advance(5);
    const trouble = twin.trouble();
    expect(trouble?.code).toBe('PX9003');
    expect(trouble?.time).toBeCloseTo(2, 6);
    expect(trouble?.message).toContain('speed');
    expect(trouble?.message).toContain('rate has values for x from 0 m to 2 m');
  });
});

describe('a table from a file', () => {
  const declared = (file: string, more = '') => `
    table power(v: Velocity): Power from "${file}"${more}
    asset A { let p = power(5 m/s) }`;
  const csv = 'Wind speed [m/s],Power [kW]\n3,10\n4,20.5\n6,40\n';

  it('has the units of its header', () => {
    expect(running(flat(declared('power.csv'), 'A', { 'power.csv': csv })).get('p')).toBeCloseTo(30250, 9);
  });
  it('finds columns by their names', () => {
    const data = '# made by hand\n"power";"remark";"v (km/h)"\n1,5;x;0\n2,5;y;36\n';
    expect(
      running(
        flat(declared('p.csv', ' column "power"').replace('): Power', '): Number'), 'A', { 'p.csv': data }),
      ).get('p'),
    ).toBeCloseTo(2, 12);
  });
  it('counts dates from the first', () => {
    const data =
      'date,temperature [degC]\n2010-12-31 23:00:00+01:00,1\n2011-01-01 00:00:00+01:00,3\n2011-01-01T01:00:00+02:00,4';
    expect(
      said(`table T(t: Time): Temperature from "t.csv"\nasset A { let p = T(30 min) }`, { 't.csv': data }),
    ).toEqual([expect.stringContaining('PX3207 "t.csv": line 4: column "date" must increase')]);
    const good = data.replace('01:00:00+02:00', '01:00:00+01:00');
    expect(
      running(
        flat(`table T(t: Time): Temperature from "t.csv"\nasset A { let p = T(30 min) }`, 'A', {
          't.csv': good,
        }),
      ).get('p'),
    ).toBeCloseTo(275.15, 9);
  });
  it('takes a grid of pairs', () => {
    const data = 'a,b [m],q [W]\n0,0,1\n0,1,2\n2,1,4\n2,0,5\n';
    const system = flat(
      'table q(a: Number, b: Length): Power from "g.csv"\nasset A { let p = q(1, 0.5 m) }',
      'A',
      {
        'g.csv': data,
      },
    );
    expect(running(system).get('p')).toBeCloseTo(3, 12);
  });

  it.each([
    ['../power.csv', csv, 'PX3206'],
    ['/etc/passwd', csv, 'PX3206'],
    ['file:///power.csv', csv, 'PX3206'],
    ['other.csv', csv, 'PX3205'],
    ['power.csv', '', 'PX3207 "power.csv": it is empty'],
    ['power.csv', 'v [m/s],power [kW]\n', 'no row below'],
    ['power.csv', csv.replace('20.5', 'many'), 'line 3: column "Power" has "many", which is no number'],
    ['power.csv', csv.replace('6,40', '6'), 'line 4: column "Power" has no value'],
    ['power.csv', csv.replace('[kW]', ''), 'write "Power [W]" in its header'],
    ['power.csv', csv.replace('[kW]', '[kN]'), 'is in kN, and a power (W) is needed'],
    ['power.csv', csv.replace('[kW]', '[kWW]'), 'the unit of column "Power" is none'],
    ['power.csv', csv.replace('6,40', '2,40'), 'line 4: column "Wind speed" must increase'],
    ['power.csv', 'v [m/s],a [kW],b [kW]\n1,2,3\n', 'say which column is the value'],
    ['power.csv', 'v [m/s]\n1\n', 'it needs 2 columns'],
    ['power.csv', csv.replace('4,20.5', '4,20,5'), 'line 3: it has 3 cells, and the header 2; where commas'],
    ['power.csv', 'v [m/s],power [kW],Power [MW]\n1,2,3\n', 'two columns have the name "power"'],
  ])('refuses %s with %j', (file, data, expected) => {
    expect(said(declared(file), { 'power.csv': data }).join('\n')).toContain(expected);
  });
});
