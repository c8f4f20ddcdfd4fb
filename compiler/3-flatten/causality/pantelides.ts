/** How often each equation, and each variable, is to be differentiated until the highest derivatives are determined. */
export interface Offsets {
  equations: number[];
  /** Order of the highest derivative of each variable. */
  variables: number[];
}

/**
 * Pantelides, The consistent initialization of differential-algebraic systems, SIAM J. Sci. Stat. Comput. 9 (1988), with the
 * versions of an equation and of a variable counted instead of listed: an equation differentiated c times holds the derivative
 * of order s + c of a variable of which it holds order s. `orders`: for each equation, by variable, the highest order of derivative
 * in it. Undefined where the equations cannot determine the variables, however often they are differentiated.
 */
export function pantelides(
  orders: readonly ReadonlyMap<number, number>[],
  variables: number,
): Offsets | undefined {
  const any = new Matching(orders, () => true);
  if (orders.length !== variables || !orders.every((_, equation) => any.augment(equation) === undefined))
    return undefined;
  const offsets: Offsets = {
    equations: orders.map(() => 0),
    variables: Array.from({ length: variables }, () => 0),
  };
  for (const own of orders)
    for (const [variable, order] of own)
      offsets.variables[variable] = Math.max(offsets.variables[variable]!, order);
  const matching = new Matching(
    orders,
    (equation, variable, order) => order + offsets.equations[equation]! === offsets.variables[variable]!,
  );
  for (const equation of orders.keys())
    for (;;) {
      const stuck = matching.augment(equation);
      if (!stuck) break;
      for (const one of stuck.variables) offsets.variables[one]! += 1;
      for (const one of stuck.equations) offsets.equations[one]! += 1;
    }
  return offsets;
}

class Matching {
  private readonly owner = new Map<number, number>();
  private readonly chosen = new Map<number, number>();
  private readonly orders: readonly ReadonlyMap<number, number>[];
  private readonly holds: (equation: number, variable: number, order: number) => boolean;

  constructor(
    orders: readonly ReadonlyMap<number, number>[],
    holds: (equation: number, variable: number, order: number) => boolean,
  ) {
    this.orders = orders;
    this.holds = holds;
  }

  /** Gives the equation a variable, or returns what was reached in vain. */
  augment(start: number): { equations: number[]; variables: number[] } | undefined {
    const from = new Map<number, number>();
    const queue = [start];
    for (const equation of queue)
      for (const [variable, order] of this.orders[equation]!) {
        if (from.has(variable) || !this.holds(equation, variable, order)) continue;
        from.set(variable, equation);
        const owner = this.owner.get(variable);
        if (owner !== undefined) {
          queue.push(owner);
          continue;
        }
        for (let at: number | undefined = variable; at !== undefined;) {
          const giver: number = from.get(at)!;
          const before: number | undefined = this.chosen.get(giver);
          this.chosen.set(giver, at);
          this.owner.set(at, giver);
          at = giver === start ? undefined : before;
        }
        return undefined;
      }
    return { equations: queue, variables: [...from.keys()] };
  }
}
