/** Unit texts and declarations: what resolves to what, and what is wrong with the rest. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rational, UnitTable, type Unit, type UnitFailure } from '../../compiler/2-check/units/index.ts';
import { libraryTable, readDeclarations, readLibrary, userTable } from './library.ts';

const library = libraryTable();

function unit(text: string, table = library): Unit {
  const result = table.resolve(text);
  if (!result.ok) throw new Error(`${text}: ${result.message}`);
  return result.unit;
}

function failure(text: string, table = library): UnitFailure {
  const result = table.resolve(text);
  if (result.ok) throw new Error(`${text} resolves`);
  return result;
}

function failureOr(text: string): { suggestions: readonly string[] } {
  const result = library.resolve(text);
  return result.ok ? { suggestions: [] } : result;
}

function errorsOf(text: string): string[] {
  return userTable(text, library).errors.map((error) => `${error.declaration.name}: ${error.reason}`);
}

describe('the library', () => {
  it('has no errors in its declarations', () => {
    expect(library.errors).toEqual([]);
    expect(
      readLibrary().quantities.map(({ name }) => library.quantity(name)?.declaration.name),
    ).not.toContain(undefined);
  });

  it('documents every unit', () => {
    for (const { name, doc } of readLibrary().units) expect(doc, name).not.toBe('');
  });

  it('has no unit that is spelt like a word of the language, the attosecond, the attotonne and the item apart', () => {
    const grammar = new URL('../../grammar/', import.meta.url);
    const words = new Set(
      readdirSync(grammar)
        .filter((file) => file.endsWith('.langium'))
        .flatMap((file) => [...readFileSync(new URL(file, grammar), 'utf8').matchAll(/'([A-Za-z]+)'/g)])
        .map((match) => match[1] ?? ''),
    );
    expect(words.has('when')).toBe(true);
    expect([...words].filter((word) => library.resolve(word).ok).sort()).toEqual(['as', 'at', 'item']);
    for (const word of words) expect(failureOr(word).suggestions).not.toContain('as');
  });

  it('has constants that agree with each other (BIPM SI Brochure, table 1; CODATA 2018)', () => {
    const constants = new Map(
      readLibrary().constants.map(({ name, value, unit: text }) => {
        const number = Rational.parse(value);
        if (number === undefined) throw new Error(`${name} has no value`);
        return [name, number.toNumber() * unit(text).factor.toNumber()];
      }),
    );
    const of = (name: string): number => constants.get(name) ?? NaN;
    expect(of('gasConstant') / (of('avogadro') * of('boltzmann'))).toBeCloseTo(1, 14);
    expect(of('faraday') / (of('avogadro') * of('elementaryCharge'))).toBeCloseTo(1, 14);
    const sigma =
      (2 * Math.PI ** 5 * of('boltzmann') ** 4) / (15 * of('planck') ** 3 * of('speedOfLight') ** 2);
    expect(of('stefanBoltzmann') / sigma).toBeCloseTo(1, 13);
    const light = 1 / Math.sqrt(of('vacuumPermittivity') * of('vacuumPermeability'));
    expect(light / of('speedOfLight')).toBeCloseTo(1, 9);
    expect(of('gravity')).toBe(9.80665);
    expect(of('pi')).toBe(Math.PI);
  });

  it('has prefixes that agree with the units that are spelt out: kg is k + g', () => {
    const gram = unit('g').factor;
    expect(unit('kg').factor.ratio.equals(gram.ratio.mul(Rational.of(1000)))).toBe(true);
    expect(unit('Mg').factor.equals(unit('t').factor)).toBe(true);
  });
});

describe('a unit text', () => {
  it.each([
    ['3.5 is a number', 'kW/m2', 'kg s^-3', '1000'],
    ['a product in a denominator', 'W/(m2*K)', 'K^-1 kg s^-3', '1'],
    ['a/b/c is a/(b·c)', 'W/m2/K', 'K^-1 kg s^-3', '1'],
    ['a/b*c is (a/b)·c', 'W/m2*K', 'K kg s^-3', '1'],
    ['a caret', 'm/s^2', 'm s^-2', '1'],
    ['trailing digits', 'm/s2', 'm s^-2', '1'],
    ['a negative exponent', 'm*s^-2', 'm s^-2', '1'],
    ['a root', 'Pa^(1/2)', 'kg^1/2 m^-1/2 s^-1', '1'],
    ['a root of a power', '(km2)^(1/2)', 'm', '1000'],
    ['a power of parentheses', '(km/h)2', 'm^2 s^-2', '25/324'],
    ['one over', '1/h', 's^-1', '1/3600'],
    ['over, with the one left out', '/h', 's^-1', '1/3600'],
    ['a middle dot', 'N·m', 'kg m^2 s^-2', '1'],
    ['percent', '%', '1', '0.01'],
    ['per mille', '‰', '1', '0.001'],
    ['micro sign', 'µm', 'm', '0.000001'],
    ['Greek mu', 'μm', 'm', '0.000001'],
    ['u for micro', 'um', 'm', '0.000001'],
    ['ohm sign', 'kΩ', 'A^-2 kg m^2 s^-3', '1000'],
    ['deca', 'daN', 'kg m s^-2', '10'],
    ['pi', 'pi', '1', '1 pi'],
    ['a gallon a minute', 'gal/min', 'm^3 s^-1', undefined],
    ['the minute, not a milli-inch', 'min', 's', '60'],
    ['the foot, not a femtotonne', 'ft', 'm', '0.3048'],
    ['the pascal, not a peta-year', 'Pa', 'kg m^-1 s^-2', '1'],
    ['kibibyte', 'KiB', 'bit', '8192'],
    ['kilobyte', 'kB', 'bit', '8000'],
    ['millimole per litre', 'mM', 'm^-3 mol', '1'],
    ['a flow of cars', 'veh/h', 's^-1 veh', '1/3600'],
  ])('%s: %s', (_why, text, key, factor) => {
    expect(unit(text).dimension.key).toBe(key);
    if (factor !== undefined) expect(unit(text).factor.toString()).toBe(factor);
  });

  it('says where it is wrong', () => {
    expect(failure('kW/m2*')).toMatchObject({ reason: 'syntax', at: 6, length: 0 });
    expect(failure('kW/(m2*K')).toMatchObject({ reason: 'syntax', at: 8 });
    expect(failure('m/sec')).toMatchObject({ reason: 'unknown', at: 2, length: 3, symbol: 'sec' });
    expect(failure('2m')).toMatchObject({ reason: 'syntax', at: 0, length: 1 });
    expect(failure('m^999999')).toMatchObject({ reason: 'syntax', at: 1, length: 7 });
    expect(failure('km^(1/2)')).toMatchObject({ reason: 'inexact', at: 0, length: 2 });
    expect(failure('m²')).toMatchObject({ reason: 'syntax', at: 0, length: 2, suggestions: ['m2'] });
    expect(failure('')).toMatchObject({ reason: 'syntax' });
    expect(failure('m'.repeat(500))).toMatchObject({ reason: 'syntax' });
    expect(failure('dB').message).toContain('logarithm');
  });

  it('refuses a scale inside a product, and offers the unit of its differences', () => {
    expect(failure('W/degC')).toMatchObject({ reason: 'absolute', at: 2, length: 4, suggestions: ['K'] });
    expect(failure('degF/h')).toMatchObject({ reason: 'absolute', suggestions: ['degR'] });
    expect(unit('degC').absolute).toBe(true);
    expect(unit('°C')).toEqual({ ...unit('degC'), text: '°C' });
    expect(unit('K').absolute).toBe(false);
  });

  it('never throws, and always places its finding inside the text', () => {
    const piece = fc.constantFrom(
      'm',
      'kW',
      's',
      '/',
      '*',
      '(',
      ')',
      '^',
      '-',
      '1',
      '2',
      '(1/2)',
      'degC',
      'xyz',
      ' ',
      '²',
      '.',
    );
    const text = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.array(piece, { maxLength: 9 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        const result = library.resolve(source);
        if (result.ok) return;
        expect(result.at).toBeGreaterThanOrEqual(0);
        expect(result.at + result.length).toBeLessThanOrEqual(source.length);
        expect(source.slice(result.at, result.at + result.length)).toBe(result.symbol);
        expect(result.message).not.toBe('');
      }),
      { numRuns: 400 },
    );
  });

  it('means what its parts mean: products, quotients and powers', () => {
    const symbol = fc.constantFrom('m', 'kW', 'h', 'inch', 'deg', 'veh', '%', 'psi', 'rpm');
    fc.assert(
      fc.property(symbol, symbol, fc.integer({ min: 1, max: 4 }), (a, b, n) => {
        const [x, y] = [unit(a), unit(b)];
        expect(unit(`${a}*${b}`).factor.equals(x.factor.mul(y.factor))).toBe(true);
        expect(unit(`${a}*${b}`).dimension.key).toBe(x.dimension.mul(y.dimension).key);
        expect(unit(`${a}/${b}`).factor.equals(x.factor.div(y.factor))).toBe(true);
        expect(unit(`(${a}/${b})${n}`).dimension.key).toBe(x.dimension.div(y.dimension).pow(n).key);
        expect(unit(`${a}^-${n}`).dimension.key).toBe(x.dimension.pow(-n).key);
      }),
      { numRuns: 60 },
    );
  });
});

describe('suggestions', () => {
  it.each([
    ['Kw', 'kW'],
    ['kwh', 'kWh'],
    ['hz', 'Hz'],
    ['kph', 'km/h'],
    ['hr', 'h'],
    ['hrs', 'h'],
    ['sec', 's'],
    ['mins', 'min'],
    ['Celsius', 'degC'],
    ['Fahrenheit', 'degF'],
    ['liters', 'L'],
    ['litre', 'L'],
    ['cc', 'mL'],
    ['lbs', 'lb'],
    ['gpm', 'gal/min'],
    ['cfm', 'ft3/min'],
    ['in', 'inch'],
    ['days', 'd'],
    ['Nm', 'N*m'],
    ['mmhg', 'mmHg'],
    ['KPa', 'kPa'],
    ['Watts', 'W'],
    ['meters', 'm'],
    ['percent', '%'],
    ['Ohm', 'ohm'],
    ['barr', 'bar'],
    ['psii', 'psi'],
    ['°K', 'K'],
  ])('%s → %s', (wrong, right) => {
    expect(failure(wrong).suggestions[0]).toBe(right);
  });

  it('put the expected dimension first', () => {
    const pressure = unit('Pa').dimension;
    const result = library.resolve('mpa', { expected: pressure });
    expect(result.ok ? [] : result.suggestions.slice(0, 2).sort()).toEqual(['MPa', 'mPa']);
    const speed = library.resolve('km/sc', { expected: unit('m/s').dimension });
    expect(result.ok || speed.ok ? '' : speed.suggestions[0]).toBe('s');
    const nanometre = library.resolve('Nm', { expected: unit('m').dimension });
    expect(nanometre.ok ? '' : nanometre.suggestions[0]).toBe('nm');
  });

  it('all resolve, and are put in parentheses inside a product', () => {
    expect(failure('kg/gpm').suggestions[0]).toBe('(gal/min)');
    for (const wrong of ['Kw', 'foo', 'mmm', 'degg', 'kgg', 'BtU', 'gpm']) {
      for (const suggestion of failure(wrong).suggestions)
        expect(library.resolve(suggestion).ok, suggestion).toBe(true);
    }
  });

  it('include the units of the user', () => {
    expect(failure('botle', userTable('package brewery\nunit bottle')).suggestions).toContain('bottle');
  });
});

describe('declarations', () => {
  it('of a base unit make a dimension of the package', () => {
    const table = userTable(
      'package brewery\nunit bottle\nunit crate = 24 bottle\nquantity Output = bottle/s',
    );
    expect(table.errors).toEqual([]);
    expect(unit('bottle', table).dimension.key).toBe('brewery.bottle');
    expect(unit('crate/h', table).factor.toString()).toBe('1/150');
    expect(table.quantity('Output')?.dimension.key).toBe('brewery.bottle s^-1');
    expect(library.resolve('bottle').ok).toBe(false);
  });

  it('may come in any order', () => {
    const { units } = readLibrary();
    const reversed = UnitTable.from({ units: units.toReversed() });
    expect(reversed.errors).toEqual([]);
    for (const { name } of units) {
      const again = unit(name, reversed);
      expect(again.factor.equals(unit(name).factor), name).toBe(true);
      expect(again.dimension.key, name).toBe(unit(name).dimension.key);
    }
  });

  it('give the user what the language page shows', () => {
    const table = userTable(
      'package p\nunit EUR\nunit kWh = 1 kW*h\nquantity SpecificEnergy = kWh/m3\nquantity Wear = 1\nunit € = EUR',
    );
    expect(table.errors).toEqual([]);
    expect(table.quantity('SpecificEnergy')?.dimension.key).toBe(unit('Pa').dimension.key);
    expect(library.quantity('SpecificEnergy')?.dimension.key).toBe(unit('J/kg').dimension.key);
    expect(unit('EUR/kWh', table).factor.toString()).toBe('1/3600000');
    expect(unit('€', table).dimension.key).toBe('p.EUR');
  });

  it('that are wrong are reported as data, each with a sentence', () => {
    expect(errorsOf('package p\nunit x = 2 blub')).toEqual(['x: unknownUnit']);
    expect(errorsOf('package p\nunit x = 2 y\nunit y = 3 z\nunit z = x')).toEqual([
      'x: cyclic',
      'y: cyclic',
      'z: cyclic',
    ]);
    expect(errorsOf('package p\nunit x = x')).toEqual(['x: cyclic']);
    expect(errorsOf('package p\nunit x\nunit x')).toEqual(['x: duplicate']);
    expect(errorsOf('package p\nunit bar = 2 Pa')).toEqual(['bar: duplicate']);
    expect(errorsOf('package p\nquantity Q = m\nquantity Q = s')).toEqual(['Q: duplicate']);
    expect(errorsOf('package p\nquantity Q = blub')).toEqual(['Q: unknownUnit']);
    expect(errorsOf('package p\nquantity Q = m**')).toEqual(['Q: malformed']);
    expect(errorsOf('package p\nunit x = 0 m')).toEqual(['x: malformed']);
    expect(errorsOf('package p\nunit gon2 = 2 gon')).toEqual(['gon2: malformed']);
    expect(errorsOf('package p\nunit m/h')).toEqual(['m/h: malformed']);
    expect(errorsOf('package p\nunit x = 1/0 m')).toEqual(['x: malformed']);
    expect(errorsOf('package p\nunit x = 2 degC')).toEqual(['x: malformed']);
    expect(errorsOf('package p\nunit x = K offset 3 with prefixes')).toEqual(['x: malformed']);
    expect(errorsOf('package p\nunit x = km^(1/2)')).toEqual(['x: malformed']);
    expect(errorsOf('package p\nunit km = 900 m')).toEqual(['km: prefixClash']);
    expect(errorsOf('package p\nunit km = 1000 m')).toEqual([]);
    for (const { message } of userTable('package p\nunit x = y\nunit y = x\nunit km = 2 m', library).errors) {
      expect(message).toMatch(/^.+\.$/);
    }
  });

  it('whose prefixed readings are spelt alike clash: d+ab and da+b', () => {
    expect(errorsOf('package p\nunit ab with prefixes\nunit b with prefixes')).toEqual(['ab: prefixClash']);
    expect(errorsOf('package p\nunit ab\nunit b with prefixes')).toEqual([]);
    expect(errorsOf('package p\nunit am with prefixes')).toEqual(['am: prefixClash']);
    expect(errorsOf('package p\nunit x with binary prefixes\nunit ix with prefixes')).toEqual([
      'ix: prefixClash',
    ]);
  });

  it('clash exactly where an enumeration of all prefixed names finds two readings', () => {
    const si = 'q r y z a f p n µ m c d da h k M G T P E Z Y R Q'.split(' ');
    const name = fc
      .array(fc.constantFrom('a', 'b', 'd', 'i'), { minLength: 1, maxLength: 3 })
      .map((s) => s.join(''));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 5 }), (names) => {
        const table = UnitTable.from({
          units: names.map((n) => ({ name: n, package: 'p', prefixes: 'si' as const })),
        });
        const readings = new Map<string, Set<string>>();
        for (const n of names)
          for (const p of si) readings.set(p + n, (readings.get(p + n) ?? new Set()).add(n));
        const clash = [...readings].some(([symbol, set]) => set.size > 1 && !names.includes(symbol));
        expect(table.errors.length > 0).toBe(clash);
      }),
      { numRuns: 200 },
    );
  });

  it('use one broken declaration without a second report at each use', () => {
    const table = userTable('package p\nunit x = 2 blub', library);
    expect(failure('x/s', table)).toMatchObject({ reason: 'broken', at: 0, length: 1 });
  });
});

describe('imports', () => {
  const brewery = userTable(
    'package brewery\nunit bottle with prefixes\nunit crate = 24 bottle\nquantity Output = bottle/s',
    library,
  );

  it('bring a unit without the units it is made of', () => {
    const shop = library.extend(readDeclarations('package shop\nunit pallet = 40 crate'), [
      { from: brewery, names: ['crate'] },
    ]);
    expect(shop.errors).toEqual([]);
    expect(unit('pallet', shop).factor.toString()).toBe('960');
    expect(unit('pallet', shop).dimension.key).toBe('brewery.bottle');
    expect(shop.resolve('bottle').ok).toBe(false);
  });

  it('bring prefixes and quantities along', () => {
    const shop = library.extend({}, [{ from: brewery }]);
    expect(unit('kbottle/h', shop).dimension.key).toBe('brewery.bottle s^-1');
    expect(shop.quantity('Output')?.unit.text).toBe('bottle/s');
  });

  it('clash when two packages mean different things, and not when both bring the same', () => {
    const other = userTable('package wine\nunit bottle', library);
    expect(
      library.extend({}, [{ from: brewery }, { from: other }]).errors.map((error) => error.reason),
    ).toEqual(['duplicate']);
    expect(library.extend({}, [{ from: brewery }, { from: brewery, names: ['crate'] }]).errors).toEqual([]);
  });
});
