/** Whether a blank stands between two pieces of one line. */
import type { Piece } from './pieces.ts';

const OPENING = new Set(['(', '[', '.', '..', '^']);
const CLOSING = new Set([')', ']', ',', '.', '..', '^', ':']);
/** Brackets that hold a value of their own; all others belong to the name before them. */
const VALUES = new Set(['ParenExpr', 'ListLiteral']);

/** What is spaced by what it is part of. */
export const SPACED_BY_OWNER: ReadonlySet<string> = new Set(['(', '[', '-', '*', '/', ':']);

export function blankBetween(left: Piece, right: Piece): boolean {
  if (left.comment || right.comment) return true;
  if (left.type === '{' && right.type === '}') return false;
  if (left.type === ':' && left.owner === 'ClockTime') return false;
  if ([left, right].some(({ type, owner }) => type === '-' && owner === 'CalendarDate')) return false;
  if (OPENING.has(left.type) || CLOSING.has(right.type)) return false;
  if (right.type === '(' || right.type === '[') return VALUES.has(right.owner) || left.type === 'for';
  if (left.type === '-' && left.owner === 'UnaryExpr') return false;
  if (
    (left.type === '/' || right.type === '/') &&
    (left.owner === 'UnitFactor' || right.owner === 'UnitFactor')
  )
    return false;
  if (left.type === '*' && left.owner === 'IndexExpr') return false;
  return true;
}
