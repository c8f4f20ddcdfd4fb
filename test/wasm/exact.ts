/**
 * Elementary functions to some 200 bits, in BigInt fixed point, by other means than the code under test: Taylor series,
 * and Newton steps from a double-precision guess. A value is `m * 2^e`.
 */
export interface Exact {
  readonly m: bigint;
  readonly e: number;
}

const bits = 320;
const one = 1n << BigInt(bits);
const fixed = (m: bigint): Exact => ({ m, e: -bits });

const doubleBits = new BigUint64Array(1);
const doubleValue = new Float64Array(doubleBits.buffer);

/** A finite double, exactly. */
export function exactly(x: number): Exact {
  doubleValue[0] = x;
  const raw = doubleBits[0]!;
  const exponent = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xfffffffffffffn;
  const m = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  return { m: x < 0 ? -m : m, e: Math.max(exponent, 1) - 1075 };
}

const shift = (m: bigint, by: number): bigint => (by >= 0 ? m << BigInt(by) : m >> BigInt(-by));
const toFixed = ({ m, e }: Exact, at = bits): bigint => shift(m, e + at);
const abs = (m: bigint): bigint => (m < 0n ? -m : m);
const multiply = (a: bigint, b: bigint): bigint => (a * b) >> BigInt(bits);
const divide = (a: bigint, b: bigint): bigint => (a << BigInt(bits)) / b;

/** The number of bits of |m|. */
function bitLength(m: bigint): number {
  const hex = abs(m).toString(16);
  return m === 0n ? 0 : hex.length * 4 - (Math.clz32(parseInt(hex[0]!, 16)) - 28);
}

/** |result - value| in units of the last place of a double of that value. */
export function ulpsBetween(result: number, value: Exact): number {
  const exponent = Math.max(value.e + bitLength(value.m) - 1, -1022);
  if (!Number.isFinite(result)) return exponent >= 1024 ? 0 : Infinity;
  // Both in units of 2^(exponent - 52 - 60).
  const unit = exponent - 112;
  const r = exactly(result);
  return Number(abs(shift(r.m, r.e - unit) - shift(value.m, value.e - unit))) / 2 ** 60;
}

function integerRoot(n: bigint, degree: 2n | 3n): bigint {
  let x = 1n << BigInt(Math.ceil(bitLength(n) / Number(degree)));
  for (;;) {
    const next = ((degree - 1n) * x + n / x ** (degree - 1n)) / degree;
    if (next >= x) return x;
    x = next;
  }
}

/** atan(1/n) * 2^at */
function inverseTangent(n: bigint, at: number): bigint {
  let term = (1n << BigInt(at)) / n;
  let sum = term;
  for (let k = 3n; term !== 0n; k += 2n) {
    term = -term / (n * n);
    sum += term / k;
  }
  return sum;
}

const angleBits = 1500;
/** Machin 1706. */
const pi = 4n * (4n * inverseTangent(5n, angleBits) - inverseTangent(239n, angleBits));
/** 2 atanh(1/3) */
const ln2 = (() => {
  let term = (2n * one) / 3n;
  let sum = term;
  for (let k = 3n; term !== 0n; k += 2n) {
    term /= 9n;
    sum += term / k;
  }
  return sum;
})();

/** exp of a fixed-point number. */
function expOf(x: bigint): Exact {
  const k = (x + ln2 / 2n) / ln2 - (x + ln2 / 2n < 0n ? 1n : 0n);
  const r = (x - k * ln2) >> 10n;
  let term = one;
  let sum = one;
  for (let n = 1n; term !== 0n && n < 100n; n++) {
    term = multiply(term, r) / n;
    sum += term;
    if (abs(term) < 4n) break;
  }
  for (let n = 0; n < 10; n++) sum = multiply(sum, sum);
  return { m: sum, e: Number(k) - bits };
}

/** The fixed-point logarithm of a positive number. */
function logOf(x: Exact): bigint {
  const length = bitLength(x.m);
  const f = shift(x.m, bits - (length - 1)); // in 1..2
  const guess = exactly(Math.log(Number(f >> BigInt(bits - 60)) / 2 ** 60));
  const t = multiply(f, toFixed(expOf(-toFixed(guess)))) - one;
  let power = t;
  let sum = 0n;
  for (let n = 1n; power !== 0n && n < 12n; n++) {
    sum += (n % 2n === 1n ? power : -power) / n;
    power = multiply(power, t);
  }
  return BigInt(x.e + length - 1) * ln2 + toFixed(guess) + sum;
}

/** sin and cos of a fixed-point angle up to about 4. */
function sinAndCos(r: bigint): [bigint, bigint] {
  const square = multiply(r, r);
  const series = (first: bigint, from: bigint): bigint => {
    let term = first;
    let sum = first;
    for (let n = from; abs(term) > 1n && n < 120n; n += 2n) {
      term = -multiply(term, square) / (n * (n + 1n));
      sum += term;
    }
    return sum;
  };
  return [series(r, 2n), series(one, 1n)];
}

function angle(x: number): [bigint, bigint] {
  const r = toFixed(exactly(x), angleBits) % (2n * pi);
  return sinAndCos(r >> BigInt(angleBits - bits));
}

/** The angle of (x, y), fixed-point coordinates of one common scale. */
function angleOf(y: bigint, x: bigint): bigint {
  const drop = BigInt(Math.max(bitLength(y), bitLength(x)) - 60);
  const rough = (m: bigint): number => Number(drop > 0n ? m >> drop : m << -drop);
  const guess = toFixed(exactly(Math.atan2(rough(y), rough(x))));
  const [s, c] = sinAndCos(guess);
  const t = divide(y * c - x * s, x * c + y * s);
  let power = t;
  let sum = 0n;
  for (let n = 1n; power !== 0n && n < 14n; n += 2n) {
    sum += (n % 4n === 1n ? power : -power) / n;
    power = multiply(power, multiply(t, t));
  }
  return guess + sum;
}

const isTiny = (x: number): boolean => Math.abs(x) < 2 ** -90;
const half = ({ m, e }: Exact): Exact => ({ m, e: e - 1 });
const plus = (a: Exact, b: Exact): Exact => {
  // The smaller one is cut at 400 bits below the larger.
  const e = Math.max(Math.min(a.e, b.e), Math.max(a.e + bitLength(a.m), b.e + bitLength(b.m)) - 700);
  return { m: shift(a.m, a.e - e) + shift(b.m, b.e - e), e };
};
const minus = (a: Exact): Exact => ({ m: -a.m, e: a.e });
const quotient = (a: Exact, b: Exact): Exact => ({ m: shift(a.m, 700) / b.m, e: a.e - b.e - 700 });
const at = (x: number): bigint => toFixed(exactly(x));
const rootOf = ({ m, e }: Exact, degree: 2n | 3n): Exact => {
  // The exponent made a multiple of the degree, and enough bits below.
  const d = Number(degree);
  const drop = (((e % d) + d) % d) + d * 200;
  return { m: integerRoot(shift(m, drop), degree), e: (e - drop) / d };
};

/** Bernoulli numbers B(2), B(4), … as fractions, by the recurrence of their definition. */
const bernoulli = (() => {
  const all: [bigint, bigint][] = [[1n, 1n]];
  const reduce = (a: bigint, b: bigint): [bigint, bigint] => {
    let [x, y] = [abs(a), b];
    while (y !== 0n) [x, y] = [y, x % y];
    return [a / x, b / x];
  };
  for (let n = 1; n <= 80; n++) {
    // sum of C(n + 1, k) B(k) over k <= n is 0
    let [above, below] = [0n, 1n];
    let binomial = 1n;
    for (let k = 0; k < n; k++) {
      const [a, b] = all[k]!;
      [above, below] = reduce(above * b + binomial * a * below, below * b);
      binomial = (binomial * BigInt(n + 1 - k)) / BigInt(k + 1);
    }
    all.push(above === 0n ? [0n, 1n] : reduce(-above, below * BigInt(n + 1)));
  }
  return all.filter((_, n) => n > 0 && n % 2 === 0);
})();

/** The fixed-point logarithm of gamma for a fixed-point z of 60 or more: Stirling's series. */
function logGammaOf(z: bigint): bigint {
  const ln = logOf(fixed(z));
  let sum = multiply(z - one / 2n, ln) - z + logOf(fixed(2n * (pi >> BigInt(angleBits - bits)))) / 2n;
  let power = divide(one, z);
  const square = multiply(power, power);
  bernoulli.forEach(([a, b], at) => {
    const k = BigInt(at + 1);
    sum += (power * a) / (b * 2n * k * (2n * k - 1n));
    power = multiply(power, square);
  });
  return sum;
}

/** gamma(x) and the fixed-point logarithm of its magnitude. */
function gammaOf(x: number): { value: Exact; logarithm: bigint } {
  const steps = Math.max(0, Math.ceil(80 - x));
  let product: Exact = exactly(1);
  for (let k = 0; k < steps; k++) {
    const factor = plus(exactly(x), exactly(k));
    product = { m: product.m * factor.m, e: product.e + factor.e };
    const spare = Math.max(0, bitLength(product.m) - 700);
    product = { m: shift(product.m, -spare), e: product.e + spare };
  }
  const above = logGammaOf(at(x) + BigInt(steps) * one);
  const { m, e } = product;
  return { value: quotient(expOf(above), product), logarithm: above - logOf({ m: abs(m), e }) };
}

/** The error function by its series in powers of x. */
function erfOf(x: bigint): bigint {
  const square = multiply(x, x);
  let term = x;
  let sum = x;
  for (let n = 1n; abs(term) > 1n; n++) {
    term = -multiply(term, square) / n;
    sum += term / (2n * n + 1n);
  }
  return divide(2n * sum, integerRoot((pi >> BigInt(angleBits - bits)) << BigInt(bits), 2n));
}

/** Near zero, where fixed point has no digits left, the first term of the series is the value. */
const odd =
  (f: (x: number) => Exact) =>
  (x: number): Exact =>
    isTiny(x) ? exactly(x) : f(x);

export const exact = {
  exp: (x: number) => expOf(at(x)),
  expm1: odd((x) => plus(expOf(at(x)), fixed(-one))),
  log: (x: number) => fixed(logOf(exactly(x))),
  log1p: odd((x) => fixed(logOf(plus(exactly(x), fixed(one))))),
  log2: (x: number) => fixed(divide(logOf(exactly(x)), ln2)),
  log10: (x: number) => fixed(divide(logOf(exactly(x)), logOf(exactly(10)))),
  sin: odd((x) => fixed(angle(x)[0])),
  cos: (x: number) => fixed(angle(x)[1]),
  tan: odd((x) => {
    const [s, c] = angle(x);
    return fixed(divide(s, c));
  }),
  asin: odd((x) => fixed(angleOf(at(x), integerRoot(one * one - at(x) ** 2n, 2n)))),
  acos: (x: number) => fixed(angleOf(integerRoot(one * one - at(x) ** 2n, 2n), at(x))),
  atan: odd((x) => fixed(angleOf(at(x), one))),
  sinh: odd((x) => half(plus(expOf(at(x)), minus(expOf(-at(x)))))),
  cosh: (x: number) => half(plus(expOf(at(x)), expOf(-at(x)))),
  tanh: odd((x) => {
    const [up, down] = [expOf(at(x)), expOf(-at(x))];
    return quotient(plus(up, minus(down)), plus(up, down));
  }),
  cbrt: (x: number) => (x < 0 ? minus(rootOf(exactly(-x), 3n)) : rootOf(exactly(x), 3n)),
  pow: (x: number, y: number) => {
    const { m, e } = exactly(y);
    return expOf(shift(logOf(exactly(x)) * m, e));
  },
  erf: (x: number) => fixed(erfOf(at(x))),
  erfc: (x: number) => fixed(one - erfOf(at(x))),
  gamma: (x: number) => gammaOf(x).value,
  lgamma: (x: number) => fixed(gammaOf(x).logarithm),
  atan2: (y: number, x: number) => {
    const [a, b] = [exactly(y), exactly(x)];
    if (x > 0 && Math.abs(y / x) < 2 ** -90) return quotient(a, b);
    const e = Math.min(a.e, b.e);
    return fixed(angleOf(shift(a.m, a.e - e) << 200n, shift(b.m, b.e - e) << 200n));
  },
  hypot: (x: number, y: number) => {
    const [a, b] = [exactly(x), exactly(y)];
    return rootOf(plus({ m: a.m ** 2n, e: 2 * a.e }, { m: b.m ** 2n, e: 2 * b.e }), 2n);
  },
};
