/** Whether numbers are numbers: x − x is 0, all bits of it, for finite ones only. */
import type { Region } from '../../../runtime/contract/layout.ts';
import type { Context } from '../context.ts';
import { f64, f64x2, forRange, set, v128, when } from '../wasm/index.ts';
import type { FunctionBuilder, Local, Statement, ValueType } from '../wasm/index.ts';

/** Up to this many cells are gone through without a loop. */
const STRAIGHT = 16;

export function finiteness(f: FunctionBuilder<Readonly<Record<string, ValueType>>>, context: Context) {
  const { derivatives, algebraics, states } = context.plan.manifest.layout;
  /** Sets a number to 0 where all cells are finite, to NaN elsewhere. */
  const sumOfDifferences = (sum: Local<'f64'>, { address, count }: Region): Statement[] => {
    const own = (at: number) => f64.sub(f64.load(0, at), f64.load(0, at));
    const few = count <= STRAIGHT ? count : count % 2;
    const statements: Statement[] = [set(sum, 0)];
    for (let i = count - few; i < count; i += 1)
      statements.push(set(sum, f64.add(sum, own(address + 8 * i))));
    if (count <= STRAIGHT) return statements;
    const [at, both, value] = [
      f.local('i32', 'cell'),
      f.local('v128', 'differences'),
      f.local('v128', 'cells'),
    ];
    return [
      ...statements,
      set(both, f64x2.const(0, 0)),
      forRange(
        at,
        0,
        8 * (count - few),
        [set(value, f64x2.load(at, address)), set(both, v128.or(both, f64x2.sub(value, value)))],
        16,
      ),
      when(v128.anyTrue(both), [set(sum, NaN)]),
    ];
  };
  const evaluated: Region = { address: derivatives.address, count: derivatives.count + algebraics.count };
  const areFew = states.count + evaluated.count <= STRAIGHT;
  /** Sums of states and of what is computed, each to be asked: one where they are few. */
  const allFinite = (sum: Local<'f64'>): Statement[][] => {
    const [first, second] = [sumOfDifferences(sum, states), sumOfDifferences(sum, evaluated)];
    return areFew ? [[...first, ...second.slice(1)]] : [first, second];
  };
  return {
    sumOfDifferences,
    allFinite,
    /** Sets a number to NaN where a state is none, or what is computed: the host knows what may be none before sensors have measured. */
    isFault: (sum: Local<'f64'>): Statement[] => {
      const [first, second = []] = allFinite(sum);
      return [...first!, ...(second.length === 0 ? [] : [when(f64.eq(sum, 0), second)])];
    },
    evaluated,
  };
}
