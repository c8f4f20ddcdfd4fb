/** Every library unit against mathjs and UCUM (LHC's implementation), wherever they know the same unit. */
import { createRequire } from 'node:module';
import { all, create } from 'mathjs';
import { describe, expect, it } from 'vitest';
import type { Dimension } from '../../compiler/2-check/units/index.ts';
import { libraryTable, readLibrary } from './library.ts';

interface UcumUnit {
  readonly magnitude_: number;
  readonly dim_: { readonly dimVec_: readonly number[] | null } | null;
}
/** The part of LHC's library that we ask; it comes without types. */
interface Ucum {
  readonly UcumLhcUtils: {
    getInstance(): {
      getSpecifiedUnit(code: string, validate: 'validate'): { readonly unit: UcumUnit | null };
      convertUnitTo(from: string, value: number, to: string): { readonly toVal: number };
    };
  };
}
const ucum = createRequire(import.meta.url)('@lhncbc/ucum-lhc') as Ucum;

const table = libraryTable();
const names = readLibrary().units.map((unit) => unit.name);

function unitOf(text: string): { factor: number; dimension: Dimension } {
  const result = table.resolve(text);
  if (!result.ok) throw new Error(result.message);
  return { factor: result.unit.factor.toNumber(), dimension: result.unit.dimension };
}

const exponents = (dimension: Dimension, bases: readonly string[]): number[] =>
  bases.map((base) => dimension.exponentOf(base).toNumber());

describe('mathjs', () => {
  const math = create(all ?? {});
  /** Same name, another unit; or their value is rounded. Ours is the defined one, as the reason says. */
  const DIFFERENT: Readonly<Record<string, string>> = {
    acre: 'mathjs rounds to 4046.86 m2',
    bbl: 'mathjs takes the 31-gallon barrel; ours is the 42-gallon barrel of petroleum',
    kip: 'mathjs rounds the pound-force',
    mmHg: 'mathjs takes 133.322 Pa',
    eV: 'mathjs has a CODATA value from before 2019; ours is the SI definition',
    PS: 'mathjs reads peta-siemens; ours is the metric horsepower',
    rd: 'mathjs reads the rod, a length; ours is the rad of dose',
    psi: 'mathjs rounds to twelve digits',
    hp: 'mathjs rounds to twelve digits',
  };
  const known = (name: string): { value: number; dimensions: number[] } | undefined => {
    try {
      const unit = math.unit(1, name).toSI() as unknown as { value: number; dimensions: number[] };
      return { value: unit.value, dimensions: unit.dimensions };
    } catch {
      return undefined;
    }
  };
  const shared = names.filter((name) => known(name) !== undefined && DIFFERENT[name] === undefined);

  it('knows enough of our units to be worth asking', () => {
    expect(shared.length).toBeGreaterThan(55);
  });

  it.each(shared.filter((name) => !/^deg[CF]$/.test(name)))('%s has its factor and dimension', (name) => {
    const { factor, dimension } = unitOf(name);
    const theirs = known(name);
    expect(factor / (theirs?.value ?? NaN)).toBeCloseTo(1, 14);
    // Its order: mass, length, time, current, temperature, light, amount, angle (ours: a plain number), bit.
    const ours = exponents(dimension, ['kg', 'm', 's', 'A', 'K', 'cd', 'mol']);
    expect(ours).toEqual(theirs?.dimensions.slice(0, 7).map((power) => power + 0));
  });

  it.each(Object.keys(DIFFERENT))('%s still differs', (name) => {
    expect(Math.abs(unitOf(name).factor / (known(name)?.value ?? NaN) - 1)).toBeGreaterThan(1e-12);
  });

  it.each([
    'Y',
    'Z',
    'E',
    'P',
    'T',
    'G',
    'M',
    'k',
    'h',
    'da',
    'd',
    'c',
    'm',
    'u',
    'n',
    'p',
    'f',
    'a',
    'z',
    'y',
  ])('the prefix %s is the same for metre, watt and ohm', (prefix) => {
    for (const name of ['m', 'W', 'ohm']) {
      expect(unitOf(prefix + name).factor / (known(prefix + name)?.value ?? NaN)).toBeCloseTo(1, 14);
    }
  });
});

describe('UCUM', () => {
  const utilities = ucum.UcumLhcUtils.getInstance();
  /** Our symbol → UCUM's code, where they are spelt differently. */
  const CODES: Readonly<Record<string, string>> = {
    ppm: '[ppm]',
    ppb: '[ppb]',
    ppt: '[pptr]',
    arcmin: "'",
    arcsec: "''",
    rev: 'circ',
    week: 'wk',
    yr: 'a_j',
    ohm: 'Ohm',
    inch: '[in_i]',
    mil: '[mil_i]',
    ft: '[ft_i]',
    yd: '[yd_i]',
    mile: '[mi_i]',
    nmi: '[nmi_i]',
    fathom: '[fth_i]',
    Å: 'Ao',
    au: 'AU',
    ly: '[ly]',
    ha: 'har',
    acre: '[acr_us]',
    gal: '[gal_us]',
    galUK: '[gal_br]',
    qt: '[qt_us]',
    pint: '[pt_us]',
    cup: '[cup_us]',
    floz: '[foz_us]',
    tbsp: '[tbs_us]',
    tsp: '[tsp_us]',
    bbl: '[bbl_us]',
    kn: '[kn_i]',
    gn: '[g]',
    lb: '[lb_av]',
    oz: '[oz_av]',
    ozt: '[oz_tr]',
    grain: '[gr]',
    carat: '[car_m]',
    stone: '[stone_av]',
    tonUS: '[ston_av]',
    tonUK: '[lton_av]',
    Da: 'u',
    lbf: '[lbf_av]',
    mmHg: 'mm[Hg]',
    inHg: "[in_i'Hg]",
    mmWC: 'mm[H2O]',
    inWC: "[in_i'H2O]",
    psi: '[psi]',
    cal: 'cal_th',
    BTU: '[Btu_IT]',
    hp: '[HP]',
    degR: '[degR]',
    gauss: 'G',
    rem: 'REM',
    rd: 'RAD',
    Eq: 'eq',
    B: 'By',
    mph: '[mi_i]/h',
    cmWC: 'cm[H2O]',
    mWC: 'm[H2O]',
    VA: 'V.A',
    Wh: 'W.h',
    Ah: 'A.h',
    nit: 'cd/m2',
    bpm: '/min',
    M: 'mol/L',
    rpm: 'circ/min',
    ksi: 'k[psi]',
  };
  /** Not the same unit under this spelling, or a value we do not share, with the reason. */
  const DIFFERENT: Readonly<Record<string, string>> = {
    acre: 'UCUM has the acre of the survey foot, ours is the international one',
    au: 'UCUM keeps 149597870.691 km; ours is the definition of the IAU of 2012',
    pc: 'UCUM rounds to seven digits; ours is 648000/pi au',
    Da: 'UCUM has an old CODATA value',
    u: 'UCUM has an old CODATA value',
    mmHg: 'UCUM has 133.322 Pa; ours is the conventional 133.322387415 Pa',
    inHg: 'UCUM derives it from its rounded mercury column',
    eV: 'UCUM has a value from before 2019; ours is the SI definition',
    PS: 'UCUM reads peta-siemens; ours is the metric horsepower',
    TR: 'UCUM reads tera-roentgen; ours is the ton of refrigeration',
  };
  /** Scales are checked below; IU is arbitrary in UCUM too; this UCUM table gives the dioptre as a length. */
  const SKIPPED = new Set(['degC', 'degF', 'IU', 'dpt']);

  const known = (name: string): UcumUnit | undefined => {
    const code = CODES[name] ?? name;
    return utilities.getSpecifiedUnit(code, 'validate').unit ?? undefined;
  };
  const AVOGADRO_IN_UCUM = 6.0221367e23;
  /** UCUM's bases are m, s, g, rad, K, C, cd, and the mole is a number. */
  const inUcum = (name: string): number => {
    const { factor, dimension } = unitOf(name);
    const kilograms = dimension.exponentOf('kg').toNumber();
    const moles = dimension.exponentOf('mol').toNumber();
    return factor * 1000 ** kilograms * AVOGADRO_IN_UCUM ** moles;
  };
  const shared = names.filter(
    (name) => !SKIPPED.has(name) && DIFFERENT[name] === undefined && known(name) !== undefined,
  );

  it('knows enough of our units to be worth asking', () => {
    expect(shared.length).toBeGreaterThan(95);
  });

  it.each(shared)('%s has its factor and dimension', (name) => {
    const theirs = known(name);
    // UCUM's table has fifteen digits or more, except Torr, which it gives as 133.322 Pa.
    expect(inUcum(name) / (theirs?.magnitude_ ?? NaN)).toBeCloseTo(1, name === 'Torr' ? 5 : 13);
    const vector = theirs?.dim_?.dimVec_ ?? [0, 0, 0, 0, 0, 0, 0];
    const { dimension } = unitOf(name);
    const [m, s, kg, K, A, cd] = exponents(dimension, ['m', 's', 'kg', 'K', 'A', 'cd']) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    // An ampere is a coulomb per second there.
    expect([m, s - A, kg, K, A, cd].map((power) => power + 0)).toEqual(
      [vector[0], vector[1], vector[2], vector[4], vector[5], vector[6]].map((power) => (power ?? 0) + 0),
    );
  });

  it.each(Object.keys(DIFFERENT))('%s still differs', (name) => {
    expect(Math.abs(inUcum(name) / (known(name)?.magnitude_ ?? NaN) - 1)).toBeGreaterThan(1e-12);
  });

  it.each([
    ['Cel', 'degC', 37],
    ['Cel', 'degC', -40],
    ['[degF]', 'degF', 98.6],
    ['[degF]', 'degF', -40],
  ] as const)('%s converts to kelvin as %s does', (code, name, value) => {
    const theirs = utilities.convertUnitTo(code, value, 'K').toVal;
    const result = table.resolve(name);
    if (!result.ok) throw new Error(result.message);
    const { factor, offset } = result.unit;
    expect((value + (offset?.toNumber() ?? NaN)) * factor.toNumber()).toBeCloseTo(theirs, 9);
  });
});
