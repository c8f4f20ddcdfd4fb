/**
 * Passes over arrays, one after the other, may go tile by tile: a pass may do an element as soon as the passes before it have done what it
 * touches there. How many elements each has to stay behind for that.
 */

/** What a pass touches of an array, round by round or once. */
export interface Access {
  array: string;
  writes: boolean;
  /** The element is the round's own and so many; of arrays' single elements `element`; neither: all elements, perhaps. */
  offset?: number;
  element?: number;
}

/** Rounds from … to − 1, or one for itself, at its place among the rounds of the others. */
export interface Pass {
  from: number;
  to: number;
  accesses: readonly Access[];
}

/**
 * Round i of pass p is to be done when the end of the tile is beyond i + shift(p). Undefined where there is a pass that has to wait for
 * all of another one. `align` says what shift a pass can have that needs at least so much.
 */
export function shiftsOf<P extends Pass>(
  passes: readonly P[],
  most: number,
  align: (pass: P, least: number) => number,
): number[] | undefined {
  const shifts: number[] = [];
  /** By array: what was touched so far. */
  const touched = new Map<string, { pass: P; shift: number; access: Access }[]>();
  for (const pass of passes) {
    let shift = 0;
    for (const access of pass.accesses)
      for (const before of touched.get(access.array) ?? [])
        if (access.writes || before.access.writes)
          shift = Math.max(shift, before.shift + lag(pass, access, before.pass, before.access));
    shift = align(pass, shift);
    if (shift > most) return undefined;
    shifts.push(shift);
    for (const access of pass.accesses) {
      const all = touched.get(access.array) ?? [];
      all.push({ pass, shift, access });
      touched.set(access.array, all);
    }
  }
  return shifts;
}

/** How much further the earlier pass must be, at most, than the round of the later one that touches the same element. */
function lag(later: Pass, own: Access, earlier: Pass, other: Access): number {
  if (own.offset !== undefined && other.offset !== undefined) return own.offset - other.offset;
  if (own.offset !== undefined && other.element !== undefined)
    return earlier.to - 1 - (other.element - own.offset);
  if (own.element !== undefined && other.offset !== undefined) return own.element - other.offset - later.from;
  if (own.element !== undefined && other.element !== undefined)
    return own.element === other.element ? earlier.to - 1 - later.from : -Infinity;
  return Infinity;
}
