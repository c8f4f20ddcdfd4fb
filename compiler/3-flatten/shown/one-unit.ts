import type { DisplayUnit } from '../../model/asset.ts';
import type { ValueType } from '../../model/expression.ts';

/** Values whose units are further apart are of other sizes: on one axis the smaller one would be a flat line. */
const MOST_APART = 100;

/** What a chart draws, as far as the choice of its unit goes. */
export interface Drawn {
  type: ValueType;
  /** '' where none is known, as of an expression. */
  quantity: string;
  unit: DisplayUnit;
}

/**
 * The units in which a chart draws its series: one and the same for what can be compared, that of the first. `mmol/L` and `mol/m3` would be two
 * axes of the same numbers.
 */
export function commonUnits(series: readonly Drawn[]): DisplayUnit[] {
  const leading: Drawn[] = [];
  return series.map((one) => {
    const first = leading.find((other) => comparable(one, other));
    if (first !== undefined) return first.unit;
    leading.push(one);
    return one.unit;
  });
}

function comparable(one: Drawn, other: Drawn): boolean {
  // A share in % and a count are both without dimension, and no more alike for that.
  if (one.type.dimension === '1' || one.type.dimension !== other.type.dimension) return false;
  if (one.type.base === 'boolean' || other.type.base === 'boolean') return false;
  // A temperature and the difference of two: 20 °C are not 20 K.
  if ((one.type.scale === 'difference') !== (other.type.scale === 'difference')) return false;
  // A torque is no energy, although both are N·m.
  if (one.quantity !== '' && other.quantity !== '' && one.quantity !== other.quantity) return false;
  const apart = one.unit.factor / other.unit.factor;
  return apart <= MOST_APART && 1 / apart <= MOST_APART;
}
