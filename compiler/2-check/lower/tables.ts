/** Tables that something in these files looks up, directly or by way of functions. */
import type { AstNode } from 'langium';
import { isTableDecl, type Callable } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Table } from '../../model/checked-model.ts';
import type { Analysis } from '../analysis.ts';
import { displayUnit } from '../display.ts';
import { qualifiedName, target } from '../members.ts';
import { callsIn } from '../calls.ts';
import { needed } from './expressions.ts';

/** Functions and tables that these files or declarations call, and those that they call in turn. */
export function calledBy(roots: readonly AstNode[]): Callable[] {
  const found = new Set<Callable>();
  const look = (root: AstNode): void => {
    for (const call of callsIn(root)) {
      const called = target(call.declared);
      if (called !== undefined) found.add(called);
    }
  };
  roots.forEach(look);
  // A set is walked in the order of insertion, including what is added on the way.
  for (const called of found) look(called);
  return [...found];
}

export function lowerTables(called: readonly Callable[], analysis: Analysis): Record<string, Table> {
  return Object.fromEntries(
    called.filter(isTableDecl).map((declared) => {
      const name = qualifiedName(declared);
      const points = needed(analysis.pointsOf(declared), name);
      const parameters = declared.parameters.map((each) => ({
        name: each.name,
        unit: displayUnit(analysis.declaredType(each), analysis.tableOf(each)),
      }));
      return [name, { name, parameters, ...points, source: sourceOf(declared) }];
    }),
  );
}
