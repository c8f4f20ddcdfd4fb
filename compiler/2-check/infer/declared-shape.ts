/** Declaration → its sizes: as stated in brackets, else those of its value. */
import {
  isConstDecl,
  isFunctionDecl,
  isFunctionLocal,
  isFunctionParameter,
  isNumberLiteral,
  isPartDecl,
  isSensorDecl,
  isVariableDecl,
  type ConstDecl,
  type Expression,
  type Feature,
  type FunctionDecl,
  type FunctionLocal,
  type FunctionParameter,
  type SensorDecl,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import * as shapes from '../../diagnostics/shapes.ts';
import { sourceOfProperty } from '../../1-parse/source.ts';
import type { Analysis, Declaration } from '../analysis.ts';
import type { Type } from '../type.ts';
import { dimOf, type Dim, type Shape } from '../shape.ts';

export function declaredShape(feature: Feature | Declaration, analysis: Analysis): Shape {
  if (isPartDecl(feature)) {
    const size = feature.link ? (feature.multiplicity?.high ?? feature.multiplicity?.low) : feature.size;
    return size === undefined ? [] : [dimOf(size, analysis)];
  }
  if (isVariableDecl(feature)) {
    const { size, columns } = feature;
    if (size === undefined) return ofValue(feature, analysis);
    return [size, ...(columns === undefined ? [] : [columns])].map((each) => dimOf(each, analysis));
  }
  if (isSensorDecl(feature)) return ofValue(feature, analysis);
  if (isFunctionParameter(feature)) return ofParameter(feature, analysis);
  if (isConstDecl(feature) || isFunctionLocal(feature) || isFunctionDecl(feature))
    return ofValue(feature, analysis);
  return [];
}

function ofParameter(parameter: FunctionParameter, analysis: Analysis): Shape {
  const { anySize, size, anyColumns, columns } = parameter;
  const any = (axis: number): Dim => ({ text: '*', of: { parameter, axis } });
  const found: Dim[] = [];
  if (anySize) found.push(any(0));
  else if (size !== undefined) found.push(dimOf(size, analysis));
  if (anyColumns) found.push(any(1));
  else if (columns !== undefined) found.push(dimOf(columns, analysis));
  return found;
}

/** What a value is many of, each by itself, its declaration is as a whole. */
function ofValue(
  declaration: VariableDecl | ConstDecl | SensorDecl | FunctionLocal | FunctionDecl,
  analysis: Analysis,
): Shape {
  const value = valueOf(declaration);
  if (value === undefined || isNumberLiteral(value)) return [];
  const open = analysis.shapesInProgress;
  const earlier = open.get(declaration);
  if (earlier !== undefined) {
    earlier.again = true;
    return [];
  }
  const now = { again: false };
  open.set(declaration, now);
  let type: Type;
  try {
    type = analysis.typeOf(value);
  } finally {
    open.delete(declaration);
  }
  const found = [...(type.stars ?? []), ...(type.shape ?? [])];
  // A function that calls itself is told so.
  if (now.again && !isFunctionDecl(declaration) && found.length > 0)
    analysis.report(shapes.shapeUnknown, { name: declaration.name }, declaration, {
      place: sourceOfProperty(declaration, 'name'),
    });
  return found;
}

function valueOf(
  declaration: VariableDecl | ConstDecl | SensorDecl | FunctionLocal | FunctionDecl,
): Expression | undefined {
  if (isSensorDecl(declaration)) return declaration.target;
  return declaration.value ?? (isVariableDecl(declaration) ? declaration.guess : undefined);
}
