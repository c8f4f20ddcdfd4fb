/**
 * The SI prefixes (BIPM SI Brochure, 9th edition with the 2022 additions) and the binary prefixes of
 * IEC 80000-13. Micro may be written µ (U+00B5), μ (U+03BC) or u.
 */
import { Rational } from './rational.ts';

export interface Prefix {
  readonly symbol: string;
  readonly factor: Rational;
  readonly binary: boolean;
}

export type PrefixFamily = 'si' | 'binary';

const POWERS_OF_TEN: readonly (readonly [string, number])[] = [
  ['q', -30],
  ['r', -27],
  ['y', -24],
  ['z', -21],
  ['a', -18],
  ['f', -15],
  ['p', -12],
  ['n', -9],
  ['µ', -6],
  ['u', -6],
  ['m', -3],
  ['c', -2],
  ['d', -1],
  ['da', 1],
  ['h', 2],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
  ['Z', 21],
  ['Y', 24],
  ['R', 27],
  ['Q', 30],
];
const POWERS_OF_1024 = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'] as const;

export const PREFIXES: ReadonlyMap<string, Prefix> = new Map([
  ...POWERS_OF_TEN.map(([symbol, power]): [string, Prefix] => {
    const size = 10n ** BigInt(Math.abs(power));
    return [symbol, { symbol, binary: false, factor: power < 0 ? Rational.of(1n, size) : Rational.of(size) }];
  }),
  ...POWERS_OF_1024.map((symbol, index): [string, Prefix] => {
    return [symbol, { symbol, binary: true, factor: Rational.of(1024n ** BigInt(index + 1)) }];
  }),
]);

const THOUSAND = Rational.of(1000n);

/**
 * Whether a unit of this family takes the prefix. `binary` (bytes) takes Ki, Mi, … and the decimal
 * multiples from k up, but no fractions: otherwise `dB` would quietly be a tenth of a byte.
 */
export function takesPrefix(family: PrefixFamily, prefix: Prefix): boolean {
  if (family === 'si') return !prefix.binary;
  return prefix.binary || prefix.factor.compare(THOUSAND) >= 0;
}

/** One spelling for characters that Unicode has twice: ohm sign, ångström sign, Greek mu. */
export function normaliseSymbol(symbol: string): string {
  return /[\u2126\u212b\u03bc]/.test(symbol)
    ? symbol.replaceAll('\u2126', 'Ω').replaceAll('\u212b', 'Å').replaceAll('\u03bc', 'µ')
    : symbol;
}
