/** The unit system's public face. README.md says what it is; nothing here imports from outside the folder. */
export {
  convertExactly,
  exactSI,
  fromSI,
  linearToSI,
  sameValue,
  toSI,
  type ExactConversion,
} from './conversion.ts';
export type {
  DeclarationError,
  DeclarationProblem,
  Declarations,
  QuantityDeclaration,
  UnitDeclaration,
} from './declarations.ts';
export {
  coherentUnitText,
  describe,
  displayUnit,
  formatQuantity,
  prettyUnit,
  quantityName,
  quantityWords,
  suggestDisplayUnit,
} from './describe.ts';
export { LIBRARY_PACKAGE } from './definition.ts';
export { Dimension, DIMENSIONLESS, type DimensionTerm } from './dimension.ts';
export { Factor } from './factor.ts';
export { explainFailure, hintForMismatch } from './hints.ts';
export {
  add,
  assign,
  compare,
  derivative,
  divide,
  join,
  multiply,
  negate,
  NUMBER,
  power,
  quantityOfLiteral,
  subtract,
  ZERO_QUANTITY,
  type Quantity,
  type QuantityFailure,
  type QuantityKind,
  type QuantityResult,
} from './quantity.ts';
export { Rational } from './rational.ts';
export type { Unit } from './unit.ts';
export { lookAlikes } from './suggestions.ts';
export {
  UnitTable,
  type QuantityInfo,
  type ResolveOptions,
  type UnitFailure,
  type UnitImport,
  type UnitResult,
} from './unit-table.ts';
