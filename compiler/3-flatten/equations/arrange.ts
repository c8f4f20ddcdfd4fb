import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { eliminate } from './alias.ts';
import { cutsOf, split } from './cuts.ts';
import type { Families } from './families.ts';
import { joinEquations } from './joins.ts';
import type { Flattening } from '../flattening.ts';

/**
 * Joins become equations, arrays are cut where joins cut them, and aliases are eliminated, before the equations are
 * `solve`d, that is, matched and sorted. When that fails, it is tried with all that hangs on a cut cut as well; what is
 * wrong in the end is said of the equations as they were written, not of what is left of them. `outside`: whether nothing
 * flows through the ports of the root, or what is joined to them is yet to come.
 */
export function arrange<Value>(
  flattening: Flattening,
  families: Families,
  solve: (families: Families) => Value | undefined,
  outside: 'closed' | 'open' = 'closed',
): Value | undefined {
  const { diagnostics } = flattening;
  const joined = flattening.groups.some(({ part }) => part?.port) ? joinEquations(flattening, outside) : [];
  if (diagnostics.some(isError)) return undefined;
  const all = { ...families, equations: [...families.equations, ...joined] };
  const open = new Set(families.unknowns.map((one) => one.variable));
  const before = diagnostics.length;
  const declared = flattening.variables.length;
  const forget = () => {
    flattening.variables.length = declared;
    flattening.constraints.length = 0;
  };
  let first: Diagnostic[] | undefined;
  for (const thorough of [false, true]) {
    const cuts = cutsOf(flattening, joined, open);
    if (thorough && cuts.size === 0) break;
    const parts = cuts.size > 0 ? split(flattening, all, cuts, thorough) : all;
    flattening.cuts = cuts;
    const reduced = eliminate(flattening, parts);
    const value = solve(reduced);
    if (value !== undefined && !diagnostics.slice(before).some(isError)) return value;
    // Nothing was rewritten: what was said is in the words of the text.
    if (reduced === all) return undefined;
    first ??= diagnostics.slice(before);
    diagnostics.length = before;
    forget();
  }
  delete flattening.cuts;
  solve(all);
  if (!diagnostics.slice(before).some(isError)) diagnostics.splice(before, Infinity, ...(first ?? []));
  return undefined;
}

const isError = ({ severity }: Diagnostic) => severity === 'error';
