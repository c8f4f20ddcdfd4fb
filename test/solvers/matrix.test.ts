/** The matrix and its elimination, over random systems: emitted code and interpreter to the last bit, both against explicit steps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sparseFor } from '../../compiler/4-generate/sparse.ts';
import { rowSolver } from '../../compiler/interpret/linear-rows.ts';
import { sparseRowsOf } from '../../compiler/ir/sparse-rows.ts';
import { adaptive, compiled, finished, twinOf } from './compiled.ts';

/** States that pull at each other over chains and lets, as text. */
const systems = fc
  .record({
    size: fc.integer({ min: 2, max: 12 }),
    links: fc.array(fc.tuple(fc.nat(11), fc.nat(11), fc.integer({ min: 1, max: 400 })), { maxLength: 16 }),
    shared: fc.boolean(),
    summed: fc.boolean(),
    timed: fc.boolean(),
  })
  .map(({ size, links, shared, summed, timed }) => {
    const of = (n: number): number => (n % size) + 1;
    const flows = links.map(([a, b, rate], n) => ({ name: `q${n}`, from: of(a), to: of(b), rate }));
    const lines = [
      `  state x[${size}] = 1`,
      ...(shared ? ['  let common = x[1]^3 + x[1]'] : []),
      ...(summed ? ['  let mean = sum(x[*]) / 12'] : []),
      ...flows.map(
        ({ name, from, to, rate }) =>
          `  let ${name} = ((x[${from}] - x[${to}]) + (x[${from}] - x[${to}])^3) * ${rate} 1/s`,
      ),
    ];
    for (let i = 1; i <= size; i += 1) {
      const terms = flows.flatMap(({ name, from, to }) => [
        ...(from === i ? [` - ${name}`] : []),
        ...(to === i ? [` + ${name}`] : []),
      ]);
      const more = `${shared ? ` - common * ${i} 1/s` : ''}${summed ? ` + (mean - x[${i}]) * 50 1/s` : ''}`;
      const drive = timed ? ` + sin(time * ${i} 1/s) * 1 1/s` : '';
      lines.push(`  der(x[${i}]) = -x[${i}] * ${i} 1/s${terms.join('')}${more}${drive}`);
    }
    return `asset Net {\n${lines.join('\n')}\n}\n`;
  });

describe('a matrix', () => {
  it('of any system is solved alike by code and interpreter, and right', () => {
    fc.assert(
      fc.property(systems, (text) => {
        const value = compiled(text);
        const asked = { method: adaptive('rodas5p', 1e-7), end: 0.5 };
        const twin = finished(value, asked);
        expect(finished(value, { ...asked, interpreted: true }).hash()).toBe(twin.hash());
        const explicit = finished(value, { method: adaptive('tsit5', 1e-9), end: 0.5 });
        twin.machine.states.forEach((x, i) =>
          expect(Math.abs(x - explicit.machine.states[i]!) / Math.max(1, Math.abs(x))).toBeLessThan(2e-5),
        );
      }),
      { numRuns: 8, seed: 7 },
    );
  });

  it('of a long chain is code that does not grow with it', () => {
    const chain = (size: number): string => `asset Chain {
      state T[${size}] = 20
      der(T[1]) = (T[2] - 2 * T[1]) * 1000 1/s
      for i in 2..${size - 1} { der(T[i]) = (T[i - 1] - 2 * T[i] + T[i + 1]) * 1000 1/s }
      der(T[${size}]) = (T[${size - 1}] - 2 * T[${size}]) * 1000 1/s
    }\n`;
    const [short, long] = [500, 1000].map((size) => compiled(chain(size)).artefact.wasm.length);
    expect(long! - short!).toBeLessThan(0.02 * short!);
  });

  it('stays sparse where all meet in one place', () => {
    const hub = compiled(`asset Hub {
      state x[200] = 1
      let mean = sum(x[*]) / 200
      for i in 1..200 { der(x[i]) = (mean - x[i]) * 1e4 1/s - x[i] * i * 1 1/s }
    }\n`);
    expect(hub.artefact.manifest.implicit?.unknowns).toBe(201);
    const asked = { method: adaptive('rodas5p', 1e-6), end: 0.1 };
    expect(finished(hub, { ...asked, interpreted: true }).hash()).toBe(finished(hub, asked).hash());
  });
});

/** A plate whose edges are kept at zero: what a wave across it has become is known for each element. */
const plate = (size: number, more = ''): string => `asset Plate {
  param pace = ${(size + 1) ** 2} 1/s
  state T[${size + 2}, ${size + 2}] = 0
  for i in 2..${size + 1} {
    for j in 2..${size + 1} {
      der(T[i, j]) = pace * (T[i - 1, j] + T[i + 1, j] + T[i, j - 1] + T[i, j + 1] - 4 * T[i, j])
    }
  }
  for i in 1..${size + 2} { der(T[i, 1]) = 0 1/s   der(T[i, ${size + 2}]) = 0 1/s }
  for i in 2..${size + 1} { der(T[1, i]) = 0 1/s   der(T[${size + 2}, i]) = 0 1/s }
}
${more}`;

describe('a matrix of a plate', () => {
  it.each(['rodas5p', 'auto'] as const)(
    'is solved in loops over lists, to the closed form, by %s',
    (name) => {
      const size = 30;
      const value = compiled(plate(size));
      expect(value.artefact.manifest.implicit?.unknowns).toBe((size + 2) ** 2);
      const variable = value.artefact.manifest.variables.findIndex((one) => one.name.startsWith('T['));
      const wave = (i: number, j: number): number =>
        Math.sin((i * Math.PI) / (size + 1)) * Math.sin((j * Math.PI) / (size + 1));
      const overrides = Array.from({ length: size * size }, (_, n) => {
        const [i, j] = [1 + Math.floor(n / size), 1 + (n % size)];
        return { variable, element: i * (size + 2) + j, value: wave(i, j) };
      });
      const end = 0.1;
      const twin = finished(value, { method: adaptive(name, 1e-8), end, settings: { overrides } });
      const rate = 8 * (size + 1) ** 2 * Math.sin(Math.PI / (2 * (size + 1))) ** 2;
      for (const { element, value: start } of overrides)
        expect(Math.abs(twin.machine.states[element]! - start * Math.exp(-rate * end))).toBeLessThan(1e-6);
    },
  );

  it('is solved alike by code and interpreter, with what else is solved beside it', () => {
    const size = 13;
    const stirred = compiled(`asset Stirred {
      state u[${size}, ${size}] = 1
      state v[${size}, ${size}] = 2
      let mixed[${size}]: Fraction
      for i in 1..${size} { mixed[i] = sum(u[i, *]) / ${size} }
      let drive: Fraction guess 1
      drive + 0.1 * sin(drive) = 1 + 0.2 * sin(time * 3 1/s) + 0.01 * mixed[1]
      for i in 1..${size} {
        der(u[i, 1]) = (drive - u[i, 1]) * 5 1/s
        der(u[i, ${size}]) = (drive - u[i, ${size}]) * 5 1/s
      }
      for j in 2..${size - 1} {
        der(u[1, j]) = (drive - u[1, j]) * 7 1/s
        der(u[${size}, j]) = (drive - u[${size}, j]) * 7 1/s
      }
      for i in 2..${size - 1} {
        for j in 2..${size - 1} {
          der(u[i, j]) = (drive + u[i, j]^2 * v[i, j] - 4.4 * u[i, j] + 90 * (mixed[i] - u[i, j])
            + 200 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - 4 * u[i, j])) * 1 1/s
        }
      }
      for i in 1..${size} {
        for j in 1..${size} {
          der(v[i, j]) = (3.4 * u[i, j] - u[i, j]^2 * v[i, j] + 0.3 * mixed[j]) * 1 1/s
        }
      }
    }\n`);
    const asked = { method: adaptive('rodas5p', 1e-6), end: 0.2 };
    const twin = finished(stirred, asked);
    expect(sparseFor(stirred.system)?.rows).toBeDefined();
    expect(finished(stirred, { ...asked, interpreted: true }).hash()).toBe(twin.hash());
    const explicit = finished(stirred, { method: adaptive('tsit5', 1e-9), end: 0.2 });
    twin.machine.states.forEach((x, i) =>
      expect(Math.abs(x - explicit.machine.states[i]!)).toBeLessThan(2e-5),
    );
  });

  it('of a large system is found in an order that keeps it sparse, and goes on in a branch with the same bits', () => {
    const value = compiled(plate(60, 'scenario s for Plate { run 1 s  method rodas5p tolerance 1e-6 }'));
    expect(value.artefact.manifest.implicit?.unknowns).toBe(62 * 62);
    expect(value.artefact.wasm.length).toBeLessThan(2e6);
    const asked = { method: adaptive('rodas5p', 1e-6), end: 0.02 };
    const variable = value.artefact.manifest.variables.findIndex((one) => one.name.startsWith('T['));
    const settings = { overrides: [{ variable, element: 62 * 30 + 30, value: 1 }] };
    const whole = finished(value, { ...asked, settings });
    const twin = twinOf(value, { ...asked, settings });
    twin.advance(0.003);
    const branch = twin.branch();
    branch.advance(0.02);
    expect(branch.hash()).toBe(whole.hash());
    expect(whole.machine.states.reduce((a, b) => a + b)).toBeGreaterThan(0.5);
  });
});

describe('factors by rows', () => {
  const matrices = fc.integer({ min: 1, max: 25 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      entries: fc.uniqueArray(
        fc.tuple(fc.nat(size - 1), fc.nat(size - 1), fc.double({ min: -1, max: 1, noNaN: true })),
        { maxLength: 4 * size, selector: ([row, column]) => `${row} ${column}` },
      ),
    }),
  );
  it('solve any matrix whose diagonal is large, as elimination with all zeros does', () => {
    fc.assert(
      fc.property(matrices, ({ size, entries }) => {
        const full = Array.from({ length: size }, (_, row) =>
          Array.from({ length: size }, (_column, column) => (row === column ? size + 1 : 0)),
        );
        for (const [row, column, value] of entries) if (row !== column) full[row]![column] = value;
        const slots: number[] = [];
        const rows = full.map(
          (own) =>
            new Map(own.flatMap((value, column) => (value === 0 ? [] : [[column, slots.push(value) - 1]]))),
        );
        const solver = rowSolver(sparseRowsOf(rows, () => true, Infinity)!);
        expect(solver.factor(Float64Array.from(slots))).toBe(0);
        const wanted = full.map((_, n) => n - 3);
        const vector = Float64Array.from(full, (own) =>
          own.reduce((sum, value, column) => sum + value * wanted[column]!, 0),
        );
        solver.solve(vector);
        wanted.forEach((value, n) => expect(vector[n]).toBeCloseTo(value, 9));
      }),
      { numRuns: 50 },
    );
  });

  it('say at which unknown there is no pivot', () => {
    const rows = [
      new Map([
        [0, 0],
        [1, 1],
      ]),
      new Map([
        [0, 2],
        [1, 3],
      ]),
    ];
    const solver = rowSolver(sparseRowsOf(rows, () => true, Infinity)!);
    expect(solver.factor(Float64Array.of(1, 2, 2, 4))).toBe(2);
  });

  it('are not made where they would be too many', () => {
    const full = Array.from({ length: 20 }, () => new Map(Array.from({ length: 20 }, (_, at) => [at, at])));
    expect(sparseRowsOf(full, () => true, 1000)).toBeUndefined();
  });
});
