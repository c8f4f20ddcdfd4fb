/** Values of events are named where they are declared, given and read: no references of the grammar, yet one name. */
import { isReference, type AstNode } from 'langium';
import {
  isEmitAction,
  isEventArgument,
  isEventDecl,
  isEventValue,
  isIndexExpr,
  isMemberAccess,
  isModeDecl,
  isModesDecl,
  isOnStatement,
  isPartDecl,
  isSetAction,
  type EventParameter,
} from '../../grammar/generated/ast.ts';
import { eventOf, parameterOf } from '../../compiler/1-parse/names/events.ts';
import { sourceOfCst, uriOf } from '../../compiler/1-parse/index.ts';
import { nameSource } from './places.ts';
import type { Project } from './project.ts';
import type { Occurrence } from '../navigate/references.ts';

/** The parameter that a value or an argument is; anything else is itself. */
export function declarationOf(node: AstNode): AstNode {
  if (isEventValue(node)) return parameterOf(node) ?? node;
  if (isEventArgument(node))
    return eventOf(node.$container.target)?.parameters.find(({ name }) => name === node.name) ?? node;
  return node;
}

export function valueOccurrences(project: Project, parameter: EventParameter): Occurrence[] {
  const found: Occurrence[] = [{ source: nameSource(parameter), kind: 'declaration' }];
  const home = uriOf(parameter);
  for (const uri of new Set([home, ...project.workspace.dependentsOf(home)])) {
    const file = project.workspace.file(uri);
    if (file === undefined) continue;
    project.workspace.visitor.visit(file.tree, (node) => {
      const named = isEventValue(node) || isEventArgument(node);
      if (named && declarationOf(node) === parameter)
        found.push({ source: nameSource(node), kind: 'reference' });
      project.workspace.visitor.references(node, ({ reference }) => {
        const target = isReference(reference) ? reference.ref : undefined;
        if (reference.$refNode !== undefined && isEventValue(target) && parameterOf(target) === parameter)
          found.push({ source: sourceOfCst(reference.$refNode, uri), kind: 'reference' });
      });
    });
  }
  return found;
}

/** Events where events stand, modes after an arrow, and neither where something is set. */
export function fitsEvents(container: AstNode, node: AstNode): boolean {
  let head: AstNode = container;
  while (
    isMemberAccess(head.$container) ||
    (isIndexExpr(head.$container) && head.$containerProperty === 'base')
  )
    head = head.$container;
  const { $container: place, $containerProperty: property } = head;
  if ((isOnStatement(place) && property === 'event') || (isEmitAction(place) && property === 'target'))
    return isEventDecl(node) || isPartDecl(node);
  if (place?.$type === 'CommandCall' || place?.$type === 'ButtonWidget')
    return isPartDecl(node) || (isEventDecl(node) && node.kind === 'command');
  if (isSetAction(place) && property === 'target')
    return !isEventDecl(node) && !isModesDecl(node) && !isModeDecl(node);
  return !isEventDecl(node);
}
