/** `pump[2].casing.residual` → the declarations it leads through. */
import {
  isIndexExpr,
  isMemberAccess,
  isModeDecl,
  isModesDecl,
  isNameRef,
  isPartDecl,
  isSensorDecl,
  isTwinDecl,
  isVariableDecl,
  type AssetDecl,
  type Expression,
  type Feature,
  type IndexExpr,
  type MemberAccess,
  type PartDecl,
  type VariableDecl,
} from '../../grammar/generated/ast.ts';
import type { SensorField } from '../model/expression.ts';
import { measuresOf } from '../1-parse/names/members.ts';
import type { Analysis } from './analysis.ts';
import { isOfItem } from './measures.ts';
import { target } from './members.ts';

export interface Step {
  name: string;
  feature: Feature;
  /** The index as written, `[*]` included. */
  index?: IndexExpr;
  /** The part of the path up to here, without the index. */
  node: Expression;
}

export interface Path {
  steps: Step[];
  /** The name after a sensor, a state, a process, a queue or a resource. */
  field?: MemberAccess;
}

export const SENSOR_FIELDS: readonly SensorField[] = [
  'measured',
  'predicted',
  'residual',
  'stale',
  'outOfRange',
  'surprise',
];

/** Undefined when the expression is no path, or when part of it leads nowhere. */
export function pathOf(expression: Expression | undefined): Path | undefined {
  if (expression === undefined) return undefined;
  if (expression.$type === 'NameRef') {
    const feature = target(expression.target);
    return feature === undefined ? undefined : { steps: [{ name: feature.name, feature, node: expression }] };
  }
  if (isIndexExpr(expression)) {
    const path = pathOf(expression.base);
    const last = path?.steps.at(-1);
    if (path === undefined || last === undefined || path.field !== undefined || last.index !== undefined)
      return undefined;
    return { steps: [...path.steps.slice(0, -1), { ...last, index: expression }] };
  }
  if (!isMemberAccess(expression)) return undefined;
  const path = pathOf(expression.receiver);
  const last = path?.steps.at(-1);
  if (path === undefined || last === undefined || path.field !== undefined) return undefined;
  const isState = isVariableDecl(last.feature) && last.feature.role === 'state';
  if (isState || isSensorDecl(last.feature) || measuresOf(last.feature) !== undefined)
    return { steps: path.steps, field: expression };
  const leads = [isPartDecl, isTwinDecl, isModesDecl, isModeDecl].some((is) => is(last.feature));
  if (!leads) return undefined;
  const feature = target(expression.member);
  if (feature === undefined) return undefined;
  return { steps: [...path.steps, { name: feature.name, feature, node: expression }] };
}

/** Where a path is the name of one value of the asset, as most are: what it names. */
export function singleVariable(expression: Expression, analysis: Analysis): VariableDecl | undefined {
  if (expression.$type !== 'NameRef') return undefined;
  const feature = target(expression.target);
  return isVariableDecl(feature) && !isOfItem(feature) && analysis.shapeOf(feature).length === 0
    ? feature
    : undefined;
}

/** What an expression names; undefined where it is no path. */
export function featureAt(expression: Expression | undefined): Feature | undefined {
  return expression?.$type === 'NameRef' ? target(expression.target) : featureOf(pathOf(expression));
}

/** Whether this is inside a longer path, which is looked at as a whole. */
export function isInnerPath(expression: Expression): boolean {
  const { $container: container, $containerProperty: property } = expression;
  return (
    (isMemberAccess(container) && property === 'receiver') || (isIndexExpr(container) && property === 'base')
  );
}

/** Whether an expression is a name with what follows it: `pump[2].casing`. */
export function isPath(expression: Expression | undefined): boolean {
  return isNameRef(expression) || isMemberAccess(expression) || isIndexExpr(expression);
}

/** What a path names in the end: of `level.sd` not the state, which can be set and estimated, but what is known of it. */
export function featureOf(path: Path | undefined): Feature | undefined {
  const feature = path?.steps.at(-1)?.feature;
  return path?.field !== undefined && isVariableDecl(feature) ? target(path.field.member) : feature;
}

/** A part or a link: many of them are no vector. */
export function isPartLike(feature: Feature | undefined): boolean {
  return isPartDecl(feature);
}

/** The size that a step's declaration was given, if it is an array. */
export function sizeOf(step: Step): Expression | undefined {
  if (isLink(step.feature)) return step.feature.multiplicity?.high ?? step.feature.multiplicity?.low;
  return isVariableDecl(step.feature) || isPartDecl(step.feature) ? step.feature.size : undefined;
}

/** Whether it stands for parts that are elsewhere. */
export function isLink(feature: Feature | undefined): feature is PartDecl {
  return isPartDecl(feature) && feature.link;
}

/** Positions of the steps that stand for all elements of an array, as they have no index or `[*]`. */
export function openArrays(path: Path): number[] {
  return path.steps.flatMap((step, position) =>
    sizeOf(step) !== undefined && (step.index === undefined || step.index.all || step.index.allColumns)
      ? [position]
      : [],
  );
}

/** The asset that a part or twin is an instance of. */
export function assetOf(feature: Feature | undefined): AssetDecl | undefined {
  return isPartDecl(feature) || isTwinDecl(feature) ? target(feature.type) : undefined;
}

/** `pump[2].casing`, from declarations and written indexes; the same text for the same target. */
export function pathKey(path: Path, textOf: (expression: Expression) => string): string {
  const names = path.steps.map((step) => {
    if (step.index === undefined) return step.name;
    const { all, index, allColumns, column } = step.index;
    const second = allColumns ? ', *' : column === undefined ? '' : `, ${textOf(column)}`;
    return `${step.name}[${all || index === undefined ? '*' : textOf(index)}${second}]`;
  });
  if (path.field !== undefined) names.push(path.field.member?.$refText ?? '');
  return names.join('.');
}
