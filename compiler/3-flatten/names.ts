import type { FlatIndex } from '../ir/flat-expression.ts';
import type { FlatVariable } from '../ir/flat-system.ts';
import type { Box } from './box.ts';

/** Names for people: one-based indexes in the place of each `[]`. */
export function elementName(variable: Pick<FlatVariable, 'name'>, index: readonly FlatIndex[]): string {
  return fill(variable.name, (at) => {
    const one = index[at];
    if (one === undefined) return '';
    if (typeof one === 'number') return String(one + 1);
    return one.offset === 0 ? one.loop : `${one.loop} ${one.offset < 0 ? '-' : '+'} ${Math.abs(one.offset)}`;
  });
}

/** `T`, `T[3]`, `node[2..9].T`. */
export function boxName(variable: FlatVariable, box: Box): string {
  return fill(variable.name, (at) => {
    const [from, to] = box[at]!;
    if (to - from === variable.dims[at]) return '';
    return to - from === 1 ? String(to) : `${from + 1}..${to}`;
  });
}

/** The name without indexes. */
export function plainName(variable: FlatVariable): string {
  return variable.name.replaceAll('[]', '');
}

/** The two indexes of a matrix stand in one pair of brackets. */
function fill(name: string, text: (at: number) => string): string {
  let at = 0;
  return name
    .replaceAll('[]', () => {
      const inside = text(at);
      at += 1;
      return inside === '' ? '' : `[${inside}]`;
    })
    .replaceAll('][', ', ');
}
