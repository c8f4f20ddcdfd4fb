/** What expressions read of a flow beside its variables: values of the item at a step, and quantiles. */
import { BUCKETS, LEAST_EXPONENT } from '../../ir/histogram.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import { elementOffset, number } from '../expression.ts';
import type { Scope } from '../expression.ts';
import { after, branchIf, block, f64, i32, i64, label, loop, set, tee } from '../wasm/index.ts';
import type { F64 } from '../wasm/index.ts';
import { Item } from './plan.ts';

export function attribute(scope: Scope, slot: number): F64 {
  if (scope.item === undefined) throw new Error('a value of an item outside of a step');
  if (slot < 0)
    return f64.sub(f64.load(0, scope.plan.manifest.layout.time), f64.load(scope.item, Item.arrived));
  return f64.load(scope.item, Item.attributes + 8 * slot);
}

/** The middle of the first bucket by which the share is reached; 0 while there is none. */
export function quantileOf(scope: Scope, expression: FlatExpression & { kind: 'quantile' }): F64 {
  const { owner, plan } = scope;
  const [first, bucket] = owner.named('i32', 'first bucket', 'bucket');
  const [total, wanted] = owner.named('f64', 'total', 'wanted');
  const [counting, searching, found] = [label('count'), label('search'), label('found')];
  const { dynamic, constant } = elementOffset(scope, expression.histogram, [...expression.index, 0]);
  const count = f64.load(i32.add(first, i32.shl(bucket, 3)));
  const part = i32.rem(bucket, 32);
  const octave = i32.add(i32.shrU(bucket, 5), 1023 + LEAST_EXPONENT);
  return after(
    [
      set(first, i32.add(dynamic ?? 0, plan.addresses[expression.histogram]! + constant)),
      set(bucket, 0),
      set(total, 0),
      loop(counting, [
        set(total, f64.add(total, count)),
        branchIf(counting, i32.lt(tee(bucket, i32.add(bucket, 1)), BUCKETS)),
      ]),
      set(wanted, f64.mul(total, number(scope, expression.share))),
      set(bucket, 0),
      block(found, [
        loop(searching, [
          set(wanted, f64.sub(wanted, count)),
          branchIf(found, f64.le(wanted, 0)),
          branchIf(searching, i32.lt(tee(bucket, i32.add(bucket, 1)), BUCKETS - 1)),
        ]),
      ]),
    ],
    f64.mul(
      f64.mul(
        f64.fromBits(i64.shl(i64.fromI32(octave), 52n)),
        f64.add(1, f64.div(f64.add(f64.fromI32(part), 0.5), 32)),
      ),
      f64.fromI32(f64.gt(total, 0)),
    ),
  );
}
