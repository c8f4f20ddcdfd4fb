/**
 * From a step's start to a time by which crossing functions have changed: the earliest at which one of them has, as `narrow` of
 * `runtime/events/locate.ts` finds it, to the last bit.
 */
import type { Context } from '../context.ts';
import {
  block,
  both,
  branch,
  branchIf,
  conditional,
  either,
  f64,
  forElements,
  forRange,
  i32,
  label,
  loop,
  returns,
  run,
  set,
  tee,
  when,
} from '../wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  Statement,
  ValueType,
} from '../wasm/index.ts';
import { changed } from './crossing-rules.ts';

type F = Local<'f64'>;
type AnyFunction = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** Up to this many functions stay in locals, each with its own code. */
const FEW = 4;

/** Where values of all functions lie, one array each. */
export interface NarrowCells {
  low: number;
  high: number;
  third: number;
}

/**
 * `(from, to, end)`: `high` holds the values at `end`, and in the end those at the time that it gives. `look(t, from, to)` puts those of a time within the
 * step into memory.
 */
export function narrowing(
  context: Context,
  name: string,
  look: FunctionHandle,
  cells: NarrowCells,
): FunctionHandle {
  const f = context.module.function(`${name} narrow`, {
    params: { from: 'f64', to: 'f64', end: 'f64' },
    results: ['f64'],
  });
  const { from, to, end } = f.params;
  const own = f as unknown as AnyFunction;
  const { crossings } = context.plan.manifest.layout;
  const { statements, time } = narrowed(own, context, { from, end }, (root) => {
    const functions =
      crossings.count <= FEW ? few(own, context, cells, root) : many(own, context, cells, root);
    return { ...functions, looked: (t) => [run(look, [t, from, to]), ...functions.looked] };
  });
  f.body = [...statements, returns(time)];
  return f;
}

/** The same on the spot, from the step's start to `end`, by what is done with the values of functions; the time that it finds. */
export function narrowed(
  f: AnyFunction,
  { plan }: Context,
  { from, end }: { from: F; end: F },
  by: (root: Root) => Narrowed,
): { statements: Statement[]; time: F } {
  const [a, b, c, weight, tolerance, width, guess] = f.named(
    'f64',
    'a',
    'b',
    'c',
    'weight',
    'tolerance',
    'width',
    'guess',
  );
  const [side, slow, round] = f.named('i32', 'side', 'slow rounds', 'round');
  const functions = by(rooted(f, { a, b, c, width, weight, guess, side }));
  const [exit, again] = [label('narrow enough'), label('round')];
  const half = (turned: number): F64 => conditional(i32.eq(side, turned), f64.div(weight, 2), f64.const(1));
  const statements: Statement[] = [
    set(a, from),
    set(b, end),
    set(c, f64.load(0, plan.manifest.layout.located.time)),
    ...functions.begin,
    set(weight, 1),
    set(side, 0),
    set(slow, 0),
    set(round, 0),
    block(exit, [
      loop(again, [
        branchIf(exit, i32.ge(round, 300)),
        set(round, i32.add(round, 1)),
        set(tolerance, f64.mul(4 * Number.EPSILON, f64.max(f64.abs(b), f64.sub(b, a)))),
        set(width, f64.sub(b, a)),
        branchIf(exit, f64.le(width, tolerance)),
        set(guess, b),
        ...functions.roots,
        when(
          either(i32.ge(slow, 3), i32.eqz(f64.ge(guess, a))),
          [set(guess, f64.add(a, f64.div(width, 2))), set(slow, 0)],
          [
            set(
              guess,
              f64.min(
                f64.max(guess, f64.add(a, f64.mul(0.75, tolerance))),
                f64.sub(b, f64.mul(0.75, tolerance)),
              ),
            ),
          ],
        ),
        branchIf(exit, i32.eqz(f64.gt(guess, a))),
        branchIf(exit, i32.eqz(f64.lt(guess, b))),
        ...functions.looked(guess),
        when(
          functions.isCrossed,
          [set(c, b), ...functions.becomesHigh, set(b, guess), set(weight, half(1)), set(side, 1)],
          [set(c, a), ...functions.becomesLow, set(a, guess), set(weight, half(-1)), set(side, -1)],
        ),
        when(f64.gt(f64.sub(b, a), f64.div(width, 2)), [set(slow, i32.add(slow, 1))], [set(slow, 0)]),
        branch(again),
      ]),
    ]),
    ...functions.end,
  ];
  return { statements, time: b };
}

/** `one`: no other function is there, so that it is this that has changed. */
export type Root = (low: F64, high: F64, third: F64, one?: boolean) => Statement[];

/** Makes `guess` the earliest of the roots that functions seem to have. */
function rooted(
  f: AnyFunction,
  {
    a,
    b,
    c,
    width,
    weight,
    guess,
    side,
  }: Record<'a' | 'b' | 'c' | 'width' | 'weight' | 'guess', F> & {
    side: Local<'i32'>;
  },
): Root {
  const [gl, gh, gc, root] = f.named('f64', 'low', 'high', 'third', 'root');
  return (low, high, third, one = false) => {
    const rooted: Statement[] = [
      set(gc, third),
      set(
        root,
        f64.add(
          a,
          f64.add(
            f64.div(f64.mul(f64.mul(width, gl), gc), f64.mul(f64.sub(gh, gl), f64.sub(gh, gc))),
            f64.div(f64.mul(f64.mul(f64.sub(c, a), gl), gh), f64.mul(f64.sub(gc, gl), f64.sub(gc, gh))),
          ),
        ),
      ),
      when(i32.eqz(both(f64.gt(root, a), f64.lt(root, b))), [
        when(i32.gt(side, 0), [set(gl, f64.mul(gl, weight))]),
        when(i32.lt(side, 0), [set(gh, f64.mul(gh, weight))]),
        set(root, a),
        when(f64.ne(gl, 0), [set(root, f64.add(a, f64.div(f64.mul(width, gl), f64.sub(gl, gh))))]),
      ]),
      when(f64.lt(root, guess), [set(guess, root)]),
    ];
    return [set(gl, low), set(gh, high), ...(one ? rooted : [when(changed(gl, gh), rooted)])];
  };
}

/** What is done with the values of functions. */
export interface Narrowed {
  begin: Statement[];
  roots: Statement[];
  /** Looks at a time. */
  looked: (t: F) => Statement[];
  /** One has changed since the step's start. */
  isCrossed: I32;
  becomesHigh: Statement[];
  becomesLow: Statement[];
  end: Statement[];
}

/** The same where looks are somebody else's. */
type Functions = Omit<Narrowed, 'looked'> & { looked: Statement[] };

function few(f: AnyFunction, { plan }: Context, cells: NarrowCells, root: Root): Functions {
  const { crossings, located } = plan.manifest.layout;
  const each = [...Array(crossings.count).keys()];
  const [begin, now, low, high, third] = f.namedEach(
    'f64',
    crossings.count,
    'at start',
    'now',
    'low',
    'high',
    'third',
  );
  const read = (into: readonly F[], from: number): Statement[] =>
    each.map((n) => set(into[n]!, f64.load(0, from + 8 * n)));
  const all = (into: readonly F[], from: readonly F[]): Statement[] =>
    each.map((n) => set(into[n]!, from[n]!));
  return {
    begin: [
      ...read(begin, located.begin.address),
      ...read(high, cells.high),
      ...all(low, begin),
      ...read(third, located.before.address),
    ],
    roots: each.flatMap((n) => root(low[n]!, high[n]!, third[n]!)),
    looked: read(now, crossings.address),
    isCrossed: each.map((n) => changed(begin[n]!, now[n]!)).reduce((any, one) => i32.or(any, one)),
    becomesHigh: [...all(third, high), ...all(high, now)],
    becomesLow: [...all(third, low), ...all(low, now)],
    end: each.map((n) => f64.store(0, high[n]!, cells.high + 8 * n)),
  };
}

function many(f: AnyFunction, { plan }: Context, cells: NarrowCells, root: Root): Functions {
  const { crossings, located } = plan.manifest.layout;
  const bytes = 8 * crossings.count;
  const [at, crossed] = f.named('i32', 'at', 'is crossed');
  const [none, next] = [label('as it was'), label('next function')];
  const cell = (region: number): F64 => f64.load(at, region);
  const copied = (from: number, to: number): Statement[] =>
    forElements(f, at, 0, bytes, [f64.store(at, cell(from), to)]);
  return {
    begin: [...copied(located.begin.address, cells.low), ...copied(located.before.address, cells.third)],
    roots: [forRange(at, 0, bytes, root(cell(cells.low), cell(cells.high), cell(cells.third)), 8)],
    looked: [
      set(crossed, 0),
      set(at, 0),
      block(none, [
        loop(next, [
          set(crossed, changed(cell(located.begin.address), cell(crossings.address))),
          branchIf(none, crossed),
          branchIf(next, i32.lt(tee(at, i32.add(at, 8)), bytes)),
        ]),
      ]),
    ],
    isCrossed: crossed,
    becomesHigh: [...copied(cells.high, cells.third), ...copied(crossings.address, cells.high)],
    becomesLow: [...copied(cells.low, cells.third), ...copied(crossings.address, cells.low)],
    end: [],
  };
}
