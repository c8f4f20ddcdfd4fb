/** Counters, levels with their time-weighted statistics, and times of items with their distribution. */
import type { VariableId } from '../../ir/flat-system.ts';
import type { FlatFlow, FlatTally } from '../../ir/process.ts';
import { f64, i32, i64, returns, run, set, when } from '../wasm/index.ts';
import type { F64, FunctionHandle, I32, ModuleBuilder, Statement } from '../wasm/index.ts';
import { BUCKETS, FIRST_BUCKET } from '../../ir/histogram.ts';
import { record } from './record.ts';

export interface Measures {
  /** add(cell, statistic or 0, change) */
  add: FunctionHandle;
  /** note(tally or 0, histogram or 0, value) */
  note: FunctionHandle;
  /** A change of a variable's instance whose statistic is known when compiled. */
  change: (variable: VariableId, instance: I32, by: number | F64) => Statement[];
  /** A time of an instance for a tally that is known when compiled. */
  noted: (tally: FlatTally, instance: I32, value: F64) => Statement;
  levelOf: (variable: VariableId) => VariableId | undefined;
  now: () => F64;
}

/** integral, since, most, start, value at the start */
export const LEVEL_CELLS = 5;
/** count, sum, sum of squares, least, most */
export const TALLY_CELLS = 5;

export function measures(
  module: ModuleBuilder,
  flow: FlatFlow,
  addresses: readonly number[],
  time: number,
  derived: ReadonlySet<VariableId>,
): Measures {
  const now = (): F64 => f64.load(0, time);
  const add = module.function('change level', { params: { cell: 'i32', statistic: 'i32', by: 'f64' } });
  {
    const { cell, statistic, by } = add.params;
    const value = add.local('f64', 'value');
    add.body = [
      set(value, f64.load(cell)),
      when(statistic, [
        f64.store(
          statistic,
          f64.add(f64.load(statistic), f64.mul(value, f64.sub(now(), f64.load(statistic, 8)))),
        ),
        f64.store(statistic, now(), 8),
      ]),
      set(value, f64.add(value, by)),
      f64.store(cell, value),
      when(statistic, [f64.store(statistic, f64.max(value, f64.load(statistic, 16)), 16)]),
    ];
  }

  const note = module.function('note time', { params: { tally: 'i32', histogram: 'i32', value: 'f64' } });
  {
    const { tally, histogram, value } = note.params;
    const bucket = note.local('i32', 'bucket');
    const sum = (offset: number, by: F64): Statement =>
      f64.store(tally, f64.add(f64.load(tally, offset), by), offset);
    note.body = [
      when(i32.eqz(tally), [returns()]),
      when(
        f64.eq(f64.load(tally), 0),
        [f64.store(tally, value, 24), f64.store(tally, value, 32)],
        [
          f64.store(tally, f64.min(value, f64.load(tally, 24)), 24),
          f64.store(tally, f64.max(value, f64.load(tally, 32)), 32),
        ],
      ),
      sum(0, f64.const(1)),
      sum(8, value),
      sum(16, f64.mul(value, value)),
      when(histogram, [
        // Exponent and five bits behind it: buckets that are a 32nd of an octave wide.
        set(bucket, i32.sub(i32.fromI64(i64.shrU(i64.bitsOf(value), 47n)), FIRST_BUCKET)),
        when(i32.lt(bucket, 0), [set(bucket, 0)]),
        when(i32.ge(bucket, BUCKETS), [set(bucket, BUCKETS - 1)]),
        set(bucket, i32.add(histogram, i32.shl(bucket, 3))),
        f64.store(bucket, f64.add(f64.load(bucket), 1)),
      ]),
    ];
  }

  const levels = new Map(flow.levels.map(({ variable, statistic }) => [variable, statistic]));
  const change = (variable: VariableId, instance: I32, by: number | F64): Statement[] => {
    if (derived.has(variable)) return [];
    const cell = record(addresses[variable]!, 8, instance);
    const statistic = levels.get(variable);
    if (statistic === undefined) {
      const less = typeof by === 'number' && by < 0;
      return [f64.store(cell, less ? f64.sub(f64.load(cell), -by) : f64.add(f64.load(cell), by))];
    }
    return [
      run(add, [
        cell,
        record(addresses[statistic]!, 8 * LEVEL_CELLS, instance),
        typeof by === 'number' ? f64.const(by) : by,
      ]),
    ];
  };
  const noted = ({ statistic, histogram }: FlatTally, instance: I32, value: F64): Statement =>
    run(note, [
      record(addresses[statistic]!, 8 * TALLY_CELLS, instance),
      histogram === undefined ? i32.const(0) : record(addresses[histogram]!, 8 * BUCKETS, instance),
      value,
    ]);
  return { add, note, noted, change, levelOf: (variable) => levels.get(variable), now };
}
