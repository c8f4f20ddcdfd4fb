/** What is set as a whole, by its elements. */
import { MOST_SET_AT_ONCE } from '../../model/asset.ts';
import type { Expression, Reference } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import type { FlatIndex } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { wholeTooLong } from '../../diagnostics/shapes.ts';
import { elements } from '../box.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from './scope.ts';
import { openSizes, reportSizes } from './shapes.ts';
import { sizesIn } from './vectors.ts';

/**
 * Where each element of a target lies, with the index of its value; one without an index where the target is a single number, or each element gets the same. None
 * where they are too many, or sizes differ.
 */
export function wholeOf(
  flattening: Flattening,
  scope: Scope,
  {
    target,
    value,
    name,
    source,
  }: { target: Reference; value: Expression; name: string; source: SourceRange },
): { scope: Scope; element?: readonly FlatIndex[] }[] {
  const { diagnostics } = flattening;
  const { stars, shape } = openSizes(target, { group: scope.group, locals: new Map(), diagnostics });
  const sizes = [...stars, ...shape];
  if (sizes.length === 0) return [{ scope }];
  const count = sizes.reduce((product, size) => product * size, 1);
  if (count > MOST_SET_AT_ONCE)
    diagnostics.push(report(wholeTooLong, { name, size: count, most: MOST_SET_AT_ONCE }, source));
  const given = sizesIn(flattening, value, scope);
  const own = [...given.stars, ...given.shape];
  if (own.length > 0 && own.join() !== sizes.slice(-own.length).join())
    reportSizes({ text: `'${name}'`, sizes }, own, source, diagnostics);
  if (diagnostics.some(({ severity }) => severity === 'error')) return [];
  return [...elements(sizes.map((size) => [0, size] as const))].map((index) => ({
    scope: { ...scope, each: index.slice(0, stars.length), at: index.slice(stars.length) },
    ...(own.length === 0 ? {} : { element: index }),
  }));
}
