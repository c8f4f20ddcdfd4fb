/**
 * Turns the text of a unit (`W/(m2*K)`, `m/s^2`, `1/h` or `/h`) into a flat product of powers.
 * Knows no unit: symbols stay text, with their place, for the table to look up.
 *
 *   product := '/'? factor (('*' | '·' | '/') factor)*        a/b/c is a/(b·c), a/b*c is (a/b)·c
 *   factor  := (symbol | '1' | '(' product ')') exponent?
 *   exponent:= digits | '^' '-'? digits | '^(' '-'? digits ('/' digits)? ')'
 */
import { ONE, Rational } from './rational.ts';

export interface UnitAtom {
  readonly symbol: string;
  /** Offset of the symbol in the unit text; its length is that of `symbol`. */
  readonly at: number;
  readonly exponent: Rational;
}

export type UnitTextResult =
  | { readonly ok: true; readonly atoms: readonly UnitAtom[] }
  | { readonly ok: false; readonly at: number; readonly length: number; readonly problem: string };

const SYMBOL = /[\p{L}°%‰€$£¥_]+/uy;
const EXPONENT = /\^(-?\d+)|\^\((-?\d+)(?:\/(\d+))?\)|(\d+)/y;
const LONGEST_TEXT = 200;
/** Beyond this an exponent is a slip of the keyboard, and its powers of ten would fill the memory. */
const LARGEST_EXPONENT = 30;

class UnitTextError extends Error {
  readonly at: number;
  readonly extent: number;

  constructor(problem: string, at: number, extent: number) {
    super(problem);
    this.at = at;
    this.extent = extent;
  }
}

/** `kg*m/s^2` → its factors, or what is wrong with it and where. Knows no units. */
export function parseUnitText(text: string): UnitTextResult {
  if (text.length > LONGEST_TEXT)
    return { ok: false, at: 0, length: text.length, problem: 'this unit is too long' };
  try {
    const reader = new Reader(text);
    const atoms = reader.product();
    if (reader.at < text.length) reader.fail(`'${text[reader.at]}' does not belong in a unit`);
    return { ok: true, atoms };
  } catch (error) {
    if (error instanceof UnitTextError) {
      return { ok: false, at: error.at, length: error.extent, problem: error.message };
    }
    throw error;
  }
}

class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  fail(problem: string, at = this.at, extent = at < this.text.length ? 1 : 0): never {
    throw new UnitTextError(problem, at, extent);
  }

  product(): UnitAtom[] {
    const inverted = this.text[this.at] === '/';
    if (inverted) this.at += 1;
    const atoms = inverted ? raise(this.factor(), Rational.of(-1n)) : this.factor();
    for (;;) {
      const operator = this.text[this.at];
      if (operator !== '*' && operator !== '·' && operator !== '/') return atoms;
      this.at += 1;
      const next = this.factor();
      atoms.push(...(operator === '/' ? raise(next, Rational.of(-1n)) : next));
    }
  }

  private factor(): UnitAtom[] {
    const start = this.at;
    const first = this.text[start];
    if (first === undefined) this.fail('a unit is missing here');
    if (first === '(') {
      this.at += 1;
      const inner = this.product();
      if (this.text[this.at] !== ')') this.fail("a ')' is missing here");
      this.at += 1;
      return raise(inner, this.exponent());
    }
    if (first === '1') {
      this.at += 1;
      if (/\d/.test(this.text[this.at] ?? ''))
        this.fail('the only number a unit may hold is 1, as in 1/h', start);
      return [];
    }
    SYMBOL.lastIndex = start;
    const symbol = SYMBOL.exec(this.text)?.[0];
    if (symbol === undefined) return this.fail(`'${first}' does not belong in a unit`);
    this.at += symbol.length;
    return [{ symbol, at: start, exponent: this.exponent() }];
  }

  private exponent(): Rational {
    EXPONENT.lastIndex = this.at;
    const match = EXPONENT.exec(this.text);
    if (match === null) {
      if (this.text[this.at] === '^') this.fail('an exponent is a whole number or a ratio: ^2, ^-1, ^(1/2)');
      return ONE;
    }
    const start = this.at;
    this.at += match[0].length;
    const top = Number(match[1] ?? match[2] ?? match[4]);
    const bottom = Number(match[3] ?? 1);
    if (bottom === 0) this.fail('an exponent cannot be divided by zero', start, match[0].length);
    if (Math.abs(top) > LARGEST_EXPONENT || bottom > LARGEST_EXPONENT) {
      this.fail(`exponents go up to ${LARGEST_EXPONENT}`, start, match[0].length);
    }
    return Rational.of(top, bottom);
  }
}

function raise(atoms: readonly UnitAtom[], exponent: Rational): UnitAtom[] {
  if (exponent.equals(ONE)) return [...atoms];
  return atoms.map((atom) => ({ ...atom, exponent: atom.exponent.mul(exponent) }));
}

/** `m²`, `kg × m`, `s⁻¹`, `m**2` in the language's own writing. */
export function withoutTypography(text: string): string {
  return text
    .replaceAll('**', '^')
    .replace(/[×⋅]/g, '*')
    .replace(/⁻/g, '^-')
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => String('⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)))
    .replace(/\s+/g, '');
}
