import wabt from 'wabt';
import { describe, expect, it } from 'vitest';
import {
  after,
  block,
  branch,
  branchIf,
  call,
  comment,
  conditional,
  drop,
  f64,
  f64x2,
  forRange,
  i32,
  i64,
  i64x2,
  label,
  loop,
  memoryCopy,
  memoryFill,
  ModuleBuilder,
  returns,
  run,
  select,
  set,
  setGlobal,
  switchOn,
  tee,
  unreachable,
  v128,
  when,
  whileLoop,
} from '../../compiler/4-generate/wasm/index.ts';

const features = {
  simd: true,
  bulk_memory: true,
  multi_value: true,
  mutable_globals: true,
  sat_float_to_int: true,
};

function instantiate(
  m: ModuleBuilder,
  pages = 1,
): { run: Record<string, CallableFunction>; memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: pages });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } });
  return { run: instance.exports as Record<string, CallableFunction>, memory };
}

/** A module that uses each kind of node at least once. */
function everything(): ModuleBuilder {
  const m = new ModuleBuilder();
  m.importMemory(1);
  const counter = m.global('counter', 'i32', 7);
  const seed = m.global('seed', 'i64', -1n, false);
  const half = m.global('half', 'f64', 0.5, false);
  m.dataSegment(16, new Uint8Array([1, 2, 255]));

  const pair = m.function('divide with rest', { params: { a: 'i32', b: 'i32' }, results: ['i32', 'i32'] });
  pair.body = [returns(i32.div(pair.params.a, pair.params.b), i32.rem(pair.params.a, pair.params.b))];

  const f = m.function('tank[1].level', { params: { n: 'i32', x: 'f64' }, results: ['f64'] });
  const { n, x } = f.params;
  const total = f.local('f64', 'total');
  const k = f.local('i32', 'k');
  const bits = f.local('i64', 'bits');
  const q = f.local('i32', 'quotient');
  const r = f.local('i32', 'rest');
  const v = f.local('v128', 'v');
  const outer = label('outer');
  const again = label('again');
  f.body = [
    comment('total = sum(x[*])'),
    forRange(k, 0, n, [set(total, f64.add(total, f64.mul(x, f64.fromI32(k))))]),
    run(pair, [n, 3], [q, r]),
    set(bits, i64.xor(i64.bitsOf(total), i64.and(seed, 0x8000000000000000n))),
    setGlobal(counter, i32.add(counter, i32.fromI64(i64.shrU(bits, 60n)))),
    block(outer, [
      loop(again, [
        set(k, i32.sub(k, 1)),
        branchIf(outer, i32.lt(k, 0)),
        when(i32.eq(k, 5), [branch(outer)], [comment('nothing to do')]),
        branch(again),
      ]),
    ]),
    whileLoop(i32.lt(k, 9), [set(k, i32.add(k, 1))]),
    switchOn(
      q,
      [[set(total, f64.add(total, 100))], [], [set(total, f64.add(total, 200))]],
      [drop(tee(k, 1))],
    ),
    set(v, f64x2.add(f64x2.splat(total), f64x2.const(1, -0))),
    set(v, v128.select(f64x2.lt(v, f64x2.splat(half)), v, f64x2.withLane(v, 1, 3))),
    set(v, select(i32.eqz(q), v, f64x2.mul(v, v))),
    set(v, v128.xor(v, i64x2.shl(i64x2.splat(0n), 3))),
    f64x2.store(64, v),
    memoryCopy(96, 64, 16),
    memoryFill(64, 0, 8),
    i32.store8(80, i32.load8(18)),
    f64.store(88, f64.load(96)),
    when(f64.ne(x, x), [unreachable()]),
    when(f64.gt(x, 1e300), [returns(f64.const(Infinity))]),
    returns(
      f64.add(
        conditional(f64.lt(x, 0), f64.const(-1), f64x2.lane(f64x2.load(96), 1)),
        after([set(k, i32.load(80)), comment('dropped here')], f64.fromI32(k)),
      ),
    ),
  ];
  m.function('never mentioned').body = [unreachable()];
  m.export('level', f);
  m.export('counter', counter);
  return m;
}

describe('the emitter should', () => {
  it('encode every kind of node as valid WebAssembly', async () => {
    const { readWasm } = await wabt();
    const module = readWasm(everything().encode(), { ...features, readDebugNames: true });
    module.validate();
    expect(module.toText({ foldExprs: false })).toContain('tank');
    module.destroy();
  });

  it('print text that assembles to the very bytes it encodes', async () => {
    const { parseWat } = await wabt();
    const m = everything();
    const parsed = parseWat('everything.wat', m.print(), features);
    const { buffer } = parsed.toBinary({ write_debug_names: false });
    expect(Buffer.from(buffer).toString('hex')).toBe(Buffer.from(m.encode({ names: false })).toString('hex'));
    parsed.destroy();
  });

  it('compute what the nodes say', () => {
    const { run, memory } = instantiate(everything());
    // 0.5 * (0+1+2+3+4+5+6) = 10.5; 7 / 3 = 2 selects case 2: 210.5; + (1, -0) squared after lane 1 becomes 3: 9.
    expect(run.level!(7, 0.5)).toBe(9 + 255);
    expect(new Float64Array(memory.buffer, 96, 2)).toEqual(new Float64Array([211.5 ** 2, 9]));
    expect(new Float64Array(memory.buffer, 64, 2)).toEqual(new Float64Array([0, 9]));
    expect(run.level!(0, 2e300)).toBe(Infinity);
    expect(() => run.level!(0, NaN)).toThrow(WebAssembly.RuntimeError);
  });

  it('leave out functions that no export reaches', () => {
    const text = everything().print();
    expect(text).toContain('divide_with_rest');
    expect(text).not.toContain('never');
  });

  it('give the same bytes for the same calls', () => {
    expect(Buffer.from(everything().encode()).equals(Buffer.from(everything().encode()))).toBe(true);
  });

  it('name functions in traps as the model does', () => {
    const { run } = instantiate(everything());
    let trace = '';
    try {
      run.level!(0, NaN);
    } catch (error) {
      trace = String((error as Error).stack);
    }
    expect(trace).toContain('tank[1].level');
  });

  it('encode integers at the edges of LEB128', () => {
    const wanted = [
      0n,
      63n,
      64n,
      -64n,
      -65n,
      127n,
      128n,
      2n ** 31n - 1n,
      -(2n ** 31n),
      2n ** 32n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ];
    const m = new ModuleBuilder();
    wanted.forEach((value, n) => {
      const long = m.function(`long${n}`, { results: ['i64'] });
      long.body = [returns(i64.const(value))];
      m.export(`long${n}`, long);
      const int = m.function(`int${n}`, { results: ['i32'] });
      int.body = [returns(i32.const(Number(BigInt.asIntN(32, value))))];
      m.export(`int${n}`, int);
    });
    const { run } = instantiate(m);
    wanted.forEach((value, n) => {
      expect(run[`long${n}`]!()).toBe(value);
      expect(run[`int${n}`]!()).toBe(Number(BigInt.asIntN(32, value)));
    });
  });

  it('print a sum of 50,000 terms without deep recursion', () => {
    const m = new ModuleBuilder();
    const f = m.function('sum', { params: { x: 'f64' }, results: ['f64'] });
    f.body = [returns(f64.sum(Array.from({ length: 50_000 }, () => f.params.x)))];
    m.export('sum', f);
    expect(instantiate(m).run.sum!(0.25)).toBe(12_500);
    expect(m.print().length).toBeGreaterThan(50_000);
  });

  it('skip a counted loop whose range is empty', () => {
    const m = new ModuleBuilder();
    const f = m.function('count', { params: { from: 'i32', to: 'i32' }, results: ['i32'] });
    const [k, rounds] = [f.local('i32'), f.local('i32')];
    f.body = [forRange(k, f.params.from, f.params.to, [set(rounds, i32.add(rounds, 1))], 2), returns(rounds)];
    m.export('count', f);
    const { run } = instantiate(m);
    expect([run.count!(0, 0), run.count!(5, 1), run.count!(0, 5), run.count!(-3, 3)]).toEqual([0, 0, 3, 3]);
  });

  it('refuse a call with the wrong operands', () => {
    const m = new ModuleBuilder();
    const f = m.function('step', { params: { h: 'f64' } });
    expect(() => run(f, [])).toThrow('step takes 1 operands, got 0');
    expect(() => run(f, [i32.const(1)])).toThrow('operand h is i32, must be f64');
    expect(() => call(f, 1)).toThrow('step has 0 results');
  });

  it("refuse another function's local, a branch out of reach, a negative offset, and a result that is not returned", () => {
    const m = new ModuleBuilder();
    const other = m.function('other').local('f64', 'stray');
    const f = m.function('f');
    m.export('f', f);
    f.body = [set(other, 1)];
    expect(() => m.encode()).toThrow('stray is not a local of f');
    f.body = [branch(label('nowhere'))];
    expect(() => m.encode()).toThrow('branch out of reach of nowhere in f');
    f.body = [drop(f64.load(0, -8))];
    expect(() => m.encode()).toThrow('negative offset -8 of f64.load in f');
    const g = m.function('g', { results: ['f64'] });
    m.export('g', g);
    f.body = [];
    expect(() => m.encode()).toThrow('g has results and must end in returns');
  });
});
