/** The unit of a value → that of differences between such values. */
import type { Unit } from './manifest.ts';

/** Of what is in °C they are in K. */
export const asDifference = (unit: Unit): Unit =>
  unit.offset === 0 ? unit : { text: 'K', label: 'K', factor: 1, offset: 0 };
