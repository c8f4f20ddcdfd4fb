/** What a node is to hold → a value of the type that it has, or why there is none. Nothing is rounded, cut or wrapped. */
import { DataType, Variant, VariantArrayType } from 'node-opcua-client';
import { excerpt } from '../faults.ts';
import type { Wanted } from './outgoing.ts';

const WHOLE: Readonly<Partial<Record<DataType, readonly [number, number]>>> = {
  [DataType.SByte]: [-0x80, 0x7f],
  [DataType.Byte]: [0, 0xff],
  [DataType.Int16]: [-0x8000, 0x7fff],
  [DataType.UInt16]: [0, 0xffff],
  [DataType.Int32]: [-0x8000_0000, 0x7fff_ffff],
  [DataType.UInt32]: [0, 0xffff_ffff],
  // What a number of the twin can be exactly.
  [DataType.Int64]: [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  [DataType.UInt64]: [0, Number.MAX_SAFE_INTEGER],
};
const LARGEST_FLOAT = 3.402_823_466_385_288_6e38;
/** What converting units leaves of a whole number. */
const NEARLY = 1e-9;

export function variantOf(wanted: Wanted, dataType: DataType): Variant | { problem: string } {
  const name = DataType[dataType] ?? 'something unknown';
  const wrong = (what: string) => ({ problem: `the node holds ${name}, and ${what}` });
  if (typeof wanted === 'string')
    return dataType === DataType.String
      ? new Variant({ dataType, value: wanted })
      : wrong(`the mode ${excerpt(wanted)} is a text`);
  if (dataType === DataType.Boolean)
    return typeof wanted === 'boolean'
      ? new Variant({ dataType, value: wanted })
      : wrong(`${wanted} is a number`);
  const value = Number(wanted);
  if (!Number.isFinite(value)) return { problem: 'it is no finite number now' };
  if (dataType === DataType.Double) return new Variant({ dataType, value });
  if (dataType === DataType.Float)
    return Math.abs(value) <= LARGEST_FLOAT
      ? new Variant({ dataType, value })
      : wrong(`${value} is too large for it`);
  const range = WHOLE[dataType];
  if (range === undefined) return wrong('a number cannot be written to it');
  const whole = Math.round(value);
  if (Math.abs(whole - value) > NEARLY * Math.max(1, Math.abs(value)))
    return wrong(`${value} is no whole number`);
  if (whole < range[0] || whole > range[1]) return wrong(`${whole} is outside ${range[0]} to ${range[1]}`);
  if (dataType !== DataType.Int64 && dataType !== DataType.UInt64)
    return new Variant({ dataType, value: whole });
  const bits = BigInt.asUintN(64, BigInt(whole));
  const value64 = [Number(bits >> 32n), Number(bits & 0xffff_ffffn)];
  return new Variant({ dataType, arrayType: VariantArrayType.Scalar, value: value64 });
}
