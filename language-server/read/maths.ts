/** Equations as one writes them on paper: `dθ/dt = (Q − L) / C`. */
import type { AstNode } from 'langium';
import {
  isBinaryExpr,
  isConditionalExpr,
  isEquation,
  isFunctionCall,
  isIndexExpr,
  isMemberAccess,
  isNameRef,
  isNumberLiteral,
  isParenExpr,
  isPowerExpr,
  isUnaryExpr,
  type Expression,
} from '../../grammar/generated/ast.ts';
import { prettyUnit } from '../../compiler/2-check/units/index.ts';

const OPERATORS: Readonly<Record<string, string>> = {
  '*': ' · ',
  '/': ' / ',
  '+': ' + ',
  '-': ' − ',
  '<': ' < ',
  '<=': ' ≤ ',
  '>': ' > ',
  '>=': ' ≥ ',
  '==': ' = ',
  '!=': ' ≠ ',
  and: ' ∧ ',
  or: ' ∨ ',
};
const FUNCTIONS: Readonly<Record<string, string>> = { sqrt: '√', sum: 'Σ ', product: 'Π ' };
const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const GREEK: Readonly<Record<string, string>> = {
  alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'ε', eta: 'η', theta: 'θ', kappa: 'κ', lambda: 'λ', mu: 'μ',
  nu: 'ν', xi: 'ξ', rho: 'ρ', sigma: 'σ', tau: 'τ', phi: 'φ', chi: 'χ', psi: 'ψ', omega: 'ω', pi: 'π',
}; // prettier-ignore

export function mathsOf(node: AstNode | undefined): string {
  if (node === undefined) return '…';
  if (isEquation(node)) return `${mathsOf(node.left)} = ${mathsOf(node.right)}`;
  const expression = node as Expression;
  if (isBinaryExpr(expression)) {
    const operator = OPERATORS[expression.operator] ?? ` ${expression.operator} `;
    return `${mathsOf(expression.left)}${operator}${mathsOf(expression.right)}`;
  }
  if (isUnaryExpr(expression))
    return `${expression.operator === '-' ? '−' : '¬'}${mathsOf(expression.operand)}`;
  if (isParenExpr(expression)) return `(${mathsOf(expression.inner)})`;
  if (isPowerExpr(expression)) {
    const exponent = mathsOf(expression.exponent);
    const raised = /^\d+$/.test(exponent)
      ? [...exponent].map((digit) => RAISED[Number(digit)]).join('')
      : `^${exponent}`;
    return `${mathsOf(expression.base)}${raised}`;
  }
  if (isConditionalExpr(expression)) {
    const { condition, then } = expression;
    return `${mathsOf(then)} if ${mathsOf(condition)}, else ${mathsOf(expression.else)}`;
  }
  if (isNumberLiteral(expression))
    return `${expression.value}${expression.unit === undefined ? '' : ` ${prettyUnit(expression.unit)}`}`;
  if (isFunctionCall(expression)) {
    const given = expression.arguments.map(mathsOf);
    const [only] = given;
    if (expression.function === 'der' && only !== undefined)
      return /^[\p{L}\d]+$/u.test(only) ? `d${only.length > 1 ? ` ${only}` : only}/dt` : `d(${only})/dt`;
    if (expression.function === 'abs' && given.length === 1) return `|${only}|`;
    if (expression.clause === undefined)
      return `${FUNCTIONS[expression.function] ?? expression.function}(${given.join(', ')})`;
  }
  if (isNameRef(expression)) return greek(expression.target?.$refText ?? '…');
  if (isMemberAccess(expression))
    return `${mathsOf(expression.receiver)}.${greek(expression.member?.$refText ?? '…')}`;
  if (isIndexExpr(expression))
    return `${mathsOf(expression.base)}[${expression.all ? '*' : mathsOf(expression.index)}]`;
  return (node.$cstNode?.text ?? '…').replace(/\s+/g, ' ');
}

const greek = (name: string): string => GREEK[name] ?? name;
