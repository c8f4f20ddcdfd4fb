/** What all loops do with a step: find out whether anything happens at its end, commit it, or take it back. */
import type { Region } from '../../../runtime/contract/manifest.ts';
import {
  branchIf,
  call,
  f64,
  f64x2,
  forElements,
  forRange,
  i32,
  memoryCopy,
  run,
  set,
} from '../wasm/index.ts';
import type { FunctionBuilder, Label, Local, Statement, ValueType } from '../wasm/index.ts';
import type { LoopContext } from './index.ts';
import { anySuspicious } from './signs.ts';

export type LoopFunction = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** Up to this many cells are gone through without a loop. */
const STRAIGHT = 16;

export interface Step {
  /** The committed time and the step's end. */
  from: Local<'f64'>;
  to: Local<'f64'>;
}

/** Code around the steps of one loop function. */
export function stepsIn(f: LoopFunction, shared: LoopContext) {
  const { context, iterates, derivatives, outputs, crossings, watch } = shared;
  const { layout, handlers } = context.plan.manifest;
  const { located, time, status, states, sampleTimes } = layout;
  const iterated: Region = {
    address: layout.derivatives.address,
    count: layout.derivatives.count + layout.algebraics.count,
  };
  const before = f.local('f64', 'start of the step before');
  const isMeasured = f.local('i32', 'all sensors have measured');
  const found = f.local('i32', 'found');
  const isLocated = layout.crossings.count > 0;
  const conditioned = handlers.some(({ kind }) => kind !== 'every' && kind !== 'scheduled');

  /** Copies f64 cells. */
  const copied = (from: number, to: number, count: number): Statement[] => {
    if (count <= STRAIGHT)
      return Array.from({ length: count }, (_, i) => f64.store(0, f64.load(0, from + 8 * i), to + 8 * i));
    const at = f.local('i32', 'cell');
    return forElements(f, at, 0, 8 * count, [f64.store(at, f64.load(at, from), to)]);
  };
  /** Sets a number to 0 where all cells are finite, to NaN elsewhere; x − x is 0 for finite numbers only. */
  const sumOfDifferences = (sum: Local<'f64'>, { address, count }: Region): Statement[] => {
    const own = (at: number) => f64.sub(f64.load(0, at), f64.load(0, at));
    const few = count <= STRAIGHT ? count : count % 2;
    const statements: Statement[] = [set(sum, 0)];
    for (let i = count - few; i < count; i += 1)
      statements.push(set(sum, f64.add(sum, own(address + 8 * i))));
    if (count <= STRAIGHT) return statements;
    const [at, both, value] = [f.local('i32', 'cell'), f.local('v128', 'sums'), f.local('v128', 'cells')];
    return [
      ...statements,
      set(both, f64x2.const(0, 0)),
      forRange(
        at,
        0,
        8 * (count - few),
        [set(value, f64x2.load(at, address)), set(both, f64x2.add(both, f64x2.sub(value, value)))],
        16,
      ),
      set(sum, f64.add(sum, f64.add(f64x2.lane(both, 0), f64x2.lane(both, 1)))),
    ];
  };
  const sum = f.local('f64', 'no number');
  const isBad = f64.ne(sum, 0);
  const putStartOfIterations: Statement[] = iterates
    ? [memoryCopy(iterated.address, context.plan.scratch.loop, 8 * iterated.count)]
    : [];
  const hasStatus = (): Statement[] => [set(found, i32.load(0, status))];

  return {
    found,
    /** Before the first step; leaves by `blocked` where the last step said too little of crossings. */
    enter: (blocked: Label, from: Local<'f64'>): Statement[] => [
      set(from, f64.load(0, time)),
      ...sumOfDifferences(sum, sampleTimes),
      set(isMeasured, f64.eq(sum, 0)),
      set(before, f64.load(0, located.time)),
      ...(isLocated ? [branchIf(blocked, f64.ne(before, before))] : []),
    ],
    /** Where iterations start from in this step. */
    begin: iterates
      ? [memoryCopy(context.plan.scratch.loop, iterated.address, 8 * iterated.count)]
      : ([] as Statement[]),
    putStartOfIterations,
    /** The states are those at the end, the time too. `fresh`: the derivatives are computed already. */
    look: (eventful: Label, { from, to }: Step, fresh: Statement[]): Statement[] => [
      ...putStartOfIterations,
      ...(iterates ? [run(derivatives)] : fresh),
      run(outputs),
      ...hasStatus(),
      branchIf(eventful, found),
      ...sumOfDifferences(sum, states),
      branchIf(eventful, isBad),
      ...sumOfDifferences(sum, iterated),
      branchIf(eventful, i32.and(isMeasured, isBad)),
      ...(isLocated
        ? [
            run(crossings),
            ...anySuspicious(f, context, shared.suspicious, found, { before, from, to }),
            branchIf(eventful, found),
          ]
        : []),
      ...(conditioned ? [branchIf(eventful, call<'i32'>(watch))] : []),
    ],
    commit: ({ from, to }: Step): Statement[] => [
      ...(isLocated
        ? [
            ...copied(located.begin.address, located.before.address, layout.crossings.count),
            ...copied(layout.crossings.address, located.begin.address, layout.crossings.count),
            set(before, from),
            f64.store(0, before, located.time),
          ]
        : []),
      set(from, to),
    ],
    /** States and time are those of the start again: everything else too. */
    takeBack: [
      i32.store(0, 0, status),
      i32.store(0, 0, status + 4),
      i32.store(0, 0, status + 8),
      i32.store(0, 0, status + 12),
      ...(iterates ? putStartOfIterations : [run(derivatives), run(outputs), i32.store(0, 0, status)]),
    ] as Statement[],
    copied,
  };
}
