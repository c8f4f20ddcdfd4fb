/** What a node is, asked some hundred times of each: with one look-up in place of Langium's three. */
import type { AbstractAstReflection } from 'langium';

type Types = Pick<AbstractAstReflection, 'getAllTypes' | 'getTypeMetaData' | 'isInstance' | 'isSubtype'>;

/** From now on `isInstance` of this reflection, and all `isX` of the generated tree, which go by it, are quick. */
export function quickly(reflection: Types): void {
  /** Null where there are none. */
  const subtypes = new Map<string, ReadonlySet<string> | null>();
  const isBelow = (type: string, of: string): boolean =>
    reflection.getTypeMetaData(type).superTypes.some((one) => one === of || isBelow(one, of));
  const subtypesOf = (of: string): ReadonlySet<string> | null => {
    const all = reflection.getAllTypes().filter((type) => isBelow(type, of));
    const found = all.length === 0 ? null : new Set(all);
    subtypes.set(of, found);
    return found;
  };
  const isSubtype = (type: string, of: string): boolean => {
    if (type === of) return true;
    let below = subtypes.get(of);
    if (below === undefined) below = subtypesOf(of);
    return below !== null && below.has(type);
  };
  reflection.isSubtype = isSubtype;
  reflection.isInstance = (node, type): node is never => {
    if (typeof node !== 'object' || node === null) return false;
    const { $type: own } = node as { $type?: unknown };
    return typeof own === 'string' && (own === type || isSubtype(own, type));
  };
}
