/** What there is to choose from, as a part of a sentence: however much there is, one can read it. */
import { closestNames } from '../compiler/1-parse/names/closest-names.ts';

const MOST = 6;

/** The first few and how many more, those first that are most like the name that was written. */
export function offered(names: readonly string[], wanted?: string): string {
  if (names.length <= MOST) return names.join(', ') || 'none';
  const last = (name: string): string => name.split(/[. ]/).at(-1)!;
  const near = wanted === undefined ? [] : closestNames(last(wanted), names.map(last), MOST);
  const isNear = (name: string): boolean => near.includes(last(name));
  const sorted = [...names.filter(isNear), ...names.filter((name) => !isNear(name))];
  return `${sorted.slice(0, MOST).join(', ')} and ${names.length - MOST} more`;
}
