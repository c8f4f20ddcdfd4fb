/** Equations of plain arithmetic over single values → straight code, without a tree of nodes in between. */
import type { FlatExpression, FlatTarget } from '../ir/flat-expression.ts';
import { elementOffset } from './expression.ts';
import type { Scope } from './expression.ts';
import {
  ADD,
  DIVIDE,
  END,
  GET,
  LOAD,
  MULTIPLY,
  NEGATE,
  SET,
  STORE,
  SUBTRACT,
  TO,
  UNLESS,
} from './wasm/straight.ts';
import type { Straight, StraightCode } from './wasm/straight.ts';

type Operation = FlatExpression & { kind: 'binary' | 'unary' };

/** Operations whose operands are being written. */
const pending: Operation[] = [];

/**
 * The value stored at the target, and kept in a local that is known from there on; with `flag`, only where the byte there is 0, and not
 * kept. Undefined, and nothing done, where it takes more than plain arithmetic.
 */
export function plainly(
  scope: Scope,
  straight: StraightCode,
  { target, value }: { target: FlatTarget; value: FlatExpression },
  text: string,
  flag?: number,
): Straight | undefined {
  const address = addressOf(scope, target);
  if (address === undefined) return undefined;
  const from = straight.mark;
  if (flag !== undefined) {
    straight.put(UNLESS, flag);
    straight.put(TO, 0);
  }
  pending.length = 0;
  if (!put(scope, straight, value)) {
    straight.cut(from);
    return undefined;
  }
  if (flag === undefined) {
    const local = scope.owner.local('f64', text);
    straight.put(SET, local.ordinal);
    straight.put(TO, 0);
    straight.put(GET, local.ordinal);
    straight.put(STORE, address);
    scope.known.set(target, local);
  } else {
    straight.put(STORE, address);
    straight.put(END, 0);
  }
  return { kind: 'straight', of: straight, from, to: straight.mark, text };
}

/** A long sum is deep on its left: down that side in a loop. */
function put(scope: Scope, straight: StraightCode, expression: FlatExpression): boolean {
  const before = pending.length;
  let node = expression;
  while (node.kind === 'binary' || node.kind === 'unary') {
    pending.push(node);
    node = node.kind === 'binary' ? node.left : node.operand;
  }
  if (!putLeaf(scope, straight, node)) return false;
  while (pending.length > before) {
    const operation = pending.pop()!;
    if (operation.kind === 'binary' && !put(scope, straight, operation.right)) return false;
    const code = codeOf(operation.operator);
    if (code < 0) return false;
    straight.put(code, 0);
  }
  return true;
}

function putLeaf(scope: Scope, straight: StraightCode, node: FlatExpression): boolean {
  if (node.kind === 'load') {
    const known = scope.known.get(node);
    if (known !== undefined) {
      straight.put(GET, known.ordinal);
      return true;
    }
    const address = addressOf(scope, node);
    if (address === undefined) return false;
    straight.put(LOAD, address);
    return true;
  }
  if (node.kind === 'number') {
    straight.putConstant(node.value);
    return true;
  }
  if (node.kind !== 'time' || scope.time !== undefined) return false;
  straight.put(LOAD, scope.plan.manifest.layout.time);
  return true;
}

function addressOf(scope: Scope, target: FlatTarget): number | undefined {
  const first = scope.plan.addresses[target.variable]!;
  if (target.index.length === 0) return first;
  const { dynamic, constant } = elementOffset(scope, target.variable, target.index);
  return dynamic === undefined && first + constant >= 0 ? first + constant : undefined;
}

function codeOf(operator: Operation['operator']): number {
  switch (operator) {
    case '+':
      return ADD;
    case '-':
      return SUBTRACT;
    case '*':
      return MULTIPLY;
    case '/':
      return DIVIDE;
    case 'negate':
      return NEGATE;
    default:
      return -1;
  }
}
