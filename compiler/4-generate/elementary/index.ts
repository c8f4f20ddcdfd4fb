/**
 * The elementary functions of the language as code that is emitted with a model, so that a result does not depend on
 * the host's `Math`. See README.md for accuracy and special values.
 */
import { call, f64, ModuleBuilder, returns } from '../wasm/index.ts';
import type { F64, FunctionHandle } from '../wasm/index.ts';
import type { Definition } from './definition.ts';
import { cosh, exp, expm1, halfExpParts, sinh, tanh } from './exponential.ts';
import { erf, erfc, gamma, lgamma, polygamma } from './gamma-and-error.ts';
import { expInPairs, logInPairs, tanhInPairs } from './in-pairs.ts';
import { acos, asin, atan, atan2, atanParts } from './inverse-trigonometric.ts';
import { log, log10, log1p, log2 } from './logarithm.ts';
import { powInPairs } from './pow-in-pairs.ts';
import { cbrt, hypot, pow } from './power.ts';
import { multiplyHigh, reduce, reduceLarge, twoOverPiWord } from './reduction.ts';
import { mod, round, sign } from './rounding.ts';
import { cos, sin, tan } from './trigonometric.ts';

const native =
  (name: string, apply: (x: F64) => F64): Definition =>
  (m) => {
    const f = m.function(name, { params: { x: 'f64' }, results: ['f64'] });
    f.body = [returns(apply(f.params.x))];
    return f;
  };
const nativeOfTwo =
  (name: string, apply: (x: F64, y: F64) => F64): Definition =>
  (m) => {
    const f = m.function(name, { params: { x: 'f64', y: 'f64' }, results: ['f64'] });
    f.body = [returns(apply(f.params.x, f.params.y))];
    return f;
  };

/** Functions that WebAssembly has an instruction for; `applyElementary` puts the instruction in place of a call. */
const instructions: Readonly<Record<string, (x: F64, y: F64) => F64>> = {
  sqrt: f64.sqrt,
  abs: f64.abs,
  floor: f64.floor,
  ceil: f64.ceil,
  trunc: f64.trunc,
  min: f64.min,
  max: f64.max,
};

/** What a model may call. */
const elementaryDefinitions = {
  exp,
  expm1,
  log,
  log1p,
  log2,
  log10,
  pow,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  atan2,
  sinh,
  cosh,
  tanh,
  cbrt,
  hypot,
  erf,
  erfc,
  gamma,
  lgamma,
  polygamma,
  mod,
  round,
  sign,
  sqrt: native('sqrt', f64.sqrt),
  abs: native('abs', f64.abs),
  floor: native('floor', f64.floor),
  ceil: native('ceil', f64.ceil),
  trunc: native('trunc', f64.trunc),
  min: nativeOfTwo('min', f64.min),
  max: nativeOfTwo('max', f64.max),
} satisfies Record<string, Definition>;

/** Functions that can be had of two numbers at once. */
const inPairs: Readonly<Record<string, (m: ModuleBuilder, single: FunctionHandle) => FunctionHandle>> = {
  exp: expInPairs,
  log: logInPairs,
  tanh: tanhInPairs,
  pow: powInPairs,
};

/** What the functions share among themselves. */
const parts = { halfExpParts, atanParts, reduce, reduceLarge, twoOverPiWord, multiplyHigh };

export type ElementaryName = keyof typeof elementaryDefinitions;
export type Library = Readonly<Record<ElementaryName | keyof typeof parts, FunctionHandle>>;

const elementaryNames = Object.keys(elementaryDefinitions) as readonly ElementaryName[];
export const isElementary = (name: string): name is ElementaryName =>
  Object.hasOwn(elementaryDefinitions, name);

/** The functions as members of a module, each added when first read. Make one library a module. */
export function elementary(m: ModuleBuilder): Library {
  const library = {} as Library;
  for (const [name, define] of Object.entries({ ...elementaryDefinitions, ...parts })) {
    let made: FunctionHandle | undefined;
    const make = (): FunctionHandle => {
      const single = define(m, library);
      const twofold = inPairs[name];
      let both: FunctionHandle | undefined;
      if (twofold !== undefined)
        return Object.assign(single, { inPairs: () => (both ??= twofold(m, single)) });
      return single;
    };
    Object.defineProperty(library, name, { enumerable: true, get: () => (made ??= make()) });
  }
  return library;
}

/** name(operands) as a value: an instruction where there is one, else a call. */
export function applyElementary(library: Library, name: ElementaryName, ...operands: readonly F64[]): F64 {
  const instruction = instructions[name];
  return instruction ? instruction(operands[0]!, operands[1]!) : call(library[name], ...operands);
}

/** A module that exports every elementary function and imports nothing: for the interpreter, which must give the same bits. */
export function elementaryModule(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();
  const library = elementary(m);
  for (const name of elementaryNames) m.export(name, library[name]);
  return m.encode();
}
