/** Which quantity is due where a name or a unit is typed, so that what fits comes first. */
import type { AstNode, ReferenceInfo } from 'langium';
import {
  isBinaryExpr,
  isBinding,
  isChartWidget,
  isConstDecl,
  isEquation,
  isEstimate,
  isEventArgument,
  isFunctionCall,
  isFunctionDecl,
  isFunctionLocal,
  isGaugeWidget,
  isHistogramWidget,
  isMemberAccess,
  isNumberWidget,
  isPhaseWidget,
  isOverride,
  isModeDecl,
  isPartDecl,
  isQuantityDecl,
  isRange,
  isReportedValue,
  isSensorDecl,
  isSetAction,
  isTwinDecl,
  isVariableDecl,
  type Expression,
} from '../../grammar/generated/ast.ts';
import { eventOf } from '../../compiler/1-parse/names/events.ts';
import { featureOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { isTyped, type Type } from '../../compiler/2-check/index.ts';
import { leafAt, upwards } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';

/** The type that the other side has. */
export type Due = Type;

const SAME = new Set(['+', '-', '<', '<=', '>', '>=', '==', '!=']);

/** The type that a value at the probe should have; undefined when anything may stand there. */
export function dueType(project: Project, { container }: ReferenceInfo): Due | undefined {
  let node: AstNode = container;
  for (let parent = node.$container; parent !== undefined; node = parent, parent = parent.$container) {
    const property = node.$containerProperty;
    if (isBinaryExpr(parent)) {
      if (!SAME.has(parent.operator)) return undefined;
      const other = property === 'left' ? parent.right : parent.left;
      const type = known(project, other);
      if (type !== undefined) return type;
      if (!['+', '-'].includes(parent.operator)) return undefined;
      continue;
    }
    if (isEquation(parent)) return known(project, property === 'left' ? parent.right : parent.left);
    if (isOverride(parent) || isSetAction(parent))
      return property === 'value' ? known(project, parent.target) : undefined;
    if (isEstimate(parent))
      return property === 'spread' || property === 'drift' ? apart(known(project, parent.target)) : undefined;
    if (isEventArgument(parent)) {
      const parameter = eventOf(parent.$container.target)?.parameters.find(
        ({ name }) => name === parent.name,
      );
      return parameter && declared(project, parameter);
    }
    if (isVariableDecl(parent) || isConstDecl(parent)) {
      if (property === 'range' || parent.type !== undefined) return declared(project, parent);
      return undefined;
    }
    if (isFunctionCall(parent)) {
      const parameter = parent.declared?.ref?.parameters[node.$containerIndex ?? 0];
      return parameter && declared(project, parameter);
    }
    if (isFunctionDecl(parent) || isFunctionLocal(parent))
      return parent.type === undefined ? undefined : declared(project, parent);
    if (isSensorDecl(parent)) return property === 'range' ? declared(project, parent) : undefined;
    if (isRange(parent)) {
      const other = property === 'low' ? parent.high : parent.low;
      const type = known(project, other);
      if (type !== undefined) return type;
      continue;
    }
    if (parent.$type === 'ParenExpr' || parent.$type === 'UnaryExpr' || parent.$type === 'ConditionalExpr')
      continue;
    return undefined;
  }
  return undefined;
}

/** How far two values of a type are apart: of points on a scale a difference. */
function apart(type: Due | undefined): Due | undefined {
  if (type === undefined || type.quantity.kind !== 'absolute') return type;
  return { ...type, quantity: { ...type.quantity, kind: 'difference' } };
}

/** The type of what is bound or shown, where a unit follows `as`. */
export function dueAs(project: Project, file: ParsedFile, offset: number): Due | undefined {
  const before = file.text.slice(0, offset).trimEnd().length;
  for (const node of upwards(leafAt(file, before)?.astNode)) {
    if (isBinding(node)) return known(project, node.target);
    if (isGaugeWidget(node) || isNumberWidget(node)) return known(project, node.value);
    if (isChartWidget(node) || isHistogramWidget(node)) return known(project, node.series[0]);
    if (isReportedValue(node)) return known(project, node.value);
    if (isVariableDecl(node)) return declared(project, node);
    if (isPhaseWidget(node)) return known(project, node.base ?? node.value);
  }
  return undefined;
}

/** What is no number. */
const NAMED: ReadonlySet<Type['base']> = new Set(['boolean', 'mode', 'text']);

/** A part or twin fits when it may lead to something that fits: it is not sorted behind. */
export function fitsDue(project: Project, node: AstNode, due: Due): boolean {
  if (isPartDecl(node) || isTwinDecl(node) || isQuantityDecl(node)) return false;
  if (isModeDecl(node)) return due.base === 'mode';
  if (!isTyped(node)) return false;
  const { type } = project.checker.declaredType(node);
  if (NAMED.has(type.base) || NAMED.has(due.base)) return type.base === due.base;
  if (type.base === 'unknown') return false;
  return type.quantity.dimension.equals(due.quantity.dimension);
}

/** `VolumeFlow · m³/h`, for the side of a completion's label. */
export function quantityOfNode(project: Project, node: AstNode): string | undefined {
  if (!isTyped(node)) return undefined;
  const { quantity, unit } = project.checker.declaredType(node);
  return unit.label === '' ? quantity : `${quantity} · ${unit.label}`;
}

function known(project: Project, expression: Expression | undefined): Type | undefined {
  const feature = isMemberAccess(expression) ? featureOf(expression) : undefined;
  const type =
    feature !== undefined && isVariableDecl(feature)
      ? declared(project, feature)
      : expression && project.checker.typeOf(expression);
  return type === undefined || type.base === 'unknown' ? undefined : type;
}

function declared(
  project: Project,
  node: Parameters<Project['checker']['declaredType']>[0],
): Type | undefined {
  const { type } = project.checker.declaredType(node);
  return type.base === 'unknown' ? undefined : type;
}
