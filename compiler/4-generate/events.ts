/** Conditions, actions and their pending writes: what happens at an instant. */
import { Status } from '../../runtime/contract/kernel.ts';
import type { FlatExpression, FlatLoop } from '../ir/flat-expression.ts';
import type { Context } from './context.ts';
import { elementOffset, number, place, Scope, truth } from './expression.ts';
import { f64, forRange, i32, returns, run, set, switchOn, tee, when } from './wasm/index.ts';
import type { F64, FunctionBuilder, I32, Local, Statement, ValueType } from './wasm/index.ts';

/** `dynamic`, `at`: where the crossing function lies. */
function kinkValue(
  context: Context,
  value: F64,
  size: F64,
  { dynamic, at }: { dynamic: I32 | undefined; at: number },
): Statement[] {
  const { crossings: all, kinks } = context.plan.manifest.layout;
  const { first, ...places } = kinks!;
  const inRegion = (address: number): [I32 | number, number] =>
    place(dynamic, address + at - (all.address + 8 * first));
  const cell = (region: number): F64 => f64.load(...inRegion(region));
  const store = (region: number, what: F64): Statement => {
    const [address, offset] = inRegion(region);
    return f64.store(address, what, offset);
  };
  const [address, offset] = place(dynamic, at);
  return [
    store(places.value, value),
    store(places.size, size),
    f64.store(address, f64.add(f64.mul(cell(places.side), cell(places.value)), cell(places.slack)), offset),
  ];
}

const PENDING_BYTES = 16;

export function crossings(context: Context): FunctionBuilder {
  const f = context.module.function('crossings', {});
  const outer = new Scope(context, f);
  const base = context.plan.manifest.layout.crossings.address;
  context.system.crossings.forEach((crossing, id) => {
    const scope = outer.inner(crossing.loops);
    const { dynamic, constant } = position(scope, crossing.loops);
    const value = number(scope, crossing.value);
    const at = base + 8 * context.plan.crossingOffsets[id]! + constant;
    const [address, offset] = place(dynamic, at);
    f.body.push(
      ...scope.loop(
        crossing.loops,
        crossing.kink === undefined
          ? [f64.store(address, value, offset)]
          : kinkValue(context, value, number(scope, crossing.kink.size), { dynamic, at }),
      ),
    );
  });
  return f;
}

/** Compares conditions with their last truths; changes go to the queue. */
export function detect(context: Context): FunctionBuilder<{ learn: 'i32' }> {
  const f = context.module.function('detect', { params: { learn: 'i32' }, results: ['i32'] });
  const { truths, queue } = context.plan.manifest.layout;
  const count = f.local('i32', 'changes');
  const now = f.local('i32', 'now');
  const value = f.local('f64', 'value');
  const outer = new Scope(context, f as unknown as FunctionBuilder);
  context.system.handlers.forEach((handler, id) => {
    if (handler.condition === undefined) return;
    const scope = outer.inner(handler.loops);
    const { dynamic, constant } = position(scope, handler.loops);
    const first = 8 * context.plan.manifest.handlers[id]!.offset + constant;
    const [address, offset] = place(dynamic, truths.address + first);
    // `offset` of the instance among the handler's own, as the queue wants it.
    const instance = i32.add(dynamic === undefined ? 0 : i32.shrU(dynamic, 3), constant / 8);
    const counts = handler.edge === 'change';
    const changed = counts
      ? f64.ne(value, f64.load(address, offset))
      : i32.ne(now, f64.ne(f64.load(address, offset), 0));
    const listens =
      handler.guard === undefined
        ? i32.eqz(f.params.learn)
        : i32.and(i32.eqz(f.params.learn), truth(scope, handler.guard));
    const note: Statement[] = [
      when(changed, [
        f64.store(address, counts ? value : f64.fromI32(now), offset),
        when(listens, [
          i32.store(i32.add(queue.address, i32.shl(count, 3)), id),
          i32.store(
            i32.add(queue.address + 4, i32.shl(count, 3)),
            i32.or(i32.shl(instance, 1), counts ? 1 : now),
          ),
          set(count, i32.add(count, 1)),
        ]),
      ]),
    ];
    const look = counts
      ? set(value, number(scope, handler.condition))
      : set(now, truth(scope, handler.condition));
    const body = scope.loop(handler.loops, [look, ...note]);
    f.body.push(...(handler.firesAtStart ? [when(i32.eqz(f.params.learn), body)] : body));
  });
  f.body.push(returns(count));
  return f;
}

/**
 * Whether any condition differs from its last truth: 1 at the first one. What is not listened to now is noted, as `detect` does.
 */
export function watch(context: Context): FunctionBuilder {
  const f = context.module.function('watch', { results: ['i32'] });
  const { truths } = context.plan.manifest.layout;
  const now = f.local('i32', 'now');
  const value = f.local('f64', 'value');
  const outer = new Scope(context, f);
  context.system.handlers.forEach((handler, id) => {
    if (handler.condition === undefined) return;
    const scope = outer.inner(handler.loops);
    const { dynamic, constant } = position(scope, handler.loops);
    const [address, offset] = place(
      dynamic,
      truths.address + 8 * context.plan.manifest.handlers[id]!.offset + constant,
    );
    const counts = handler.edge === 'change';
    const last = f64.load(address, offset);
    const changed = counts ? f64.ne(value, last) : i32.ne(now, f64.ne(last, 0));
    const found = returns(i32.const(1));
    const note =
      handler.guard === undefined
        ? [found]
        : [
            when(truth(scope, handler.guard), [found]),
            f64.store(address, counts ? value : f64.fromI32(now), offset),
          ];
    const look = counts
      ? set(value, number(scope, handler.condition))
      : set(now, truth(scope, handler.condition));
    f.body.push(...scope.loop(handler.loops, [look, when(changed, note)]));
  });
  f.body.push(returns(i32.const(0)));
  return f;
}

/** The function `fire` of a kernel: what an instance of a handler sets is noted, and set by `commit`. */
export function fire(context: Context): FunctionBuilder<{ handler: 'i32'; instance: 'i32' }> {
  const f = context.module.function('fire', { params: { handler: 'i32', instance: 'i32' } });
  const cases = context.system.handlers.map((handler, id) => {
    if (handler.actions.length === 0) return [];
    const own = context.module.function(`fire ${handler.name}`, { params: { instance: 'i32' } });
    const { scope, statements } = atInstance(context, own, handler.loops, own.params.instance);
    own.body = statements;
    for (const action of handler.actions) {
      const variable = action.target.variable;
      const { dynamic, constant } = elementOffset(scope, variable, action.target.index);
      const write = run(pend(context), [
        i32.add(dynamic ?? 0, context.plan.addresses[variable]! + constant),
        i32.add(
          dynamic === undefined ? 0 : i32.shrU(dynamic, 1),
          context.plan.scratch.writers.get(variable)! + constant / 2,
        ),
        i32.const(id + 1),
        i32.const(variable),
        i32.add(dynamic === undefined ? 0 : i32.shrU(dynamic, 3), constant / 8),
        number(scope, action.value),
      ]);
      own.body.push(action.guard === undefined ? write : when(truth(scope, action.guard), [write]));
    }
    return [run(own, [f.params.instance])];
  });
  f.body = [switchOn(f.params.handler, cases)];
  return f;
}

const pends = new WeakMap<object, ReturnType<typeof makePend>>();
const pend = (context: Context): ReturnType<typeof makePend> => {
  let made = pends.get(context);
  if (made === undefined) pends.set(context, (made = makePend(context)));
  return made;
};

/** Queues one write; a second writer of a cell is put into the status cell and changes nothing. */
function makePend(context: Context) {
  const { scratch, manifest } = context.plan;
  const f = context.module.function('pend', {
    params: { cell: 'i32', writer: 'i32', mark: 'i32', variable: 'i32', element: 'i32', value: 'f64' },
  });
  const { cell, writer, mark, variable, element, value } = f.params;
  const { status } = manifest.layout;
  const entry = f.local('i32', 'entry');
  const other = f.local('i32', 'other');
  f.body = [
    when(tee(other, i32.load(writer)), [
      i32.store(0, Status.twoWriters, status),
      i32.store(0, variable, status + 4),
      i32.store(0, element, status + 8),
      i32.store(0, i32.sub(other, 1), status + 12),
      i32.store(0, i32.sub(mark, 1), status + 16),
      returns(),
    ]),
    i32.store(writer, mark),
    set(entry, i32.mul(i32.load(0, scratch.pendingCount), PENDING_BYTES)),
    i32.store(entry, cell, scratch.pending.address),
    i32.store(entry, writer, scratch.pending.address + 4),
    f64.store(entry, value, scratch.pending.address + 8),
    i32.store(0, i32.add(i32.load(0, scratch.pendingCount), 1), scratch.pendingCount),
  ];
  return f;
}

/** The function `commit` of a kernel: sets what was noted. Returns how many values have changed. */
export function commit(context: Context): FunctionBuilder {
  const { pending, pendingCount } = context.plan.scratch;
  const f = context.module.function('commit', { results: ['i32'] });
  const entry = f.local('i32', 'entry');
  const end = f.local('i32', 'end');
  const changed = f.local('i32', 'changed');
  const cell = f.local('i32', 'cell');
  const value = f.local('f64', 'value');
  f.body = [
    set(end, i32.mul(i32.load(0, pendingCount), PENDING_BYTES)),
    forRange(
      entry,
      0,
      end,
      [
        set(cell, i32.load(entry, pending.address)),
        set(value, f64.load(entry, pending.address + 8)),
        i32.store(i32.load(entry, pending.address + 4), 0),
        set(changed, i32.add(changed, f64.ne(f64.load(cell), value))),
        f64.store(cell, value),
      ],
      PENDING_BYTES,
    ),
    i32.store(0, 0, pendingCount),
    returns(changed),
  ];
  return f;
}

/** A function (which, instance) → f64 that picks one of many expressions, each with loops of its own. */
export function choice(
  context: Context,
  name: string,
  parameter: string,
  entries: readonly {
    name: string;
    loops: readonly FlatLoop[];
    value: (scope: Scope, instance: I32) => F64;
  }[],
): FunctionBuilder<Record<string, ValueType>> {
  const f = context.module.function(name, {
    params: { [parameter]: 'i32' as const, instance: 'i32' as const },
    results: ['f64'],
  });
  const result = f.local('f64', 'result');
  const cases = entries.map((entry) => {
    const own = context.module.function(`${name} ${entry.name}`, {
      params: { instance: 'i32' },
      results: ['f64'],
    });
    const { scope, statements } = atInstance(context, own, entry.loops, own.params.instance);
    own.body = [...statements, returns(entry.value(scope, own.params.instance))];
    return [run(own, [f.parameters[1]!], [result])];
  });
  f.body = [set(result, NaN), switchOn(f.parameters[0] as I32, cases), returns(result)];
  return f as unknown as FunctionBuilder<Record<string, ValueType>>;
}

/** Code of an expression; NaN where there is none. */
export const valueOf =
  (expression: FlatExpression | undefined) =>
  (scope: Scope): F64 =>
    expression === undefined ? f64.const(NaN) : number(scope, expression);

/** Sets the loops' counters to those of an instance (row-major). */
function atInstance(
  context: Context,
  owner: FunctionBuilder<{ instance: 'i32' }>,
  loops: readonly FlatLoop[],
  instance: Local<'i32'>,
): { scope: Scope; statements: Statement[] } {
  const scope = new Scope(context, owner as unknown as FunctionBuilder).inner(loops);
  const statements: Statement[] = [];
  let stride = 1;
  for (const loop of loops.toReversed()) {
    const size = loop.to - loop.from;
    const quotient: I32 = stride === 1 ? instance : i32.divU(instance, stride);
    const own = loop === loops[0] ? quotient : i32.remU(quotient, Math.max(size, 1));
    statements.push(set(scope.counters.get(loop.variable)!, i32.shl(i32.add(own, loop.from), 3)));
    stride *= size;
  }
  return { scope, statements };
}

/** Offset in bytes of an instance within its declaration's region: row-major in the loops, starting at their `from`. */
/** Of an instance of the loops, in bytes from the first one's 8. */
export function position(
  scope: Scope,
  loops: readonly FlatLoop[],
): { dynamic: I32 | undefined; constant: number } {
  let dynamic: I32 | undefined;
  let constant = 0;
  let stride = 1;
  for (const loop of loops.toReversed()) {
    const counter = scope.counters.get(loop.variable)!;
    const part = stride === 1 ? counter : i32.mul(counter, stride);
    dynamic = dynamic === undefined ? part : i32.add(part, dynamic);
    constant -= loop.from * stride * 8;
    stride *= loop.to - loop.from;
  }
  return { dynamic, constant };
}
