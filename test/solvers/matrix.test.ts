/** The matrix and its elimination, over random systems: emitted code and interpreter to the last bit, both against explicit steps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adaptive, compiled, finished } from './compiled.ts';

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
