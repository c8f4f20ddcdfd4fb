/** Arrays stay arrays: what is made for 100,000 parts is what is made for 10. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlatSystem } from '../../compiler/ir/flat-system.ts';
import { kernelFactory, loadKernel } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { example, flat, running } from './systems.ts';

const rod = (n: number) => `
  asset Node {
    param capacity = 2 J/K
    input heat: Power = 0 W
    state T = 20 degC
    let root: Number
    der(T) = heat / capacity
    root ^ 3 + root = T / 1 K
    sensor probe measures T every 1 s noise normal(0.1 K)
    alarm hot: warning "hot" { raise when T > 60 degC for 5 s }
  }
  asset A {
    fixed n = ${n}
    part node[n]: Node(capacity = 3 J/K)
    let q[n + 1]: Power
    q[1] = 1 W/K * (100 degC - node[1].T)
    for i in 2..n { q[i] = 1 W/K * (node[i - 1].T - node[i].T) }
    q[n + 1] = 0 W
    for i in 1..n { node[i].heat = q[i] - q[i + 1] }
    let hottest = max(node[*].T)
  }`;

/** The system without its numbers. */
const shape = (system: FlatSystem) => JSON.stringify(system).replaceAll(/\d+/g, '#');

describe('it should keep arrays as loops', () => {
  it('of 100,000 parts as of 10', () => {
    const [small, large] = [flat(rod(10)), flat(rod(100_000))];
    expect(large.variables.find(({ name }) => name === 'node[].T')?.dims).toEqual([100_000]);
    expect(shape(large)).toBe(shape(small));
  });

  it('with one more block for an element that is adapted by name', () => {
    const text = (n: number) => `
      asset Cell { param mtbf = 10 h   state age = 0 h }
      asset Line { part cell[${n}]: Cell(mtbf = 20 h) }
      asset A { part line: Line(cell[3].mtbf = 40 h) }`;
    expect(flat(text(100_000)).parameters.length).toBe(3);
    const twin = running(flat(text(5)));
    expect([1, 2, 3, 4, 5].map((at) => twin.get(`line.cell[${at}].mtbf`) / 3600)).toEqual([
      20, 20, 40, 20, 20,
    ]);
  });
});

/** A `for` variable as a number: in values, in what is solved for, in chains, where loops go in pairs, and in events. */
const ramp = `
  asset Node { input p = 0 W   let q: Power   q = p * 2 }
  asset A {
    fixed n = 5
    part node[n]: Node
    state x[n]: Length = 0 m
    input hit[n]: Number = 0
    let g[n]: Power
    let h[n]: Number
    let s[n]: Number
    let long[101]: Number
    for i in 1..n { g[i] = i * 1 W + 2 W }
    h[1] = 1
    for k in 2..n { h[k] = k * h[k - 1] }
    for i in 1..n { s[i] ^ 3 + s[i] = i ^ 3 + i }
    for i in 1..n { node[i].p = i * sum(g[*]) }
    for i in 2..100 { long[i] = 0.1 * i + sqrt(i - 1) * long[101] }
    long[1] = 0
    long[101] = 2
    for i in 1..n { der(x[i]) = i * 1 m/s }
    for i in 1..n { when x[i] > i * i * 0.5 m -> set hit[i] = i + time / 1 s }
  }`;

describe('a variable of for should count from one where it is a number', () => {
  it('in values, chains, coupled equations and bindings', () => {
    const twin = running(flat(ramp));
    const five = (name: string) => [1, 2, 3, 4, 5].map((at) => twin.get(name.replace('#', String(at))));
    expect(five('g[#]')).toEqual([3, 4, 5, 6, 7]);
    expect(five('h[#]')).toEqual([1, 2, 6, 24, 120]);
    five('s[#]').forEach((value, at) => expect(value).toBeCloseTo(at + 1, 12));
    expect(five('node[#].q')).toEqual([50, 100, 150, 200, 250]);
    for (const at of [2, 3, 57, 100]) expect(twin.get(`long[${at}]`)).toBe(0.1 * at + Math.sqrt(at - 1) * 2);
  });

  it('in conditions, which are located for each element, and in what is set', () => {
    const artefact = generate(flat(ramp));
    const twin = createTwin({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    twin.advance(10);
    // x[i] = i t passes i² / 2 at t = i / 2.
    for (const at of [1, 2, 3, 4, 5]) expect(twin.value(`hit[${at}]`)).toBeCloseTo(1.5 * at, 9);
  });
});

describe('it should apply what is adapted from inside out', () => {
  it('the outermost wins, an element after the whole', () => {
    const twin = running(
      flat(
        `asset Cell { param a = 1   param b: Number = a * 10   input drive: Number = 0   let seen = drive + 1 }
         asset Line { param own = 7   part cell[3]: Cell(a = own, drive = 2) }
         asset A {
           param other = 9
           state level = 4
           part line[2]: Line(cell[2].a = other, own = 8, cell[3].drive = level)
         }
         twin T: A(line[1].cell[1].a = 99)`,
        'T',
      ),
    );
    const all = (name: string) =>
      [1, 2].map((line) => [1, 2, 3].map((cell) => twin.get(`line[${line}].cell[${cell}].${name}`)));
    expect(all('a')).toEqual([
      [99, 9, 8],
      [8, 9, 8],
    ]);
    expect(all('b')[0]).toEqual([990, 90, 80]);
    expect(all('seen')).toEqual([
      [3, 3, 5],
      [3, 3, 5],
    ]);
  });
});

describe('it should not depend on the order of lines', () => {
  it('for lets that read each other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }).chain((count) =>
          fc.record({
            edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 14 }),
            order: fc.shuffledSubarray(
              Array.from({ length: count }, (_, at) => at),
              { minLength: count, maxLength: count },
            ),
          }),
        ),
        ({ edges, order }) => {
          const value = (at: number): number =>
            edges.reduce(
              (sum, [a, b]) => (Math.max(a, b) === at && a !== b ? sum + 2 * value(Math.min(a, b)) : sum),
              at + 1,
            );
          const line = (at: number) =>
            `let v${at}: Number = ${at + 1}${edges.flatMap(([a, b]) => (Math.max(a, b) === at && a !== b ? [` + 2 * v${Math.min(a, b)}`] : [])).join('')}`;
          const twin = running(flat(`asset A {\n${order.map(line).join('\n')}\n}`));
          for (const at of order) expect(twin.get(`v${at}`)).toBe(value(at));
        },
      ),
      { numRuns: 12, seed: 3 },
    );
  });
});

describe('the interpreter and the emitted code should agree to the last bit', () => {
  const systems = () => [
    ...['bouncing-ball', 'epidemic', 'heater-board', 'pump-station'].flatMap((folder) =>
      example(folder).systems.map(({ system }) => system),
    ),
    flat(rod(4)),
    flat(ramp),
  ];

  it('on all of memory, after each step', () => {
    for (const system of systems()) {
      const pair = [interpret(system), loadKernel(generate(system))] as const;
      const { layout } = pair[0].manifest;
      const content = (memory: ArrayBuffer) => new Float64Array(memory, 0, layout.queue.address / 8);
      const both = (act: (kernel: (typeof pair)[number]) => number | void) => {
        const [a, b] = pair.map(act);
        expect(a).toBe(b);
        expect(content(pair[0].memory)).toEqual(content(pair[1].memory));
      };
      for (const { memory } of pair)
        new Float64Array(memory, layout.absoluteTolerances.address, layout.absoluteTolerances.count).fill(
          1e-6,
        );
      both((kernel) => kernel.parameters());
      both((kernel) => kernel.start());
      for (let step = 0; step < 6; step += 1) {
        both((kernel) => kernel.derivatives());
        both((kernel) => kernel.outputs());
        both((kernel) => kernel.crossings());
        both((kernel) => kernel.detect(0));
        both((kernel) => (step % 2 === 0 ? kernel.rk4(step, 1, step + 1) : kernel.euler(step, 1, step + 1)));
      }
      both((kernel) => kernel.tsit5Try(6, 1, 1e-6, 1));
      both((kernel) => kernel.tsit5Interpolate(0.3));
      both((kernel) => kernel.tsit5Restore());
      both((kernel) => kernel.tsit5Try(6, 0.5, 1e-6, 0));
      system.handlers.forEach((_, handler) => {
        both((kernel) => kernel.interval(handler, 0));
        both((kernel) => kernel.fire(handler, 0));
        both((kernel) => kernel.commit());
      });
      system.sensors.forEach((_, sensor) => {
        both((kernel) => kernel.predict(sensor, 0));
        both((kernel) => kernel.noise(sensor, 0));
      });
      system.probes.forEach((_, probe) => both((kernel) => kernel.probe(probe, 0)));
    }
  });
});
