/** Types → how the model and people see them. */
import { NO_UNIT } from '../model/asset.ts';
import type { DisplayUnit } from '../model/asset.ts';
import type { ValueType } from '../model/expression.ts';
import { isNumeric, type Type } from './type.ts';
import {
  describe,
  exactSI,
  prettyUnit,
  quantityName,
  Rational,
  suggestDisplayUnit,
  type Unit,
  type UnitTable,
} from './units/index.ts';

/** The unit a value is shown in: as written, else the usual one of its quantity. */
export function displayUnit(type: Type, table: UnitTable): DisplayUnit {
  if (!isNumeric(type)) return NO_UNIT;
  const { dimension, kind } = type.quantity;
  const unit =
    type.unit ?? (dimension.isNone ? undefined : suggestDisplayUnit(table, dimension, kind === 'absolute'));
  return unit === undefined ? NO_UNIT : shownIn(unit, kind !== 'difference');
}

/** `point` is false for differences: 5 degC of difference would be 5 K. */
export function shownIn(unit: Unit, point = true): DisplayUnit {
  if (unit.text === '1') return NO_UNIT;
  const offset = point && unit.offset !== undefined ? unit.offset.toNumber() : 0;
  return {
    text: unit.text,
    label: prettyUnit(unit.text),
    factor: exactSI(Rational.of(1n), { ...unit, offset: undefined }).toNumber(),
    offset,
  };
}

/** `VolumeFlow`, `Boolean`; a unit where the quantity has no name. */
export function quantityOf(type: Type, table: UnitTable): string {
  switch (type.base) {
    case 'boolean':
      return 'Boolean';
    case 'integer':
      return type.quantity.dimension.isNone ? 'Integer' : named(type, table);
    case 'number':
      return type.quantity.dimension.isNone ? (type.name ?? 'Number') : named(type, table);
    case 'mode':
      return 'Name';
  }
  return '';
}

function named(type: Type, table: UnitTable): string {
  const { dimension, kind } = type.quantity;
  return type.name ?? quantityName(table, dimension, kind === 'absolute') ?? describe(table, dimension);
}

/** Of single values, by dimension: models hold few of them, many times. */
const ONES = new Map<string, ValueType[]>();

export function valueType(type: Type): ValueType {
  const { dimension, kind } = type.quantity;
  const base =
    type.base === 'boolean'
      ? 'boolean'
      : type.base === 'integer' || type.base === 'mode'
        ? 'integer'
        : 'number';
  const key = dimension.key === '' ? '1' : dimension.key;
  const scale = kind === 'zero' ? 'either' : kind;
  if (type.shape !== undefined || type.stars !== undefined)
    return {
      base,
      dimension: key,
      scale,
      ...(type.shape === undefined ? {} : { rank: type.shape.length }),
      ...(type.stars === undefined ? {} : { stars: type.stars.length }),
    };
  let ones = ONES.get(key);
  if (ones === undefined) ONES.set(key, (ones = []));
  for (const each of ones) if (each.base === base && each.scale === scale) return each;
  const one: ValueType = { base, dimension: key, scale };
  ones.push(one);
  return one;
}
