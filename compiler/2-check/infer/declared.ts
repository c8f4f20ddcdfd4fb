/** Declaration → what its value is: as stated, else as its value says. */
import { AstUtils } from 'langium';
import {
  isFunctionDecl,
  isEventParameter,
  isFunctionLocal,
  isFunctionParameter,
  isTableDecl,
  isSensorDecl,
  isTwinFile,
  isVariableDecl,
  type ConstDecl,
  type Expression,
  type FunctionDecl,
  type FunctionLocal,
  type TypeRef,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import { PROCESS_PACKAGE, SENSING } from '../../1-parse/names/members.ts';
import { sourceOf, sourceOfProperty } from '../../1-parse/source.ts';
import * as process from '../../diagnostics/process.ts';
import * as types from '../../diagnostics/types.ts';
import type { Analysis, Declaration } from '../analysis.ts';
import { packageOf } from '../../1-parse/names/package-index.ts';
import { literalWithin, unitOfLiteral, NO_UNIT } from '../literals.ts';
import { target } from '../members.ts';
import { BOOLEAN, INTEGER, isNumeric, numberOf, PLAIN, UNKNOWN, type Type } from '../type.ts';
import { suggestDisplayUnit, ZERO_QUANTITY } from '../units/index.ts';

/** Of what is declared: as its type says, else as its value has it; shown in the unit after `as`. */
export function declaredType(declaration: Declaration, analysis: Analysis): Type {
  const type = typeAsDeclared(declaration, analysis);
  if (!isVariableDecl(declaration) || declaration.unit === undefined || !isNumeric(type)) return type;
  // One that is unknown, or does not fit, is reported by the rule; what depends on the variable goes on.
  const found = analysis.tableOf(declaration).resolve(declaration.unit);
  return found.ok ? { ...type, unit: numberOf(type.quantity, found.unit).unit ?? type.unit } : type;
}

function typeAsDeclared(declaration: Declaration, analysis: Analysis): Type {
  if (isSensorDecl(declaration)) return following(declaration, declaration.target, analysis);
  if (isFunctionParameter(declaration) || isTableDecl(declaration) || isEventParameter(declaration)) {
    return (declaration.type as TypeRef | undefined) === undefined
      ? UNKNOWN
      : (statedType(declaration.type, undefined, analysis) ?? UNKNOWN);
  }
  const value = declaration.value ?? (isVariableDecl(declaration) ? declaration.guess : undefined);
  const stated = declaration.type === undefined ? undefined : statedType(declaration.type, value, analysis);
  if (stated !== undefined) return stated;
  if (value === undefined) {
    // A broken text lacks things that its writer is about to write.
    if (
      isVariableDecl(declaration) &&
      !isReading(declaration) &&
      declaration.type === undefined &&
      (declaration.name as string | undefined) !== undefined
    ) {
      const holes = { name: declaration.name, role: declaration.role };
      analysis.report(types.typeMissing, holes, declaration, {
        place: sourceOfProperty(declaration, 'name'),
      });
    }
    return UNKNOWN;
  }
  return inferred(declaration, value, analysis);
}

/** `: Power`, with the unit of the value, when it is one number, to show it in. */
function statedType(type: TypeRef, value: Expression | undefined, analysis: Analysis): Type | undefined {
  if (type.primitive === 'Boolean') return BOOLEAN;
  if (type.primitive === 'Integer') return INTEGER;
  if (type.primitive === 'Number') return { ...PLAIN, name: 'Number' };
  const declaration = target(type.quantity);
  // A quantity that leads nowhere was reported; what depends on it is silent.
  if (declaration === undefined) return UNKNOWN;
  const info = analysis.tableOf(declaration).quantity(declaration.name);
  if (info === undefined) return UNKNOWN;
  const literal = literalWithin(value)?.literal;
  const written = literal === undefined ? undefined : unitOfLiteral(literal, analysis.tableOf(type));
  const table = analysis.tableOf(type);
  const usual = info.unit.factor.isOne
    ? suggestDisplayUnit(table, info.dimension, info.kind === 'absolute')
    : info.unit;
  const unit = written === NO_UNIT || written === undefined ? (usual ?? info.unit) : written;
  const quantity = { dimension: info.dimension, kind: info.kind };
  const shown = numberOf(quantity, unit);
  return { ...(shown.unit === undefined ? numberOf(quantity, info.unit) : shown), name: declaration.name };
}

function inferred(
  declaration: VariableDecl | ConstDecl | FunctionDecl | FunctionLocal,
  written: Expression,
  analysis: Analysis,
): Type {
  const value = following(declaration, written, analysis);
  const type =
    value.quantity.kind === 'zero' && isVariableDecl(declaration)
      ? rangeType(declaration, value, analysis)
      : value;
  if (type.names !== undefined) return keptName(declaration, type, analysis);
  if (!isNumeric(type)) return type.base === 'boolean' ? type : UNKNOWN;
  // `param share = 1` is a number that happens to be whole; a structural 1 is meant to be whole.
  const whole = !isVariableDecl(declaration) || declaration.role === 'fixed';
  const base = type.base === 'integer' && whole ? 'integer' : 'number';
  return { ...type, base, ...(type.quantity.kind === 'zero' ? { quantity: PLAIN.quantity } : {}) };
}

/** Which of several is the largest is known by what it is now, so a let or kpi can say it. */
function keptName(
  declaration: VariableDecl | ConstDecl | FunctionDecl | FunctionLocal,
  type: Type,
  analysis: Analysis,
): Type {
  if (isVariableDecl(declaration)) {
    const { role, name } = declaration;
    if (role === 'let' || role === 'kpi') return type;
    analysis.report(process.nameKept, { name, role }, declaration, {
      place: sourceOfProperty(declaration, 'name'),
    });
  } else analysis.report(process.nameKept, { name: declaration.name, role: 'formula' }, declaration);
  return UNKNOWN;
}

/** `state level = 0 in 0..4 m`: a bare 0 is of the quantity of its range. */
function rangeType({ range }: VariableDecl, zero: Type, analysis: Analysis): Type {
  const bound = [range?.high, range?.low].find((each) => literalWithin(each) !== undefined);
  const type = analysis.typeOf(bound);
  return bound !== undefined && isNumeric(type) && type.quantity.kind !== 'zero'
    ? { ...type, base: 'number' }
    : zero;
}

/** The type of the expression a declaration takes its own from, unless that leads back to the declaration. */
function following(declaration: Declaration, value: Expression | undefined, analysis: Analysis): Type {
  const { inProgress } = analysis;
  const start = inProgress.indexOf(declaration);
  if (start >= 0) {
    reportCycle(inProgress.slice(start), analysis);
    return UNKNOWN;
  }
  inProgress.push(declaration);
  try {
    return analysis.typeOf(value);
  } finally {
    inProgress.pop();
  }
}

/** At the first of them in the text, whichever was asked for first. */
export function reportCycle(cycle: readonly Declaration[], analysis: Analysis): void {
  const sorted = [...cycle].sort((a, b) => {
    const [left, right] = [sourceOf(a), sourceOf(b)];
    return left.uri === right.uri ? left.start - right.start : left.uri < right.uri ? -1 : 1;
  });
  const first = sorted[0];
  if (
    first === undefined ||
    // A function that calls itself is told so.
    sorted.some((each) => isFunctionDecl(each) || isFunctionLocal(each)) ||
    analysis.findingsAt(first).some((finding) => finding.code === types.typeCycle.code)
  )
    return;
  const from = cycle.indexOf(first);
  const path = [...cycle.slice(from), ...cycle.slice(0, from), first].map((each) => each.name);
  analysis.report(types.typeCycle, { name: first.name, path }, first, {
    place: sourceOfProperty(first, 'name'),
  });
}

/** A 0 without a unit fits every quantity. */
export const ZERO: Type = { base: 'integer', quantity: ZERO_QUANTITY };

/** What every sensor has is of the quantity that the sensor measures. */
function isReading(variable: VariableDecl): boolean {
  const file = AstUtils.findRootNode(variable);
  return isTwinFile(file) && [SENSING.package, PROCESS_PACKAGE].includes(packageOf(file));
}
