/** Whether what follows from one declaration to the next ends: parts of assets, constants in values, functions that call functions. */
import { AstUtils, type AstNode } from 'langium';
import {
  isConstDecl,
  isFunctionCall,
  isFunctionDecl,
  isPartDecl,
  type AssetDecl,
  type ConstDecl,
  type FunctionDecl,
} from '../../grammar/generated/ast.ts';
import type { Analysis } from './analysis.ts';
import { constantsIn } from './constants.ts';
import { lineage, target } from './members.ts';

/** What must not need itself, directly or through others. */
export type Needing = AssetDecl | ConstDecl | FunctionDecl;

/** What a function is made of: operations of its own, and how often and how deep within them it calls which others. */
export interface Formula {
  operations: number;
  calls: ReadonlyMap<FunctionDecl, { times: number; depth: number }>;
}

/** What a function comes to when all calls are written out, and how deep its formulas then lie in each other. */
export interface Unfolded {
  operations: number;
  depth: number;
}

/** Whether going from a declaration to what it needs never comes back. What is found to end on the way is settled, too. */
export function endsSomewhere(first: Needing, analysis: Analysis): boolean {
  const under = new Set<Needing>([first]);
  const open = [{ of: first, next: neededBy(first, analysis) }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const inner = top.next.pop();
    if (inner === undefined) {
      open.pop();
      under.delete(top.of);
      analysis.settle(top.of);
    } else if (under.has(inner)) return false;
    else if (!analysis.knowsSettled(inner)) {
      under.add(inner);
      open.push({ of: inner, next: neededBy(inner, analysis) });
    }
  }
  return true;
}

/** The first way from a declaration back to itself: those it leads by, itself at the end. What leads nowhere by one way leads nowhere by another. */
export function wayBack<Need extends Needing>(
  goal: Need,
  needs: (from: Need) => Iterable<Need>,
): Need[] | undefined {
  const seen = new Set<Need>();
  const open = [{ of: goal, next: needs(goal)[Symbol.iterator]() }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { value, done } = top.next.next();
    if (done === true) open.pop();
    else if (value === goal) return [...open.slice(1).map((each) => each.of), goal];
    else if (!seen.has(value)) {
      seen.add(value);
      open.push({ of: value, next: needs(value)[Symbol.iterator]() });
    }
  }
  return undefined;
}

export function formulaOf(declared: FunctionDecl): Formula {
  const calls = new Map<FunctionDecl, { times: number; depth: number }>();
  let operations = 0;
  for (const node of AstUtils.streamAst(declared)) {
    const called = isFunctionCall(node) ? target(node.declared) : undefined;
    if (isFunctionDecl(called)) {
      const before = calls.get(called);
      const depth = Math.max(before?.depth ?? 0, depthIn(declared, node));
      calls.set(called, { times: (before?.times ?? 0) + 1, depth });
    } else operations += 1;
  }
  return { operations, calls };
}

function depthIn(declared: FunctionDecl, node: AstNode): number {
  let depth = 0;
  for (let at: AstNode | undefined = node; at !== undefined && at !== declared; at = at.$container)
    depth += 1;
  return depth;
}

/** Of a function that does not call itself. */
export function unfolded(declared: FunctionDecl, analysis: Analysis): Unfolded {
  const open = [declared];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { operations, calls } = analysis.formulaOf(top);
    const sum = { operations, depth: 0 };
    const waiting: FunctionDecl[] = [];
    for (const [called, { times, depth }] of calls) {
      const known = analysis.unfoldedOf(called);
      if (known === undefined) {
        waiting.push(called);
        continue;
      }
      sum.operations += times * known.operations;
      sum.depth = Math.max(sum.depth, depth + known.depth);
    }
    if (waiting.length > 0) {
      open.push(...waiting);
      continue;
    }
    // Each let stands around those below it.
    analysis.keepUnfolded(top, { ...sum, depth: sum.depth + top.locals.length });
    open.pop();
  }
  return analysis.unfoldedOf(declared)!;
}

function neededBy(of: Needing, analysis: Analysis): Needing[] {
  if (isConstDecl(of)) return constantsIn(of.value);
  if (isFunctionDecl(of)) return [...analysis.formulaOf(of).calls.keys()];
  return analysis.membersOf(of).flatMap((member) => {
    const inner = isPartDecl(member) && !member.link ? target(member.type) : undefined;
    return inner === undefined ? [] : [inner, ...lineage(inner).slice(1)];
  });
}
