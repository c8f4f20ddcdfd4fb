/** Values between units: exact, and rounded once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  convertExactly,
  fromSI,
  linearToSI,
  sameValue,
  toSI,
  type Unit,
} from '../../compiler/2-check/units/index.ts';
import { libraryTable } from './library.ts';

const table = libraryTable();

function unit(text: string): Unit {
  const result = table.resolve(text);
  if (!result.ok) throw new Error(result.message);
  return result.unit;
}

describe('a literal in SI', () => {
  it.each([
    ['20', 'degC', 293.15],
    ['-273.15', 'degC', 0],
    ['0.1', 'degC', 273.25],
    ['32', 'degF', 273.15],
    ['-459.67', 'degF', 0],
    ['98.6', 'degF', 310.15],
    ['120', 'm3/h', 1 / 30],
    ['5', '%', 0.05],
    ['0.3', 'K', 0.3],
    ['1.1', 'kW', 1100], // 1.1 * 1000 in doubles is 1100.0000000000002
    ['3', 'mm', 0.003],
    ['180', 'deg', Math.PI],
    ['33.3', 'kWh', 119880000],
  ])('%s %s is %d', (text, symbol, expected) => {
    expect(toSI(text, unit(symbol))).toBe(expected);
  });

  it('is the double nearest to the decimal, whatever power of ten the prefix takes', () => {
    const prefixes = [
      ['m', -3],
      ['µ', -6],
      ['n', -9],
      ['k', 3],
      ['M', 6],
      ['G', 9],
      ['d', -1],
      ['da', 1],
    ] as const;
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.nat(9),
        fc.constantFrom(...prefixes),
        (n, places, [prefix, power]) => {
          expect(toSI(`${n}e-${places}`, unit(`${prefix}W`)) + 0).toBe(Number(`${n}e${power - places}`) + 0);
        },
      ),
    );
  });

  it('is not a number when the text is none', () => {
    expect(toSI('abc', unit('m'))).toBeNaN();
  });
});

describe('a value in a unit', () => {
  it('comes back from SI to within the last bits', () => {
    const units = fc
      .constantFrom('degC', 'degF', 'm3/h', 'psi', 'kWh', 'rpm', 'deg', '%', 'mile', 'mmHg')
      .map(unit);
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), units, (value, u) => {
        const si = toSI(String(value), u);
        expect(Math.abs(fromSI(si, u) - value)).toBeLessThanOrEqual(2e-13 * Math.max(Math.abs(value), 500));
      }),
    );
  });

  it('is rounded once: 0.1 m is 100 mm, a turn 360 degrees, 300 K 26.85 °C to its last bits', () => {
    expect(fromSI(0.1, unit('mm'))).toBe(100);
    expect(fromSI(2 * Math.PI, unit('deg'))).toBe(360);
    expect(fromSI(300, unit('degC'))).toBe(26.85);
    expect(fromSI(310.15, unit('degC'))).toBeCloseTo(37, 12);
    expect(fromSI(NaN, unit('m'))).toBeNaN();
    expect(fromSI(-Infinity, unit('degC'))).toBe(-Infinity);
  });

  it('has a linear form for loops', () => {
    const { scale, shift } = linearToSI(unit('degF'));
    expect(212 * scale + shift).toBeCloseTo(373.15, 10);
    expect(linearToSI(unit('kW'))).toEqual({ scale: 1000, shift: 0 });
  });
});

describe('an exact conversion', () => {
  it('tells 2 m3/min and 2.2 m3/min apart when the left side is 120 m3/h', () => {
    expect(convertExactly('120', unit('m3/h'), unit('m3/min'))?.text).toBe('2');
    expect(sameValue('120', unit('m3/h'), '2', unit('m3/min'))).toBe(true);
    expect(sameValue('120', unit('m3/h'), '2.2', unit('m3/min'))).toBe(false);
    expect(sameValue('120', unit('m3/h'), '2', unit('m3'))).toBe(false);
    expect(sameValue('180', unit('deg'), '0.5', unit('rev'))).toBe(true);
  });

  it('gives a decimal where it ends, else a ratio', () => {
    expect(convertExactly('1', unit('h'), unit('d'))).toMatchObject({ text: '1/24', isDecimal: false });
    expect(convertExactly('20', unit('degC'), unit('degF'))).toMatchObject({ text: '68', isDecimal: true });
    expect(convertExactly('68', unit('degF'), unit('K'))).toMatchObject({ text: '293.15' });
    expect(convertExactly('60', unit('rpm'), unit('rev/s'))).toMatchObject({ text: '1' });
  });

  it('is refused where there is none', () => {
    expect(convertExactly('1', unit('deg'), unit('rad'))).toBeUndefined();
    expect(convertExactly('1', unit('m'), unit('s'))).toBeUndefined();
    expect(convertExactly('x', unit('m'), unit('km'))).toBeUndefined();
  });

  it('goes there and back unchanged', () => {
    const pair = fc.constantFrom(
      ['psi', 'bar'],
      ['degC', 'degF'],
      ['mile', 'km'],
      ['BTU', 'kWh'],
      ['rpm', 'rev/h'],
    );
    fc.assert(
      fc.property(fc.integer(), fc.nat(6), pair, (n, places, [a = '', b = '']) => {
        const text = `${n}e-${places}`;
        const there = convertExactly(text, unit(a), unit(b));
        const back = convertExactly(there?.text ?? '', unit(b), unit(a));
        expect(sameValue(back?.text ?? '', unit(a), text, unit(a))).toBe(true);
      }),
    );
  });
});
