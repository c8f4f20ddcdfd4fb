/**
 * What values must be that steps and places go by: a number, as every comparison with one that is none is false, and one that has a meaning there. A value that is
 * not stops the flow. Nothing is looked at where no value can be wrong.
 */
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import type { FlatResource } from '../../ir/process.ts';
import { some } from '../../ir/expressions.ts';
import { FlowTrouble } from '../../../runtime/contract/kernel.ts';
import type { ManifestFlowValue } from '../../../runtime/contract/flow.ts';
import type { SourceRange } from '../../model/source.ts';
import type { Context } from '../context.ts';
import { isSure } from '../draws.ts';
import { f64, i32, when } from '../wasm/index.ts';
import type { F64, I32, Local, Statement } from '../wasm/index.ts';
import { trouble, troubled } from './flow.ts';

/** `what` of `name`. */
export interface Demand {
  what: string;
  name: string;
  source: SourceRange;
  low?: number;
  high?: number;
  is?: 'condition' | 'time';
}

/** Sums of shares such as 0.1 + 0.2 + 0.7 are 1 but for rounding; so are whole numbers that were computed. */
export const ROUNDED = 1e-9;
export const SHARE = { low: -ROUNDED, high: 1 + ROUNDED } as const;
export const NOT_NEGATIVE = { low: 0 } as const;
export const AT_LEAST_ONE = { low: 1 - ROUNDED } as const;
export const FINITE = { low: -Number.MAX_VALUE, high: Number.MAX_VALUE } as const;

/** Units on duty in a shift. */
export const onDutyOf = ({ name, source }: FlatResource): Demand => ({
  what: 'The number of units on duty',
  name,
  source,
  ...NOT_NEGATIVE,
});
/** Units there are: what is a whole number but for rounding is that one. */
export const wholeUnits = (units: F64): I32 => i32.fromF64Saturating(f64.floor(f64.add(units, ROUNDED)));

const KEEPS: ReadonlySet<string> = new Set(['number', 'load', 'attribute', 'time', 'position', 'local']);
const POSITIVE: ReadonlySet<string> = new Set(['exponential', 'weibull', 'lognormal']);

/** What is loaded is looked at where it is written. Draws from a distribution that does not exist are told of elsewhere. */
export function isBeyondDoubt(of: FlatExpression, { low, high }: Pick<Demand, 'low' | 'high'>): boolean {
  if (of.kind === 'number') return of.value >= (low ?? -Infinity) && of.value <= (high ?? Infinity);
  if (high !== undefined) return false;
  if (of.kind === 'draw')
    return isSure(of) && (low === undefined || (low <= 0 && POSITIVE.has(of.distribution)));
  return low === undefined && !some(of, ({ kind }) => kind !== 'unary' && !KEEPS.has(kind));
}

/** Stops the flow where a value is not as it must be, unless something else did before. */
export function demanded(
  context: Context,
  loops: readonly FlatLoop[],
  { what, name, source, low, high, is }: Demand,
  value: Local<'f64'>,
  instance: I32,
): Statement {
  const { values } = context.plan.manifest.flow!;
  const own: ManifestFlowValue = {
    what,
    name,
    dims: loops.map(({ from, to }) => to - from),
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(is === undefined ? {} : { is }),
    source,
  };
  const text = JSON.stringify(own);
  const known = values.findIndex((one) => JSON.stringify(one) === text);
  const position = known >= 0 ? known : values.push(own) - 1;
  const plan = { plan: context.plan.flow! };
  const lies =
    low === undefined && high === undefined
      ? f64.eq(value, value)
      : i32.and(f64.ge(value, low ?? -Infinity), f64.le(value, high ?? Infinity));
  return when(
    i32.and(i32.eqz(lies), i32.eqz(troubled(plan))),
    trouble(plan, FlowTrouble.value, position, instance, value as F64),
  );
}
