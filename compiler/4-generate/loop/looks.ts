/** Looks at whether a system has become stiff, as `runtime/solvers/auto.ts` has them while the explicit method is in use, to the last bit. */
import { Cell } from '../../../runtime/contract/cells.ts';
import {
  EVERY,
  firstDirection,
  HELD_BACK,
  ROUNDS,
  STIFF_LOOKS,
} from '../../../runtime/contract/stiffness.ts';
import type { Context } from '../context.ts';
import { block, branchIf, call, f64, i32, label, returns, select, set, when } from '../wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  Statement,
  ValueType,
} from '../wasm/index.ts';
import { equationsIn, isSmall } from './quiet.ts';
import { MOST } from './tsitouras-in-one.ts';

/** Undefined where that is the host's. */
export function fastestRate(context: Context): FunctionHandle | undefined {
  const { states, derivatives, time, absoluteTolerances } = context.plan.manifest.layout;
  const n = states.count;
  if (!isSmall(context) || n > MOST) return undefined;
  const f = context.module.function('fastestRate', { params: { rtol: 'f64' }, results: ['f64'] });
  const each = <T>(of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));
  const single = (name: string): Local<'f64'>[] => each((i) => f.local('f64', `${name} ${i + 1}`));
  const [x, rates, scale, direction, moved, slope] = [
    single('x'),
    single('rate'),
    single('scale'),
    single('direction'),
    single('moved'),
    single('slope'),
  ];
  const [length, sum] = f.named('f64', 'length', 'sum');
  const equations = equationsIn(
    context,
    f as unknown as FunctionBuilder<Readonly<Record<string, ValueType>>>,
  );
  const first = each(firstDirection);
  const firstLength = Math.sqrt(first.reduce((total, part) => total + part * part, 0) / n);
  const found = label('no direction');
  const round: Statement[] = [
    ...each((i) => set(moved[i]!, f64.add(x[i]!, f64.mul(f64.div(direction[i]!, length), scale[i]!)))),
    ...equations(f64.load(i32.const(0), time), moved, slope).statements,
    set(sum, 0),
    ...each((i) => [
      set(direction[i]!, f64.div(f64.sub(slope[i]!, rates[i]!), scale[i]!)),
      set(sum, f64.add(sum, f64.mul(direction[i]!, direction[i]!))),
    ]).flat(),
    set(length, f64.sqrt(f64.div(sum, n))),
    branchIf(found, i32.eqz(f64.gt(length, 0))),
  ];
  f.body = [
    ...each((i) => [
      set(x[i]!, f64.load(0, states.address + 8 * i)),
      set(rates[i]!, f64.load(0, derivatives.address + 8 * i)),
      set(
        scale[i]!,
        f64.add(f64.load(0, absoluteTolerances.address + 8 * i), f64.mul(f.params.rtol, f64.abs(x[i]!))),
      ),
      set(direction[i]!, first[i]!),
    ]).flat(),
    set(length, firstLength),
    block(found, Array.from({ length: ROUNDS }, () => round).flat()),
    returns(length),
  ];
  return f;
}

export interface Looks {
  /** How many steps more until one is due. */
  room: I32;
  /** After so many steps: 1 where the host must look. */
  after: (steps: I32 | number) => I32;
}

export function looksIn({ module, plan }: Context, rate: FunctionHandle, tolerance: F64): Looks {
  const cell = (which: number): number => plan.manifest.layout.runtime + 8 * which;
  const read = (which: number): F64 => f64.load(0, cell(which));
  const due = select(f64.gt(read(Cell.looks), 0), f64.const(1), f64.const(EVERY));
  const f = module.function('look after steps', { params: { rtol: 'f64', steps: 'f64' }, results: ['i32'] });
  const { rtol, steps } = f.params;
  const [looks, wanted, left] = f.named('f64', 'looks', 'wanted', 'left');
  f.body = [
    f64.store(0, f64.add(read(Cell.sinceLook), steps), cell(Cell.sinceLook)),
    when(f64.lt(read(Cell.sinceLook), due), [returns(i32.const(0))]),
    set(looks, read(Cell.looks)),
    when(
      f64.gt(f64.mul(read(Cell.stepSize), call<'f64'>(rate, rtol)), HELD_BACK),
      [
        // Twice as many after each return, of which each are two switches, up to eight times.
        set(wanted, STIFF_LOOKS),
        set(left, f64.min(3, f64.div(read(Cell.switches), 2))),
        ...[1, 2, 3].map((n) => when(f64.ge(left, n), [set(wanted, f64.mul(wanted, 2))])),
        set(looks, f64.add(looks, 1)),
        when(f64.ge(looks, wanted), [returns(i32.const(1))]),
      ],
      [set(looks, f64.max(0, f64.sub(looks, 1)))],
    ),
    f64.store(0, looks, cell(Cell.looks)),
    f64.store(0, f64.const(0), cell(Cell.sinceLook)),
    returns(i32.const(0)),
  ];
  return {
    room: i32.fromF64(f64.sub(due, read(Cell.sinceLook))),
    after: (count) =>
      call<'i32'>(f, tolerance, typeof count === 'number' ? f64.const(count) : f64.fromI32(count)),
  };
}
