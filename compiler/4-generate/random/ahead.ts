/**
 * Draws made ahead: eight blocks of a stream, sixteen draws, at a time, as vectors, kept beside the saved state. What is kept is a function of the
 * stream's key and counter, and carries both: after a restored state, a branch or a rewind it is found again, or made anew. So it is
 * no state, and a draw has the bits that it has when it is made alone.
 */
import type { Library } from '../elementary/index.ts';
import { logOfTwo } from '../elementary/in-pairs.ts';
import {
  after,
  call,
  f64,
  f64x2,
  i32,
  i32x4,
  i64,
  i64x2,
  label,
  loop,
  branchIf,
  returns,
  run,
  set,
  tee,
  v128,
  when,
} from '../wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  I64,
  Local,
  LocalOwner,
  ModuleBuilder,
  Statement,
  V128,
  ValueType,
} from '../wasm/index.ts';

/** Draws that are made at once. */
const AHEAD = 16;
/** Of a line: key, counter and kind, replication and attempt, the numbers. */
const [keyAt, counterAt, restAt, numbersAt] = [0, 8, 16, 32];
/** A whole number of streams long. */
export const LINE_BYTES = 24 * Math.ceil((numbersAt + 8 * AHEAD) / 24);
/** Streams beyond these draw one by one. */
export const MOST_LINES = 256;

/** Where streams and what was drawn ahead for them lie. */
export interface AheadPlan {
  streams: number;
  streamBytes: number;
  lines: number;
  count: number;
  of: number;
}

type Kind = 'unit' | 'exponential';
export interface Ahead {
  /** `(stream) → f64`, which moves the stream on. */
  (kind: Kind, alone: FunctionHandle): FunctionHandle;
  /** The same in place, for a stream at a known address; undefined where none are made ahead for it. */
  inPlace: (kind: Kind, owner: LocalOwner, stream: number) => F64 | undefined;
}

export function drawnAhead(m: ModuleBuilder, math: Library, plan: AheadPlan): Ahead {
  let units: FunctionHandle | undefined;
  const made = new Map<Kind, { first: FunctionHandle; fill: FunctionHandle }>();
  const tagOf = (kind: Kind, counter: I64): I64 =>
    i64.or(i64.shrU(counter, BigInt(Math.log2(AHEAD))), kind === 'unit' ? 1n << 61n : 2n << 61n);

  /** What is there already in few instructions; else by the first of some. */
  const next = (
    kind: Kind,
    owner: LocalOwner,
    { first, fill }: { first: FunctionHandle; fill: FunctionHandle },
    stream: I32,
    line: I32,
  ): F64 => {
    const [counter, number] = [owner.local('i64', 'counter'), owner.local('f64', 'number')];
    const place = owner.local('i32', 'place');
    const differs = (a: I64, b: I64): I64 => i64.xor(a, b);
    const isOther = i64.or(
      i64.or(
        differs(i64.load(line, keyAt), i64.load(stream)),
        differs(i64.load(line, restAt), i64.load(stream, 16)),
      ),
      differs(i64.load(line, counterAt), tagOf(kind, counter)),
    );
    return after(
      [
        set(counter, i64.load(stream, 8)),
        when(
          i64.ne(isOther, 0n),
          [set(number, call<'f64'>(first, stream, line))],
          [
            set(place, i32.and(i32.fromI64(counter), AHEAD - 1)),
            set(number, f64.load(i32.add(line, i32.shl(place, 3)), numbersAt)),
            i64.store(stream, i64.add(counter, 1n), 8),
            // Made now, the next ones are there when they are asked for, and nobody waits for them.
            when(i32.eq(place, AHEAD - 1), [run(fill, [stream, line])]),
          ],
        ),
      ],
      number,
    );
  };

  const functionFor = (kind: Kind, alone: FunctionHandle): FunctionHandle => {
    const f = m.function(`next ${kind}`, { params: { stream: 'i32' }, results: ['f64'] });
    const { stream } = f.params;
    const line = f.local('i32', 'line');
    const fill = m.function(`${kind}s ahead`, { params: { stream: 'i32', line: 'i32' } });
    {
      const { stream: of, line: into } = fill.params;
      fill.body = [
        run((units ??= unitsAhead(m)), [of, into]),
        ...(kind === 'unit' ? [] : exponentials(m, fill, math.log)),
        i64.store(into, i64.load(of), keyAt),
        i64.store(into, tagOf(kind, i64.load(of, 8)), counterAt),
        i64.store(into, i64.load(of, 16), restAt),
      ];
    }
    const first = m.function(`first ${kind}`, {
      params: { stream: 'i32', line: 'i32' },
      results: ['f64'],
    });
    {
      const { stream: of, line: from } = first.params;
      first.body = [
        // A first draw may be the only one, and one with attempts is made alone.
        when(i32.or(i64.eqz(i64.load(of, 8)), i32.ne(i32.load(of, 20), 0)), [
          returns(call<'f64'>(alone, of)),
        ]),
        run(fill, [of, from]),
        returns(call<'f64'>(f, of)),
      ];
    }
    made.set(kind, { first, fill });
    f.body = [
      ...(plan.count < plan.of
        ? [
            when(i32.geU(stream, plan.streams + plan.count * plan.streamBytes), [
              returns(call<'f64'>(alone, stream)),
            ]),
          ]
        : []),
      set(line, i32.add(i32.mul(i32.sub(stream, plan.streams), LINE_BYTES / plan.streamBytes), plan.lines)),
      returns(next(kind, f, { first, fill }, stream, line)),
    ];
    return f;
  };

  const inPlace: Ahead['inPlace'] = (kind, owner, stream) => {
    const parts = made.get(kind);
    const number = (stream - plan.streams) / plan.streamBytes;
    return parts === undefined || number >= plan.count
      ? undefined
      : next(kind, owner, parts, i32.const(stream), i32.const(plan.lines + LINE_BYTES * number));
  };
  return Object.assign(functionFor, { inPlace });
}

/** Pairs that are taken side by side: each step waits for the one before it, and the others have theirs meanwhile. */
const PAIRS = 2;

/** -log(1 - u) of the numbers of a line: 1 - u is an ordinary number. */
function exponentials(
  m: ModuleBuilder,
  f: FunctionBuilder<{ stream: 'i32'; line: 'i32' }>,
  log: FunctionHandle,
): Statement[] {
  const { line } = f.params;
  const at = f.local('i32', 'at');
  const pairs = Array.from({ length: PAIRS }, (_, n) => {
    const both = f.local('v128', '1 - u');
    const place = numbersAt + 16 * n;
    return { both, place, ...logOfTwo(m, f as unknown as AnyFunction, both) };
  });
  const sideBySide = (of: (pair: (typeof pairs)[number]) => Statement[]): Statement[] => {
    const each = pairs.map(of);
    return each[0]!.flatMap((_, step) => each.map((steps) => steps[step]!));
  };
  const next = label('next pairs');
  return [
    set(at, line),
    loop(next, [
      ...sideBySide(({ both, place, before }) => [
        set(both, f64x2.sub(f64x2.splat(1), f64x2.load(at, place))),
        ...before,
      ]),
      when(
        pairs.map(({ isRare }) => isRare).reduce((a, b) => i32.or(a, b)),
        sideBySide(({ both, place }) => [
          f64x2.store(at, f64x2.neg(call<'v128'>(log.inPairs!(), both)), place),
        ]),
        [
          ...sideBySide(({ rest }) => rest),
          when(
            v128.anyTrue(pairs.map(({ isMiddle }) => isMiddle).reduce((a, b) => v128.or(a, b))),
            sideBySide(({ place, middle, value }) => [...middle, f64x2.store(at, f64x2.neg(value), place)]),
            sideBySide(({ place, elsewhere }) => [f64x2.store(at, f64x2.neg(elsewhere), place)]),
          ),
        ],
      ),
      branchIf(next, i32.lt(tee(at, i32.add(at, 16 * PAIRS)), i32.add(line, 8 * AHEAD))),
    ]),
  ];
}
type AnyFunction = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** What keys grow by from round to round. */
const [W0, W1] = [0x9e3779b9 | 0, 0xbb67ae85 | 0];

/**
 * (stream, line): Philox 4x32-10 of the eight blocks that the stream's next draws are among, as sixteen numbers in (0, 1). Four blocks lie
 * side by side, and the two fours go through the rounds together, as each waits for its products.
 */
function unitsAhead(m: ModuleBuilder): FunctionHandle {
  const f = m.function('units ahead', { params: { stream: 'i32', line: 'i32' } });
  const { stream, line } = f.params;
  const vector = (name: string): Local<'v128'> => f.local('v128', name);
  const [k0, k1, m0, m1, w0, w1] = ['k0', 'k1', 'm0', 'm1', 'w0', 'w1'].map(vector) as Six;
  const lowest = vector('four counters');
  const fours = [0, 4].map((at) => {
    const [c0, c1, c2, c3] = ['c0', 'c1', 'c2', 'c3'].map(vector) as Four;
    const [p0, p1, q0, q1] = ['p0 low', 'p1 low', 'p0 high', 'p1 high'].map(vector) as Four;
    return { at, c0, c1, c2, c3, p0, p1, q0, q1 };
  });
  const [product, block] = f.named('i64', 'product', 'first block');
  const [common, c1Common] = f.named('i32', 'c0 of all', 'c1 of all');
  const upper = (of: I64): I32 => i32.fromI64(i64.shrU(of, 32n));
  const high = (low: V128, upper: V128): V128 => i32x4.shuffle(low, upper, [1, 3, 5, 7]);
  const low = (lower: V128, upper: V128): V128 => i32x4.shuffle(lower, upper, [0, 2, 4, 6]);
  /** Upper 52 bits of two words as an odd multiple of 2^-53: 1 + them, less 1 - 2^-53, both exact. */
  const unit = (words: V128): V128 =>
    f64x2.sub(v128.or(i64x2.shrU(words, 12), i64x2.splat(0x3ff0000000000000n)), f64x2.splat(1 - 2 ** -53));
  f.body = [
    set(m0, i32x4.splat(0xd2511f53 | 0)),
    set(m1, i32x4.splat(0xcd9e8d57 | 0)),
    set(w0, i32x4.splat(W0)),
    set(w1, i32x4.splat(W1)),
    set(block, i64.shrU(i64.and(i64.load(stream, 8), BigInt(-AHEAD)), 1n)),
    // The lowest bits of the counters: 0, 1, 2, 3 as lanes of 32 bits, and four more.
    set(
      lowest,
      i32x4.add(
        i32x4.splat(i32.fromI64(block)),
        i32x4.shuffle(i64x2.splat(1n << 32n), i64x2.splat((3n << 32n) | 2n), [0, 1, 4, 5]),
      ),
    ),
    // Of the first two rounds half of the products are of words that all counters have in common.
    set(product, i64.mul(i64.fromU32(i32.load(stream, 16)), 0xcd9e8d57n)),
    set(common, i32.xor(upper(product), i32.xor(upper(block), i32.load(stream)))),
    set(c1Common, i32.fromI64(product)),
    set(product, i64.mul(i64.fromU32(common), 0xd2511f53n)),
    ...fours.flatMap(({ at, c0, c1, c2, c3, p0, q0, p1, q1 }) => [
      set(c0, at === 0 ? lowest : i32x4.add(lowest, i32x4.splat(at))),
      set(p0, i32x4.productsLow(c0, m0)),
      set(q0, i32x4.productsHigh(c0, m0)),
      set(c2, v128.xor(high(p0, q0), i32x4.splat(i32.xor(i32.load(stream, 20), i32.load(stream, 4))))),
      set(c3, low(p0, q0)),
      set(p1, i32x4.productsLow(c2, m1)),
      set(q1, i32x4.productsHigh(c2, m1)),
      set(c0, v128.xor(high(p1, q1), i32x4.splat(i32.xor(c1Common, i32.add(i32.load(stream), W0))))),
      set(c1, low(p1, q1)),
      set(c2, v128.xor(c3, i32x4.splat(i32.xor(upper(product), i32.add(i32.load(stream, 4), W1))))),
      set(c3, i32x4.splat(i32.fromI64(product))),
    ]),
    set(k0, i32x4.splat(i32.add(i32.load(stream), (2 * W0) | 0))),
    set(k1, i32x4.splat(i32.add(i32.load(stream, 4), (2 * W1) | 0))),
    ...Array.from({ length: 8 }, (_, round): Statement[] => [
      ...fours.flatMap(({ c0, c1, c2, c3, p0, p1, q0, q1 }) => [
        set(p1, i32x4.productsLow(c2, m1)),
        set(q1, i32x4.productsHigh(c2, m1)),
        set(p0, i32x4.productsLow(c0, m0)),
        set(q0, i32x4.productsHigh(c0, m0)),
        set(c0, v128.xor(high(p1, q1), v128.xor(c1, k0))),
        set(c1, low(p1, q1)),
        set(c2, v128.xor(high(p0, q0), v128.xor(c3, k1))),
        set(c3, low(p0, q0)),
      ]),
      ...(round < 7 ? [set(k0, i32x4.add(k0, w0)), set(k1, i32x4.add(k1, w1))] : []),
    ]).flat(),
    // Words 0 and 1 of two blocks, and their words 2 and 3; a draw and the next one are the two of a block.
    ...fours.flatMap(({ at, c0, c1, c2, c3, p0, q0 }) =>
      [0, 2].flatMap((n) => [
        set(p0, unit(i32x4.shuffle(c1, c0, [n, 4 + n, n + 1, 5 + n]))),
        set(q0, unit(i32x4.shuffle(c3, c2, [n, 4 + n, n + 1, 5 + n]))),
        f64x2.store(line, i32x4.shuffle(p0, q0, [0, 1, 4, 5]), numbersAt + 16 * (at + n)),
        f64x2.store(line, i32x4.shuffle(p0, q0, [2, 3, 6, 7]), numbersAt + 16 * (at + n + 1)),
      ]),
    ),
  ];
  return f;
}

type Four = [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];
type Six = [...Four, Local<'v128'>, Local<'v128'>];
