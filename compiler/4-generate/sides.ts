/** On which side of each kink the system is, as `runtime/contract/sides.ts` says it, to the last bit. */
import { Cell } from '../../runtime/contract/cells.ts';
import type { Kinks } from '../../runtime/contract/layout.ts';
import { LEAST_WIDTH } from '../../runtime/contract/sides.ts';
import type { Context } from './context.ts';
import { conditional, f64, forRange, i32, returns, set, when } from './wasm/index.ts';
import type { FunctionHandle } from './wasm/index.ts';

export function sides(context: Context, kinks: Kinks): FunctionHandle {
  const { runtime, crossings, located } = context.plan.manifest.layout;
  const f = context.module.function('sides', { params: { passed: 'i32' } });
  const at = f.local('i32', 'at');
  const [value, size, side, slack] = f.named('f64', 'value', 'size', 'side', 'slack');
  const width = f.local('f64', 'width');
  const own = 8 * kinks.first;
  f.body = [
    forRange(
      at,
      0,
      8 * kinks.count,
      [
        set(value, f64.load(at, kinks.value)),
        set(side, f64.load(at, kinks.side)),
        set(slack, f64.load(at, kinks.slack)),
        set(size, f64.abs(value)),
        when(f64.gt(size, f64.load(at, kinks.greatest)), [f64.store(at, size, kinks.greatest)]),
        set(
          width,
          f64.add(
            f64.mul(
              f64.load(0, runtime + 8 * Cell.kinkWidth),
              f64.add(f64.load(at, kinks.size), f64.load(at, kinks.greatest)),
            ),
            LEAST_WIDTH,
          ),
        ),
        set(value, f64.mul(side, value)),
        when(
          i32.or(
            i32.or(f64.le(f64.add(value, slack), 0), f64.le(value, f64.neg(width))),
            i32.and(f.params.passed, i32.and(f64.eq(slack, 0), f64.lt(value, width))),
          ),
          [
            set(value, f64.neg(value)),
            f64.store(at, f64.neg(side), kinks.side),
            f64.store(at, f64.neg(f64.load(at, located.begin.address + own)), located.begin.address + own),
          ],
        ),
        set(slack, conditional(f64.gt(value, width), f64.const(0), width)),
        f64.store(at, slack, kinks.slack),
        f64.store(at, f64.add(value, slack), crossings.address + own),
      ],
      8,
    ),
  ];
  return f;
}

/** `passed()`: 1 where the step in memory ends beyond a kink. */
export function kinkPassed(context: Context, kinks: Kinks): FunctionHandle {
  const f = context.module.function('kink passed', { results: ['i32'] });
  const at = f.local('i32', 'at');
  const first = context.plan.manifest.layout.crossings.address + 8 * kinks.first;
  f.body = [
    forRange(at, 0, 8 * kinks.count, [when(f64.le(f64.load(at, first), 0), [returns(i32.const(1))])], 8),
    returns(i32.const(0)),
  ];
  return f;
}
