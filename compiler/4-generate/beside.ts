/** `alike(address, bytes)`: see `Kernel`. */
import { besideOf, isHeldBeside } from '../../runtime/contract/beside.ts';
import type { Context } from './context.ts';
import { f64x2, forRange, i32, i64, returns, set, v128, when } from './wasm/index.ts';
import type { FunctionHandle, Local, Statement, V128 } from './wasm/index.ts';

/** What one round looks at: two sums of differences that do not wait for each other, two vectors each. */
const ROUND = 64;

/** Undefined where a state is small. */
export function alike({ module, plan }: Context): FunctionHandle | undefined {
  const { layout } = plan.manifest;
  if (!isHeldBeside(layout)) return undefined;
  const there = besideOf(layout);
  const f = module.function('alike', { params: { address: 'i32', bytes: 'i32' }, results: ['i32'] });
  const { address, bytes } = f.params;
  const [at, end, rest] = [
    f.local('i32', 'at'),
    f.local('i32', 'end'),
    f.local('i64', 'differences of the rest'),
  ];
  const [even, odd] = f.named('v128', 'differences', 'other differences');
  const differences = (offset: number): V128 =>
    v128.xor(f64x2.load(i32.add(address, at), offset), f64x2.load(at, there + offset));
  const noted = (to: Local<'v128'>, offset: number): Statement =>
    set(to, v128.or(to, v128.or(differences(offset), differences(offset + 16))));
  f.body = [
    set(even, f64x2.const(0, 0)),
    set(odd, f64x2.const(0, 0)),
    set(rest, 0n),
    set(end, i32.and(bytes, -ROUND)),
    forRange(at, 0, end, [noted(even, 0), noted(odd, 32)], ROUND),
    forRange(
      at,
      end,
      bytes,
      [set(rest, i64.or(rest, i64.xor(i64.load(i32.add(address, at)), i64.load(at, there))))],
      8,
    ),
    when(v128.anyTrue(v128.or(even, odd)), [returns(i32.const(0))]),
    returns(i64.eqz(rest)),
  ];
  return f as unknown as FunctionHandle;
}
