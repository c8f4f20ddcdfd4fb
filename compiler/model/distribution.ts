/**
 * The distributions that numbers are drawn from, by the parameters that samplers take. How they are written is in
 * `2-check/distributions.ts`; several names of the language may stand for one of these.
 */

/** What must hold for a parameter; `than` is a number or another parameter by position. */
export interface Demand {
  parameter: number;
  is: '>' | '>=' | '<=' | 'whole';
  than: number | { parameter: number };
}

interface Definition {
  parameters: readonly string[];
  demands: readonly Demand[];
}

const positive = (parameter: number): Demand => ({ parameter, is: '>', than: 0 });
const notNegative = (parameter: number): Demand => ({ parameter, is: '>=', than: 0 });
const atLeast = (parameter: number, other: number): Demand => ({
  parameter,
  is: '>=',
  than: { parameter: other },
});

export const DISTRIBUTIONS = {
  uniform: { parameters: ['low', 'high'], demands: [atLeast(1, 0)] },
  normal: { parameters: ['mean', 'standard deviation'], demands: [notNegative(1)] },
  /** Mean and standard deviation of the value itself, not of its logarithm. */
  lognormal: { parameters: ['mean', 'standard deviation'], demands: [positive(0), notNegative(1)] },
  exponential: { parameters: ['mean'], demands: [positive(0)] },
  weibull: { parameters: ['shape', 'scale'], demands: [positive(0), positive(1)] },
  triangular: { parameters: ['low', 'mode', 'high'], demands: [atLeast(1, 0), atLeast(2, 1)] },
  /** Mean shape · scale. */
  gamma: { parameters: ['shape', 'scale'], demands: [positive(0), positive(1)] },
  beta: {
    parameters: ['a', 'b', 'low', 'high'],
    demands: [positive(0), positive(1), { parameter: 3, is: '>', than: { parameter: 2 } }],
  },
  /** A beta distribution whose mean is (low + 4 mode + high) / 6. */
  pert: { parameters: ['low', 'mode', 'high'], demands: [atLeast(1, 0), atLeast(2, 1)] },
  poisson: { parameters: ['mean'], demands: [notNegative(0)] },
  binomial: {
    parameters: ['number', 'probability'],
    demands: [
      notNegative(0),
      { parameter: 0, is: 'whole', than: 0 },
      notNegative(1),
      { parameter: 1, is: '<=', than: 1 },
    ],
  },
  constant: { parameters: ['value'], demands: [] },
} as const satisfies Record<string, Definition>;

/** Those that draw whole numbers. */
export const DISCRETE: ReadonlySet<Distribution> = new Set(['poisson', 'binomial']);

export type Distribution = keyof typeof DISTRIBUTIONS;

/** The first demand that these parameters do not meet. */
export function unmet(distribution: Distribution, values: readonly number[]): Demand | undefined {
  const demands: readonly Demand[] = DISTRIBUTIONS[distribution].demands;
  return demands.find(({ parameter, is, than }) => {
    const value = values[parameter]!;
    const other = typeof than === 'number' ? than : values[than.parameter]!;
    if (is === 'whole') return !Number.isInteger(value);
    return !(is === '>' ? value > other : is === '>=' ? value >= other : value <= other);
  });
}

/** `the mean must be more than 0`, `the mode must not be less than the low`. */
export function demandText(distribution: Distribution, { parameter, is, than }: Demand): string {
  const names: readonly string[] = DISTRIBUTIONS[distribution].parameters;
  const other = typeof than === 'number' ? String(than) : `the ${names[than.parameter]!}`;
  const words = { '>': 'more than', '>=': 'at least', '<=': 'at most', whole: 'a whole number' };
  return `the ${names[parameter]!} must be ${words[is]}${is === 'whole' ? '' : ` ${other}`}`;
}
