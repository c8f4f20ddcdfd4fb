/**
 * How `x ^ n` is computed for a constant exponent, by generated code and interpreter alike, so that both give the same
 * bits: small whole exponents by multiplication, from the left by squares, 0.5 as a square root, the rest by `pow`.
 */
export type PowerPlan =
  | { kind: 'product'; factors: number; reciprocal: boolean }
  | { kind: 'root'; reciprocal: boolean }
  | { kind: 'pow' };

export function powerPlan(exponent: number): PowerPlan {
  const size = Math.abs(exponent);
  const reciprocal = exponent < 0;
  if (Number.isInteger(exponent) && size <= 16) return { kind: 'product', factors: size, reciprocal };
  if (size === 0.5) return { kind: 'root', reciprocal };
  return { kind: 'pow' };
}

/** x^n for a whole n from 0: squares from the highest bit down (n = 5: ((x²)²)·x). */
export function product<Value>(
  x: Value,
  factors: number,
  one: Value,
  multiply: (left: Value, right: Value) => Value,
  keep: (value: Value) => Value,
): Value {
  if (factors === 0) return one;
  let result = x;
  for (const bit of factors.toString(2).slice(1)) {
    const squared = keep(result);
    result = multiply(squared, squared);
    if (bit === '1') result = multiply(result, x);
  }
  return result;
}
