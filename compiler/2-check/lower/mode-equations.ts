/** What modes define → one equation for each variable, which chooses by the active mode. */
import {
  isEquation,
  isForStatement,
  isFunctionCall,
  type Equation as Tree,
  type LoopMember,
  type ModeDecl,
  type ModeMember,
  type ModesDecl,
} from '../../../grammar/generated/ast.ts';
import { modesIn, regionsIn, type Region } from '../../1-parse/names/modes.ts';
import type { Equation, Loop } from '../../model/asset.ts';
import type { Expression } from '../../model/expression.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { Incomplete } from './expressions.ts';
import { lowerEquation, lowerLoop } from './assets.ts';
import { choose, isMode } from './mode-expressions.ts';

interface Defined {
  equation: Equation;
  derivative: boolean;
  byMode: Map<ModeDecl, Expression>;
}

/** A derivative that a mode does not name is 0 in it: the state stays. */
export function equationsOfModes(tree: ModesDecl, analysis: Analysis): Equation[] {
  const found = new Map<string, Defined>();
  const look = (region: Region): void => {
    for (const mode of modesIn(region)) {
      for (const { tree: written, loops } of equationsIn(mode.members, [], analysis)) {
        const equation = lowerEquation(written, loops, analysis);
        const key = keyOf(written, loops);
        const known = found.get(key) ?? { equation, derivative: isDerivative(written), byMode: new Map() };
        known.byMode.set(mode, equation.right);
        found.set(key, known);
      }
      regionsIn(mode).forEach(look);
    }
  };
  look(tree);
  return [...found.values()].map((defined) => ({
    ...defined.equation,
    right: needed(valueIn(tree, defined)),
  }));
}

function valueIn(region: Region, defined: Defined): Expression | undefined {
  const { equation, derivative, byMode } = defined;
  const values = modesIn(region).map((mode) => {
    const own = byMode.get(mode);
    if (own !== undefined) return own;
    for (const inner of regionsIn(mode)) {
      const value = valueIn(inner, defined);
      if (value !== undefined) return value;
    }
    return undefined;
  });
  if (values.every((value) => value === undefined)) return undefined;
  const { type, source } = equation.right;
  const zero: Expression = { kind: 'number', value: 0, type, source };
  let result: Expression | undefined = values.includes(undefined) && derivative ? zero : undefined;
  for (const [at, mode] of [...modesIn(region).entries()].toReversed()) {
    const value = values[at];
    if (value === undefined && !derivative) throw new Incomplete('a definition in each mode');
    if (value === undefined) continue;
    result = result === undefined ? value : choose(isMode(mode, value.source), value, result);
  }
  return result;
}

function needed(value: Expression | undefined): Expression {
  if (value === undefined) throw new Incomplete('a definition');
  return value;
}

function isDerivative({ left }: Tree): boolean {
  return isFunctionCall(left) && left.function === 'der';
}

function* equationsIn(
  members: readonly (ModeMember | LoopMember | undefined)[],
  loops: Loop[],
  analysis: Analysis,
): Generator<{ tree: Tree; loops: Loop[] }> {
  for (const member of members) {
    if (isEquation(member)) yield { tree: member, loops };
    else if (isForStatement(member))
      yield* equationsIn(member.members, [...loops, lowerLoop(member, analysis)], analysis);
  }
}

/** The same variable in the same loops. */
function keyOf(tree: Tree, loops: readonly Loop[]): string {
  return JSON.stringify([
    textOf(tree.left),
    loops.map(({ variable, from, to }) => [variable, plain(from), plain(to)]),
  ]);
}

function plain(expression: Expression): string {
  return JSON.stringify(expression, (key, value: unknown) => (key === 'source' ? undefined : value));
}
