/** What a value is. */
import { modesIn, type Region } from '../1-parse/names/modes.ts';
import type { Shape } from './shape.ts';
import {
  describe,
  NUMBER,
  quantityName,
  quantityWords,
  type Quantity,
  type Unit,
  type UnitTable,
} from './units/index.ts';

export interface Type {
  /** `unknown`: it was reported why, or it cannot be known; everything fits it. `part`: an asset, no value. */
  base: 'unknown' | 'boolean' | 'integer' | 'number' | 'text' | 'part' | 'mode';
  /** Of numbers; the plain number for all else. */
  quantity: Quantity;
  /** The unit it is written in, to show it in. */
  unit?: Unit;
  /** The quantity's name where it was stated. */
  name?: string;
  /** Of base `mode`: whose modes it may be. */
  region?: Region;
  /** Of base `mode`: what the largest of some values may be called. */
  names?: readonly string[];
  /** Of a vector or matrix as a whole; absent for one value. */
  shape?: Shape;
  /** Of `x[*]`: each of so many, one by one. */
  stars?: Shape;
}

/** What was refused already, so that nothing more is said of it. */
export const UNKNOWN: Type = { base: 'unknown', quantity: NUMBER };
export const BOOLEAN: Type = { base: 'boolean', quantity: NUMBER };
export const INTEGER: Type = { base: 'integer', quantity: NUMBER };
export const PLAIN: Type = { base: 'number', quantity: NUMBER };
export const TEXT: Type = { base: 'text', quantity: NUMBER };

/** Which mode of a region is active. */
export function modeOf(region: Region): Type {
  return { base: 'mode', quantity: NUMBER, region };
}

/** Which of several things it is, by name. */
export function nameAmong(names: readonly string[]): Type {
  return { base: 'mode', quantity: NUMBER, names };
}

/** Whether arithmetic can be done with it. */
export function isNumeric(type: Type): boolean {
  return type.base === 'number' || type.base === 'integer';
}

/** A number of this quantity, shown in the unit if that still fits. */
export function numberOf(quantity: Quantity, unit?: Unit): Type {
  const fits =
    unit !== undefined &&
    unit.dimension.equals(quantity.dimension) &&
    (!unit.absolute || quantity.kind === 'absolute' || quantity.kind === 'either') &&
    quantity.kind !== 'zero';
  return fits ? { base: 'number', quantity, unit } : { base: 'number', quantity };
}

/** `true or false`, `a plain number`, `a power (W)`, `in K·s`. */
export function wordsOf(type: Type, table: UnitTable): string {
  switch (type.base) {
    case 'boolean':
      return 'true or false';
    case 'text':
      return 'a text';
    case 'part':
      return 'a part';
    case 'mode': {
      if (type.names !== undefined) return `the name of one of ${type.names.join(', ')}`;
      const names = type.region === undefined ? [] : modesIn(type.region).map(({ name }) => name);
      return `one of the modes ${names.join(', ')}`;
    }
    case 'unknown':
      return 'of unknown kind';
  }
  const { quantity, unit } = type;
  if (quantity.kind === 'zero' || quantity.dimension.isNone) return 'a plain number';
  const shown = describe(table, quantity.dimension, unit === undefined ? [] : [unit]);
  const name = type.name ?? quantityName(table, quantity.dimension, quantity.kind === 'absolute');
  return name === undefined ? `in ${shown}` : `${article(quantityWords(name))} (${shown})`;
}

/** a time, an energy; by sound for the few that differ. */
function article(words: string): string {
  return `${/^[aeio]/i.test(words) || /^u(?!ni|se)/i.test(words) ? 'an' : 'a'} ${words}`;
}
