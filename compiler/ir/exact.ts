/**
 * Functions whose values IEEE 754 defines to the last bit, so that they may be computed when compiling: `exp` and its like belong to the running
 * system.
 */

/** The value of a function of numbers (SI); undefined where it is none of these. */
export function exact(name: string, values: readonly number[]): number | undefined {
  const [first = NaN, second = NaN] = values;
  switch (name) {
    case 'abs':
      return Math.abs(first);
    case 'sign':
      return Math.sign(first);
    case 'sqrt':
      return Math.sqrt(first);
    case 'floor':
      return Math.floor(first);
    case 'ceil':
      return Math.ceil(first);
    case 'trunc':
      return Math.trunc(first);
    case 'mod':
      return first - second * Math.floor(first / second);
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    default:
      return undefined;
  }
}
