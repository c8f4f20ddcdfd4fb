/** Functions of two numbers at once have the bits of the function of one, for every mixture of paths. */
import { expect, it } from 'vitest';
import { elementary } from '../../compiler/4-generate/elementary/index.ts';
import { f64x2, ModuleBuilder, returns, run } from '../../compiler/4-generate/wasm/index.ts';

it.each(['exp', 'tanh', 'log'] as const)('%s', (name) => {
  const m = new ModuleBuilder();
  m.importMemory(1);
  const library = elementary(m);
  const one = m.function('one', { params: { x: 'f64' }, results: ['f64'] });
  const two = m.function('two', { params: { x: 'f64', y: 'f64' } });
  const pair = library[name].inPairs!();
  const both = two.local('v128', 'both');
  one.body = [run(library[name], [one.params.x], [one.params.x]), returns(one.params.x)];
  two.body = [
    run(pair, [f64x2.withLane(f64x2.splat(two.params.x), 1, two.params.y)], [both]),
    f64x2.store(0, both),
  ];
  m.export('one', one);
  m.export('two', two);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } });
  const single = exports['one'] as (x: number) => number;
  const twofold = exports['two'] as (x: number, y: number) => void;
  const special = [
    0,
    -0,
    1,
    -1,
    NaN,
    Infinity,
    -Infinity,
    22,
    22.0001,
    0.4,
    0.39999999999999997,
    2.5,
    2.4999999999999996,
    3.3,
    19.5,
    2 ** -28,
    1e-300,
    700,
    709.9,
    -745.2,
    -746,
    1 + 2 ** -20,
    1 - 2 ** -21,
    2 ** -1022,
    2 ** -1023,
    // Where log sums in another way, and goes to the next exponent.
    1 + 0x6147a / 2 ** 20,
    1 + 0x6147a / 2 ** 20 - 2 ** -52,
    3 * (1 + 0x6b851 / 2 ** 20),
    3 * (1 + 0x6b852 / 2 ** 20),
    1 + 0x6a09c / 2 ** 20,
    1 + 0x6a09b / 2 ** 20,
  ];
  const values = [...special, ...special.map((x) => -x)];
  let x = 0.5;
  for (let i = 0; i < 4000; i += 1) {
    // A logistic map: any spread of values will do.
    x = 3.99 * x * (1 - x);
    values.push((x - 0.5) * [0.5, 3, 45, 1500][i % 4]!);
  }
  const result = new BigInt64Array(memory.buffer, 0, 2);
  const bits = (value: number): bigint => new BigInt64Array(new Float64Array([value]).buffer)[0]!;
  let wrong = 0;
  values.forEach((a, i) => {
    const b = values[(i * 7 + 1) % values.length]!;
    for (const [left, right] of [
      [a, b],
      [a, a * 1.01],
      [b, a],
    ] as const) {
      twofold(left, right);
      for (const [lane, value] of [left, right].entries()) {
        const expected = single(value);
        if (
          !(Number.isNaN(expected)
            ? Number.isNaN(new Float64Array(memory.buffer)[lane]!)
            : result[lane] === bits(expected))
        )
          wrong += 1;
      }
    }
  });
  expect(wrong).toBe(0);
});
