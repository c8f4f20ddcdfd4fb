/** Sentences about units that do not resolve. */
import type { DeclarationProblem } from './declarations.ts';

export function unknownUnitMessage(symbol: string, suggestions: readonly string[]): string {
  if (symbol === 'dB' || symbol === 'Np') {
    return `'${symbol}' is a logarithm of a ratio, not a unit that scales; write the ratio itself.`;
  }
  if (suggestions.length === 0) return `There is no unit '${symbol}'; declare it with 'unit ${symbol}'.`;
  return `There is no unit '${symbol}'; did you mean ${suggestions.slice(0, 3).join(' or ')}?`;
}

export function problemMessage(problem: DeclarationProblem): string {
  switch (problem.reason) {
    case 'unknownUnit':
      return unknownUnitMessage(problem.symbol, problem.suggestions);
    case 'cyclic':
      return `This unit is defined by itself: ${problem.path.join(' → ')}.`;
    case 'malformed':
      return `This unit cannot be used: ${problem.problem}.`;
    case 'duplicate':
      return `'${problem.other.name}' is already declared in ${problem.other.package}.`;
    case 'prefixClash':
      return `'${problem.symbol}' has two readings; declare '${problem.other.name}' or this unit without prefixes.`;
  }
}
