import { describe, expect, it } from 'vitest';
import { applyElementary, elementary } from '../../compiler/4-generate/elementary/index.ts';
import type { Library } from '../../compiler/4-generate/elementary/index.ts';
import {
  after,
  call,
  comment,
  conditional,
  f64,
  forElements,
  forRange,
  i32,
  i64,
  ModuleBuilder,
  select,
  set,
  when,
} from '../../compiler/4-generate/wasm/index.ts';
import type { F64, FunctionBuilder, Local, Statement } from '../../compiler/4-generate/wasm/index.ts';
import { samples } from './samples.ts';

const count = 101;
const cells = 128;
/** Byte address of array n; two cells are left free in front of the first. */
const array = (n: number): number => 16 + 8 * cells * n;

type Body = (at: Local<'i32'>, f: FunctionBuilder, library: Library) => Statement[];

function build(body: Body, loop: typeof forElements) {
  const m = new ModuleBuilder();
  m.importMemory(1);
  const f = m.function('loop');
  const at = f.local('i32', 'at');
  const g = f.local('f64', 'gain');
  f.body = [set(g, 2.5), ...loop(f, at, 0, 8 * count, body(at, f, elementary(m)))];
  m.export('loop', f);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const numbers = new Float64Array(memory.buffer);
  const { magnitude, between } = samples(5);
  numbers.forEach(
    (_, n) =>
      (numbers[n] =
        n % 17 === 0 ? [NaN, -0, Infinity, 0][n % 4]! : n % 3 ? between(-4, 4) : magnitude(-50, 50)),
  );
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } });
  (exports.loop as CallableFunction)();
  return { numbers, text: m.print() };
}

const scalarLoop: typeof forElements = (_, counter, from, to, body) => [forRange(counter, from, to, body, 8)];

/** Runs a body both ways: equal memory, and whether it went in pairs. */
function wentInPairs(body: Body): boolean {
  const paired = build(body, forElements);
  expect(paired.numbers).toEqual(build(body, scalarLoop).numbers);
  return paired.text.includes('f64x2');
}

const x = (at: Local<'i32'>, n: number, shift = 0): F64 => f64.load(at, array(n) + 8 * shift);

describe('loops in pairs should', () => {
  it('give the bits of the scalar loop for arithmetic, choices and calls', () => {
    const bodies: Body[] = [
      (at) => [f64.store(at, f64.sub(f64.mul(x(at, 0, -1), 3), f64.div(x(at, 0, 1), x(at, 1))), array(2))],
      (at, f) => {
        const local = f.local('f64', 'flow');
        const gain = f.locals[1] as Local<'f64'>;
        return [
          comment('flow = …'),
          set(local, f64.sqrt(f64.abs(f64.mul(x(at, 0), gain)))),
          f64.store(at, f64.min(local, f64.max(x(at, 1), f64.load(0, array(5)))), array(2)),
          f64.store(
            at,
            f64.neg(f64.floor(f64.add(local, f64.ceil(f64.trunc(f64.nearest(x(at, 2))))))),
            array(3),
          ),
        ];
      },
      (at) => {
        const high = i32.and(f64.gt(x(at, 0), x(at, 1)), i32.eqz(f64.le(x(at, 0), 0)));
        return [
          f64.store(at, select(high, x(at, 0), f64.const(-7)), array(2)),
          f64.store(
            at,
            conditional(i32.or(f64.lt(x(at, 0), 1), f64.eq(x(at, 1), 2)), f64.mul(x(at, 1), 2), x(at, 0)),
            array(3),
          ),
          f64.store(at, f64.fromI32(f64.ne(x(at, 0), f64.const(0))), array(4)),
          f64.store(at, f64.fromI32(f64.ge(x(at, 0), f64.const(1))), array(5)),
        ];
      },
      (at, f, library) => {
        const t = f.local('f64', 't');
        const power = after([set(t, x(at, 1))], f64.mul(t, f64.mul(t, t)));
        return [
          f64.store(
            at,
            f64.add(call(library.exp, x(at, 0)), call(library.pow, power, f64.const(0.3))),
            array(2),
          ),
          f64.store(at, applyElementary(library, 'sqrt', x(at, 2)), array(3)),
        ];
      },
    ];
    for (const body of bodies) expect(wentInPairs(body)).toBe(true);
  });

  it('gather the bits of all elements', () => {
    const body: Body = (at, f) => {
      const bits = f.locals.find(({ name }) => name === 'bits') as Local<'i64'>;
      const twice = f.local('f64', 'twice');
      return [
        set(twice, f64.mul(x(at, 0), 2)),
        f64.store(at, twice, array(1)),
        set(bits, i64.or(bits, i64.xor(i64.bitsOf(twice), i64.bitsOf(x(at, 2))))),
      ];
    };
    /** The bits come behind the arrays. */
    const gathering =
      (loop: typeof forElements): typeof forElements =>
      (f, counter, from, to, statements) => {
        const bits = f.locals.find(({ name }) => name === 'bits') as Local<'i64'>;
        return [...loop(f, counter, from, to, statements), i64.store(0, bits, array(6))];
      };
    const withBits: Body = (at, f) => {
      f.local('i64', 'bits');
      return body(at, f, undefined as never);
    };
    const paired = build(withBits, gathering(forElements));
    expect(paired.text).toContain('v128.xor');
    expect(paired.numbers).toEqual(build(withBits, gathering(scalarLoop)).numbers);
  });

  it('stay scalar where an element needs its neighbour of the same loop', () => {
    expect(wentInPairs((at) => [f64.store(at, f64.add(x(at, 0, -1), x(at, 1)), array(0))])).toBe(false);
    expect(wentInPairs((at) => [f64.store(at, f64.mul(x(at, 0, 1), 0.5), array(0))])).toBe(false);
    expect(
      wentInPairs((at) => [f64.store(at, x(at, 1), array(0)), f64.store(at, x(at, 2), array(0) + 8)]),
    ).toBe(false);
    // Two elements back is another pair.
    expect(wentInPairs((at) => [f64.store(at, f64.add(x(at, 0, -2), 1), array(0) + 16)])).toBe(true);
  });

  it('stay scalar where a single cell lies among the stored elements', () => {
    expect(
      wentInPairs((at) => [f64.store(at, f64.add(f64.load(0, array(0) + 80), x(at, 1)), array(0))]),
    ).toBe(false);
    expect(wentInPairs((at) => [f64.store(at, f64.add(f64.load(0, array(3)), x(at, 1)), array(0))])).toBe(
      true,
    );
  });

  it('stay scalar where a local is carried on, or a statement is not arithmetic', () => {
    expect(
      wentInPairs((at, f) => {
        const sum = f.local('f64', 'sum');
        return [set(sum, f64.add(sum, x(at, 0))), f64.store(at, sum, array(1))];
      }),
    ).toBe(false);
    expect(wentInPairs((at) => [when(f64.gt(x(at, 0), 0), [f64.store(at, x(at, 1), array(2))])])).toBe(false);
    expect(wentInPairs((at) => [f64.store(at, f64.fromI32(i32.load(at, array(0))), array(1))])).toBe(false);
  });
});
