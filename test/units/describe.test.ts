/** Dimensions, values and mismatches in words. */
import { describe as group, expect, it } from 'vitest';
import {
  add,
  coherentUnitText,
  compare,
  describe,
  displayUnit,
  Dimension,
  DIMENSIONLESS,
  explainFailure,
  formatQuantity,
  hintForMismatch,
  lookAlikes,
  prettyUnit,
  quantityName,
  suggestDisplayUnit,
  type Quantity,
  type QuantityResult,
  type Unit,
} from '../../compiler/2-check/units/index.ts';
import { libraryTable, userTable } from './library.ts';

const table = libraryTable();

function unit(text: string, from = table): Unit {
  const result = from.resolve(text);
  if (!result.ok) throw new Error(result.message);
  return result.unit;
}

group('a dimension', () => {
  it.each([
    ['K*s', 'K·s'],
    ['kW/m2', 'W/m²'],
    ['kWh', 'J'],
    ['m3/h', 'm³/s'],
    ['km/h', 'm/s'],
    ['N/kg', 'm/s²'],
    ['rpm', '1/s'],
    ['J/veh', 'J/veh'],
    ['V/K', 'V/K'],
    ['W/(m2*K)', 'W/(m²·K)'],
    ['kg*m2/s4', 'W/s'],
    ['%', '1'],
    ['psi', 'Pa'],
    ['ft*lbf', 'J'],
    ['m^(1/2)', 'm^(1/2)'],
    ['bit/J', 'bit/J'],
    ['K/(W*s)', 'K/J'],
    ['kΩ', 'Ω'],
  ])('%s is written %s', (text, expected) => {
    expect(describe(table, unit(text).dimension)).toBe(expected);
  });

  it('takes the unit of the modeller when it fits', () => {
    const { dimension } = unit('J/m3');
    expect(describe(table, dimension)).toBe('Pa');
    expect(describe(table, dimension, [unit('s'), unit('kWh/m3')])).toBe('kWh/m³');
  });

  it('is written in the language so that it reads back as itself', () => {
    for (const text of [
      'K*s',
      'W/(m2*K)',
      'J/veh',
      'm^(1/2)',
      '1/(m*s)',
      'kg*K/mol',
      'V2/Hz',
      'kg^(3/2)/s',
    ]) {
      const { dimension } = unit(text);
      const written = coherentUnitText(table, dimension);
      expect(unit(written).dimension.key).toBe(dimension.key);
      expect(unit(written).factor.isOne).toBe(true);
    }
  });

  it('has the name of its first quantity, and of the user’s own before the library’s', () => {
    expect(quantityName(table, unit('W').dimension)).toBe('Power');
    expect(quantityName(table, unit('K').dimension)).toBe('TemperatureDifference');
    expect(quantityName(table, unit('K').dimension, true)).toBe('Temperature');
    expect(quantityName(table, unit('K*s').dimension)).toBeUndefined();
    const brewery = userTable(
      'package brewery\nunit bottle\nquantity Output = bottle/s\nquantity HeatLoad = W',
      table,
    );
    expect(quantityName(brewery, unit('W').dimension)).toBe('HeatLoad');
    expect(quantityName(brewery, unit('bottle/h', brewery).dimension)).toBe('Output');
    expect(describe(brewery, unit('bottle*s', brewery).dimension)).toBe('bottle·s');
    expect(describe(brewery, Dimension.base('elsewhere.crate'))).toBe('crate');
  });

  it('suggests the unit in which people read it', () => {
    expect(suggestDisplayUnit(table, unit('K').dimension, true)?.text).toBe('degC');
    expect(suggestDisplayUnit(table, unit('K').dimension)?.text).toBe('K');
    expect(suggestDisplayUnit(table, unit('J').dimension)?.text).toBe('J');
    expect(suggestDisplayUnit(table, unit('K*s').dimension)?.text).toBe('K*s');
    expect(suggestDisplayUnit(table, DIMENSIONLESS)?.text).toBe('1');
  });
});

group('a value', () => {
  it.each([
    [366.55, 'degC', '93.4 °C'],
    [273.15, 'degC', '0 °C'],
    [233.15, 'degF', '-40 °F'],
    [0.74, '%', '74 %'],
    [3.6e9, 'kWh', '1000 kWh'],
    [1 / 30, 'm3/h', '120 m³/h'],
    [1e12, 'J', '1e12 J'],
    [1.25e-9, 'm', '1.25e-9 m'],
    [Math.PI / 4, 'deg', '45°'],
    [45, 'W/(m2*K)', '45 W/(m²·K)'],
    [1e-6, 'um', '1 µm'],
    [0.5, '1/s', '0.5 1/s'],
    [3, '1', '3'],
    [NaN, 'm', 'not a number'],
    [-Infinity, 'm', '-∞ m'],
    [1234.56, 'm', '1235 m'],
  ])('%d in %s is %s', (si, text, expected) => {
    expect(formatQuantity(si, unit(text))).toBe(expected);
  });

  it('is shown with as many digits as asked', () => {
    expect(formatQuantity(Math.PI, unit('m'), 3)).toBe('3.14 m');
    expect(formatQuantity(Math.PI, unit('m'), 8)).toBe('3.1415927 m');
  });

  it('has plain numbers for a display', () => {
    expect(displayUnit(unit('degF'))).toEqual({ text: 'degF', label: '°F', factor: 5 / 9, offset: 459.67 });
    expect(displayUnit(unit('1'))).toEqual({ text: '', label: '', factor: 1, offset: 0 });
  });

  it('has its unit in print', () => {
    expect(['m2*K', '1/h', 'm^-1', 'W/(m2*K4)', 'deg/s', 'degC', 'kg*s^-2', 'm11'].map(prettyUnit)).toEqual([
      'm²·K',
      '1/h',
      'm⁻¹',
      'W/(m²·K⁴)',
      '°/s',
      '°C',
      'kg·s⁻²',
      'm¹¹',
    ]);
  });
});

group('a mismatch', () => {
  it.each([
    ['K', 'K*s', 'divide by a time (s)'],
    ['W', 'kWh', 'an energy divided by a time is a power'],
    ['kWh', 'W', 'a power times a time is an energy'],
    ['K', 'J', 'an energy divided by a heat capacity is a temperature difference'],
    ['m/s', 'm3/s', 'a volume flow divided by an area is a velocity'],
    ['W', '1', 'give it a unit of power, such as W'],
    ['1', 'W', 'a plain number is expected here; divide by a power (W)'],
    ['K*s', 'K', 'multiply by a time (s)'],
    ['m', 'm', ''],
    ['K/W', 'W/K', 'take the reciprocal'],
  ])('of %s and %s: %s', (left, right, expected) => {
    expect(hintForMismatch(unit(left).dimension, unit(right).dimension, table)).toBe(expected);
  });

  const kelvin = unit('K').dimension;
  const explain = (result: QuantityResult): string =>
    result.ok ? '' : explainFailure(result.failure, table);

  it('of points and differences is explained with what to do', () => {
    const point: Quantity = { dimension: kelvin, kind: 'absolute' };
    const step: Quantity = { dimension: kelvin, kind: 'difference' };
    expect(explain(add(point, point))).toBe(
      'Two absolute temperatures cannot be added: one of them must be a difference (5 K). For a mean, write a + (b - a) / 2.',
    );
    expect(explain(compare(step, point))).toBe(
      'The right side is a point on a scale (as 20 °C), the other a difference (as 5 K): subtract the reference point from the right side.',
    );
  });

  it('shows both sides', () => {
    const left: Quantity = { dimension: kelvin, kind: 'either' };
    const right: Quantity = { dimension: unit('K*s').dimension, kind: 'either' };
    expect(explain(add(left, right))).toBe(
      'The left side is a temperature difference (K), the right side is in K·s: divide by a time (s).',
    );
  });

  it('offers the look-alike of the right dimension', () => {
    expect(lookAlikes(table, 'C', kelvin)).toEqual(['degC', 'K']);
    expect(lookAlikes(table, 'F', kelvin)).toEqual(['degF', 'degR']);
    expect(lookAlikes(table, 'H', unit('s').dimension)).toContain('h');
    expect(lookAlikes(table, 'W/C', unit('W/K').dimension)).toEqual(['W/K']);
    expect(lookAlikes(table, 'BTU/(h*ft2*F)', unit('W/(m2*K)').dimension)).toContain('BTU/(h*ft2*degR)');
    expect(lookAlikes(table, 'MW', unit('m').dimension)).toEqual([]);
  });
});
