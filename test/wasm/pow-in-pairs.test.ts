/** x^y of two pairs at once has the bits that each has alone, for every mixture of paths. */
import { expect, it } from 'vitest';
import { elementary } from '../../compiler/4-generate/elementary/index.ts';
import { f64x2, ModuleBuilder, returns, run } from '../../compiler/4-generate/wasm/index.ts';
import { samples } from './samples.ts';

it('pow', () => {
  const m = new ModuleBuilder();
  m.importMemory(1);
  const { pow } = elementary(m);
  const one = m.function('one', { params: { x: 'f64', y: 'f64' }, results: ['f64'] });
  one.body = [run(pow, [one.params.x, one.params.y], [one.params.x]), returns(one.params.x)];
  const two = m.function('two', {});
  const both = two.local('v128', 'both');
  two.body = [run(pow.inPairs!(), [f64x2.load(0, 0), f64x2.load(0, 16)], [both]), f64x2.store(0, both, 32)];
  m.export('one', one);
  m.export('two', two);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } });
  const single = exports['one'] as (x: number, y: number) => number;
  const twofold = exports['two'] as () => void;
  const numbers = new Float64Array(memory.buffer, 0, 6);
  const bits = new BigInt64Array(memory.buffer, 0, 6);
  const bitsOf = (value: number): bigint => new BigInt64Array(new Float64Array([value]).buffer)[0]!;
  const edges = [0x3988e, 0x3988f, 0xbb679, 0xbb67a, 0xbb67b].flatMap((j) => {
    const edge = 1 + j / 2 ** 20;
    return [edge, edge - 2 ** -52, 3 * edge, edge / 1024];
  });
  const bases = [
    0,
    -0,
    1,
    -1,
    2,
    4,
    0.25,
    -8,
    NaN,
    Infinity,
    -Infinity,
    2 ** -1022,
    2 ** -1023,
    1e300,
    ...edges,
  ];
  const exponents = [
    0,
    -0,
    1,
    -1,
    2,
    0.5,
    -0.5,
    1.5,
    3,
    -7,
    1 / 3,
    NaN,
    Infinity,
    -Infinity,
    2 ** 31,
    2 ** 32,
    1e5,
  ];
  const { magnitude, between } = samples(7);
  const pairs = bases.flatMap((x) => exponents.map((y): [number, number] => [x, y]));
  for (let i = 0; i < 60_000; i += 1) {
    const [least, most] = (
      [
        [-4, 4],
        [-60, 60],
        [-1022, 1023],
      ] as const
    )[i % 3]!;
    const x = magnitude(least, most);
    // Also where the logarithm of the result is next to a half, and to the largest and smallest ones.
    const log = Math.log2(Math.abs(x));
    const y = [
      between(-3, 3),
      between(-40, 40),
      (between(-4, 4) + 0.5) / log,
      1019.99 / log,
      -1021 / log,
      1.5,
    ][i % 6]!;
    pairs.push([i % 17 === 0 ? x : Math.abs(x), y]);
  }
  let wrong = 0;
  let first = '';
  pairs.forEach((left, i) => {
    for (const right of [pairs[(i * 7 + 1) % pairs.length]!, [left[0] * 1.01, left[1]] as const]) {
      numbers.set([left[0], right[0], left[1], right[1]]);
      twofold();
      for (const [lane, [x, y]] of [left, right].entries()) {
        const expected = single(x, y);
        if (Number.isNaN(expected) ? Number.isNaN(numbers[4 + lane]!) : bits[4 + lane] === bitsOf(expected))
          continue;
        wrong += 1;
        first ||= `${x}^${y}: ${numbers[4 + lane]} in place of ${expected}`;
      }
    }
  });
  expect(first).toBe('');
  expect(wrong).toBe(0);
});
