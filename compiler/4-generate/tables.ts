/**
 * Tables → constant data in memory and one function for each thing that is asked of one. `../ir/tables.ts` is what they
 * compute, operation by operation.
 */
import { endSlope } from '../ir/tables.ts';
import type { FlatTable, TableAsk } from '../ir/flat-expression.ts';
import { call, conditional, f64, i32, returns, select, set, when, whileLoop } from './wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  ModuleBuilder,
  Statement,
} from './wasm/index.ts';

export type Lookups = (table: number, ask: TableAsk) => FunctionHandle;

/** Cells of a table: x, y, values, slopes. */
export const tableCells = ({ x, y = [], values, slopes = [] }: FlatTable): number =>
  x.length + y.length + values.length + slopes.length;

type Search = FunctionBuilder<{ knots: 'i32'; count: 'i32'; x: 'f64' }>;

/** Where the parts of a table lie. */
interface Parts {
  x: number;
  y: number;
  values: number;
  slopes: number;
}

export function lookups(
  module: ModuleBuilder,
  tables: readonly FlatTable[],
  addresses: readonly number[],
): Lookups {
  const made = new Map<string, FunctionHandle>();
  let search: Search | undefined;
  const written = new Set<number>();
  return (id, ask) => {
    const key = JSON.stringify([id, ask]);
    let f = made.get(key);
    if (f !== undefined) return f;
    search ??= searchFunction(module);
    const table = tables[id]!;
    const { x, y = [], values, slopes = [] } = table;
    const address = addresses[id]!;
    if (!written.has(id)) {
      written.add(id);
      const bytes = new DataView(new ArrayBuffer(8 * tableCells(table)));
      [...x, ...y, ...values, ...slopes].forEach((value, at) => bytes.setFloat64(8 * at, value, true));
      module.dataSegment(address, new Uint8Array(bytes.buffer));
    }
    const parts = { x: address, y: address + 8 * x.length, values: 0, slopes: 0 };
    parts.values = parts.y + 8 * y.length;
    parts.slopes = parts.values + 8 * values.length;
    f = functionOf(module, table, ask, parts, search);
    made.set(key, f);
    return f;
  };
}

function functionOf(
  module: ModuleBuilder,
  table: FlatTable,
  ask: TableAsk,
  parts: Parts,
  search: Search,
): FunctionHandle {
  const title = `${table.name} ${ask.of}${ask.of === 'value' ? ask.orders.join('') : ''}`;
  if (table.y === undefined) {
    const f = module.function(title, { params: { x: 'f64' }, results: ['f64'] });
    const { x } = f.params;
    const k = f.local('i32', 'k');
    const found = set(k, call<'i32'>(search, parts.x, table.x.length, x));
    if (ask.of === 'next') f.body = [found, returns(nextOf(table.x, k, parts.x))];
    else if (ask.of === 'bend') f.body = [found, returns(bendOf(table.x, k, parts.x, x))];
    else f.body = [found, ...curve(f, table, ask.orders[0]!, parts, k, x)];
    return f;
  }
  const f = module.function(title, { params: { x: 'f64', y: 'f64' }, results: ['f64'] });
  const k = f.local('i32', 'k');
  if (ask.of === 'value') {
    f.body = surface(f, table, ask.orders, parts, search, f.params.x, f.params.y);
    return f;
  }
  const second = ask.of === 'bend' && ask.axis === 1;
  const [knots, at, v] = second ? [table.y, parts.y, f.params.y] : [table.x, parts.x, f.params.x];
  f.body = [
    set(k, call<'i32'>(search, at, knots.length, v)),
    returns(ask.of === 'next' ? nextOf(knots, k, at) : bendOf(knots, k, at, v)),
  ];
  return f;
}

/** How many of `count` increasing numbers are at or below x. */
function searchFunction(module: ModuleBuilder): Search {
  const f = module.function('knots below', {
    params: { knots: 'i32', count: 'i32', x: 'f64' },
    results: ['i32'],
  });
  const { knots, count, x } = f.params;
  const low = f.local('i32', 'low');
  const high = f.local('i32', 'high');
  const middle = f.local('i32', 'middle');
  f.body = [
    set(high, count),
    whileLoop(i32.lt(low, high), [
      set(middle, i32.shrU(i32.add(low, high), 1)),
      when(
        f64.le(f64.load(i32.add(knots, i32.shl(middle, 3))), x),
        [set(low, i32.add(middle, 1))],
        [set(high, middle)],
      ),
    ]),
    returns(low),
  ];
  return f;
}

/** Element k + offset of an array. */
const element = (address: number, k: I32, offset = 0): F64 => {
  const at = address + 8 * offset;
  return at >= 0 ? f64.load(i32.shl(k, 3), at) : f64.load(i32.add(i32.shl(k, 3), at));
};

const nextOf = (knots: readonly number[], k: Local<'i32'>, address: number): F64 =>
  conditional(i32.eq(k, knots.length), f64.const(Infinity), element(address, k));

function bendOf(knots: readonly number[], k: Local<'i32'>, address: number, x: Local<'f64'>): F64 {
  const sign = select(i32.and(k, 1), f64.const(1), f64.const(-1));
  const t = f64.mul(f64.sub(x, element(address, k, -1)), sign);
  const inside = conditional(i32.eq(k, knots.length), t, f64.mul(t, f64.sub(element(address, k), x)));
  return conditional(i32.eqz(k), f64.sub(x, knots[0]!), inside);
}

function curve(
  f: FunctionBuilder<{ x: 'f64' }>,
  table: FlatTable,
  order: number,
  parts: Parts,
  k: Local<'i32'>,
  x: Local<'f64'>,
): Statement[] {
  const { x: knots, values, between, outside } = table;
  const n = knots.length;
  const end = (at: number): Statement[] => {
    const slope = endSlope(table, at);
    if (order > 0) return [returns(f64.const(order === 1 ? slope : 0))];
    const far = f64.sub(x, knots[at]!);
    const value = f64.add(values[at]!, f64.mul(slope, far));
    return [returns(outside === 'error' ? select(f64.ne(far, 0), f64.const(NaN), value) : value)];
  };
  const local = (name: string) => f.local('f64', name);
  const [t, h, s, c2, c3] = [local('t'), local('h'), local('s'), local('c2'), local('c3')];
  const x0 = element(parts.x, k, -1);
  const y0 = element(parts.values, k, -1);
  const inside = (): Statement[] => {
    if (between === 'previous') return [returns(order === 0 ? y0 : f64.const(0))];
    if (between === 'linear' && order > 1) return [returns(f64.const(0))];
    const start = [
      set(t, f64.sub(x, x0)),
      set(h, f64.sub(element(parts.x, k), x0)),
      set(s, f64.div(f64.sub(element(parts.values, k), y0), h)),
    ];
    if (between === 'linear') return [...start, returns(order === 0 ? f64.add(y0, f64.mul(s, t)) : s)];
    const d0 = element(parts.slopes, k, -1);
    const d1 = element(parts.slopes, k);
    const cubic: Statement[] = [
      ...start,
      set(c2, f64.div(f64.sub(f64.sub(f64.mul(3, s), d1), f64.mul(2, d0)), h)),
      set(c3, f64.div(f64.sub(f64.add(d0, d1), f64.mul(2, s)), f64.mul(h, h))),
    ];
    const value = [
      () => f64.add(y0, f64.mul(t, f64.add(d0, f64.mul(t, f64.add(c2, f64.mul(t, c3)))))),
      () => f64.add(d0, f64.mul(t, f64.add(f64.mul(2, c2), f64.mul(t, f64.mul(3, c3))))),
      () => f64.add(f64.mul(2, c2), f64.mul(t, f64.mul(6, c3))),
      () => f64.mul(6, c3),
    ][order];
    return value === undefined ? [returns(f64.const(0))] : [...cubic, returns(value())];
  };
  return [when(i32.eqz(k), end(0)), when(i32.eq(k, n), end(n - 1)), ...inside()];
}

function surface(
  f: FunctionBuilder<{ x: 'f64'; y: 'f64' }>,
  { x: xs, y: ys = [], between, outside }: FlatTable,
  orders: readonly number[],
  parts: Parts,
  search: Search,
  x: Local<'f64'>,
  y: Local<'f64'>,
): Statement[] {
  const [dx, dy] = orders as [number, number];
  const m = ys.length;
  const value = (at: I32, offset = 0): F64 => element(parts.values, at, offset);
  if (between === 'previous') {
    if (dx + dy > 0) return [returns(f64.const(0))];
    const i = f.local('i32', 'i');
    const j = f.local('i32', 'j');
    const index = (into: Local<'i32'>, address: number, count: number, v: Local<'f64'>): Statement[] => [
      set(into, call<'i32'>(search, address, count, v)),
      set(into, i32.sub(into, i32.ne(into, 0))),
    ];
    const at = i32.add(i32.mul(i, m), j);
    return [
      ...index(i, parts.x, xs.length, x),
      ...index(j, parts.y, m, y),
      returns(f64.add(f64.add(value(at), f64.sub(x, x)), f64.sub(y, y))),
    ];
  }
  if (dx > 1 || dy > 1) return [returns(f64.const(0))];
  const held = outside !== 'linear';
  const cell = (name: string, address: number, count: number, v: Local<'f64'>) => {
    const at = f.local('i32', `${name} cell`);
    const share = f.local('f64', `${name} share`);
    const per = f.local('f64', `${name} per`);
    const last = count - 2;
    const statements: Statement[] = [
      set(at, call<'i32'>(search, address, count, v)),
      set(at, i32.sub(at, i32.ne(at, 0))),
      when(i32.gt(at, last), [set(at, last)]),
      set(per, f64.div(1, f64.sub(element(address, at, 1), element(address, at)))),
      set(share, f64.mul(f64.sub(v, element(address, at)), per)),
      ...(held
        ? [
            when(f64.lt(share, 0), [set(share, 0), set(per, 0)]),
            when(f64.gt(share, 1), [set(share, 1), set(per, 0)]),
          ]
        : []),
    ];
    return { at, share, per, statements };
  };
  const u = cell('x', parts.x, xs.length, x);
  const v = cell('y', parts.y, m, y);
  const at = f.local('i32', 'at');
  const corners = ['z00', 'z01', 'z10', 'z11'].map((name) => f.local('f64', name));
  const [z00, z01, z10, z11] = corners as [Local<'f64'>, Local<'f64'>, Local<'f64'>, Local<'f64'>];
  const rest = (share: Local<'f64'>): F64 => f64.sub(1, share);
  const blend = (a: F64, b: F64, share: Local<'f64'>): F64 =>
    f64.add(f64.mul(a, rest(share)), f64.mul(b, share));
  const result = (): F64 => {
    if (dx === 1 && dy === 1)
      return f64.mul(f64.mul(f64.add(f64.sub(f64.sub(z11, z10), z01), z00), u.per), v.per);
    if (dx === 1) return f64.mul(blend(f64.sub(z10, z00), f64.sub(z11, z01), v.share), u.per);
    if (dy === 1) return f64.mul(blend(f64.sub(z01, z00), f64.sub(z11, z10), u.share), v.per);
    const whole = blend(blend(z00, z10, u.share), blend(z01, z11, u.share), v.share);
    if (outside !== 'error') return whole;
    const beyond = (knots: readonly number[], given: Local<'f64'>): I32 =>
      i32.or(f64.lt(given, knots[0]!), f64.gt(given, knots.at(-1)!));
    return select(i32.or(beyond(xs, x), beyond(ys, y)), f64.const(NaN), whole);
  };
  return [
    ...u.statements,
    ...v.statements,
    set(at, i32.add(i32.mul(u.at, m), v.at)),
    set(z00, value(at)),
    set(z01, value(at, 1)),
    set(z10, value(at, m)),
    set(z11, value(at, m + 1)),
    returns(result()),
  ];
}
