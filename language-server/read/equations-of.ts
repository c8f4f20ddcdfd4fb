/** The equations that a variable follows, as on paper: in loops and branches too, and with the mode that they hold in. */
import type { AstNode } from 'langium';
import {
  isAssetDecl,
  isEquation,
  isForStatement,
  isFunctionCall,
  isIfStatement,
  isIndexExpr,
  isModeDecl,
  isModesDecl,
  isNameRef,
  isVariableDecl,
  type Equation,
} from '../../grammar/generated/ast.ts';
import { mathsOf } from './maths.ts';

/** Lines that one hover shows. */
const MOST = 8;

/** Lines of Markdown; '' for what has no equation. */
export function equationsOf(node: AstNode): string {
  if (!isVariableDecl(node) || !isAssetDecl(node.$container)) return '';
  const lines: string[] = [];
  if ((node.role === 'let' || node.role === 'kpi') && node.value !== undefined)
    lines.push(`${node.name} = ${mathsOf(node.value)}`);
  for (const [equation, where] of equationsIn(node.$container.members, []))
    if (isAbout(equation, node))
      lines.push(`${mathsOf(equation)}${where.map((each) => `, ${each}`).join('')}`);
  const shown = lines.slice(0, MOST);
  if (lines.length > MOST) shown.push(`… and ${lines.length - MOST} more`);
  return shown.map((line) => `*${line.replace(/[*_\\]/g, '\\$&')}*`).join('  \n');
}

function* equationsIn(
  nodes: readonly (AstNode | undefined)[],
  where: readonly string[],
): Iterable<[Equation, readonly string[]]> {
  for (const node of nodes) {
    if (isEquation(node)) yield [node, where];
    else if (isForStatement(node)) {
      const { variable, range } = node;
      const turns = `${variable?.name ?? ''} = ${range?.$cstNode?.text.replace('..', ' … ') ?? ''}`;
      yield* equationsIn(node.members, [...where, turns]);
    } else if (isIfStatement(node)) {
      const condition = mathsOf(node.condition);
      yield* equationsIn(node.then, [...where, `if ${condition}`]);
      const other = node.alternative === undefined ? node.otherwise : [node.alternative];
      yield* equationsIn(other, [...where, `if not ${condition}`]);
    } else if (isModesDecl(node)) yield* equationsIn(node.modes, where);
    else if (isModeDecl(node)) yield* equationsIn(node.members, [...where, `in ${node.name}`]);
  }
}

/** Whether a variable, its derivative or one of its elements stands on a side by itself. */
function isAbout({ left, right }: Equation, variable: AstNode): boolean {
  return [left, right].some((side) => {
    let path: AstNode | undefined = isFunctionCall(side) ? side.arguments[0] : side;
    while (isIndexExpr(path)) path = path.base;
    return isNameRef(path) && path.target?.ref === variable;
  });
}
