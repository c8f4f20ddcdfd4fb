/** Expressions of a flow, evaluated for an actor: its instance says where its own loops stand. */
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import type { FlatPlace } from '../../ir/process.ts';
import type { Context } from '../context.ts';
import { drawnInPlace } from '../draws.ts';
import { number, Scope } from '../expression.ts';
import { call, f64, i32, returns, set } from '../wasm/index.ts';
import { demanded, isBeyondDoubt } from './demands.ts';
import type { Demand } from './demands.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  LocalOwner,
  Statement,
} from '../wasm/index.ts';
import { Actor } from './plan.ts';

/** A function (actor) → value, for the interpreter to put its own in place. */
export interface FlowValue {
  handle: FunctionHandle;
  loops: FlatLoop[];
  expression: FlatExpression;
}

export class Values {
  readonly made: FlowValue[] = [];
  private readonly context: Context;
  private readonly inPlace: boolean;

  /** In place of a machine that is walked, no draw can be, as its values are another's. */
  constructor(context: Context, inPlace: boolean) {
    this.context = context;
    this.inPlace = inPlace;
  }

  /** The same within a function, where some draws need no call. */
  within(owner: LocalOwner, name: string, loops: FlatLoop[], expression: FlatExpression, actor: I32): F64 {
    const drawn =
      this.inPlace && loops.length === 0 && expression.kind === 'draw'
        ? drawnInPlace(new Scope(this.context, owner as unknown as FunctionBuilder), owner, expression)
        : undefined;
    return drawn ?? this.of(name, loops, expression, actor);
  }

  /** The value for an actor; a plain number stands for itself. One that is not as it must be stops the flow. */
  of(name: string, loops: FlatLoop[], expression: FlatExpression, actor: I32, demand?: Demand): F64 {
    const isSure = demand === undefined || isBeyondDoubt(expression, demand);
    if (expression.kind === 'number' && isSure) return f64.const(expression.value);
    const value = this.function(name, loops, expression);
    return call<'f64'>(isSure ? value : this.looked(name, loops, value, demand), actor);
  }

  private looked(name: string, loops: FlatLoop[], of: FunctionHandle, demand: Demand): FunctionHandle {
    const f = this.context.module.function(`${name}, looked at`, {
      params: { actor: 'i32' },
      results: ['f64'],
    });
    const value = f.local('f64', 'value');
    f.body = [
      set(value, call<'f64'>(of, f.params.actor)),
      demanded(this.context, loops, demand, value, i32.load(f.params.actor, Actor.instance)),
      returns(value),
    ];
    return f;
  }

  private function(name: string, loops: FlatLoop[], expression: FlatExpression): FunctionHandle {
    const f = this.context.module.function(name, { params: { actor: 'i32' }, results: ['f64'] });
    const { scope, statements } = scopeAt(this.context, f, loops, f.params.actor);
    f.body = [...statements, returns(number(scope, expression))];
    this.made.push({ handle: f, loops, expression });
    return f;
  }
}

/** Loop counters for the instance that an actor belongs to. */
export function scopeAt(
  context: Context,
  owner: LocalOwner,
  loops: readonly FlatLoop[],
  actor: Local<'i32'>,
): { scope: Scope; statements: Statement[] } {
  const scope = new Scope(context, owner as unknown as FunctionBuilder).inner(loops);
  scope.item = actor;
  return { scope, statements: counters(scope, loops, i32.load(actor, Actor.instance)) };
}

/** Row-major, the last loop fastest. */
function counters(scope: Scope, loops: readonly FlatLoop[], instance: I32): Statement[] {
  const statements: Statement[] = [];
  let stride = 1;
  for (const loop of loops.toReversed()) {
    const size = loop.to - loop.from;
    const quotient = stride === 1 ? instance : i32.divU(instance, stride);
    const own = loop === loops[0] ? quotient : i32.remU(quotient, Math.max(size, 1));
    statements.push(set(scope.counters.get(loop.variable)!, i32.shl(i32.add(own, loop.from), 3)));
    stride *= size;
  }
  return statements;
}

/** Which instance of a thing an actor's instance means. */
export function instanceOf(
  loops: readonly FlatLoop[],
  dims: readonly number[],
  { index }: FlatPlace,
  actor: I32,
): I32 {
  if (dims.length === 0) return i32.const(0);
  const same =
    loops.length === dims.length &&
    index.every(
      (one, at) =>
        typeof one !== 'number' &&
        one.loop === loops[at]!.variable &&
        one.offset + loops[at]!.from === 0 &&
        loops[at]!.to - loops[at]!.from === dims[at],
    );
  const instance = i32.load(actor, Actor.instance);
  if (same) return instance;
  let result: I32 | undefined;
  let constant = 0;
  index.forEach((one, axis) => {
    const stride = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
    if (typeof one === 'number') {
      constant += one * stride;
      return;
    }
    const depth = loops.findIndex(({ variable }) => variable === one.loop);
    const loop = loops[depth]!;
    const inner = loops.slice(depth + 1).reduce((total, { from, to }) => total * (to - from), 1);
    const quotient = inner === 1 ? instance : i32.divU(instance, inner);
    const own = depth === 0 ? quotient : i32.remU(quotient, loop.to - loop.from);
    constant += (loop.from + one.offset) * stride;
    const part = stride === 1 ? own : i32.mul(own, stride);
    result = result === undefined ? part : i32.add(result, part);
  });
  return result === undefined ? i32.const(constant) : i32.add(result, constant);
}
