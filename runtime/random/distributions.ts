import { advance, presentPair, presentUnit, setAttempt } from './stream.ts';

/** The elementary functions that draws need; for equal bits everywhere, those of the artefact. */
export interface DrawMath {
  log(x: number): number;
  log1p(x: number): number;
  exp(x: number): number;
  pow(x: number, y: number): number;
}

type Draw<P extends number[]> = (memory: DataView, address: number, ...parameters: P) => number;

/**
 * Each draws from the stream at an address and moves it on by one. Parameters out of range (a negative standard
 * deviation, a shape of zero) are for the caller to refuse; here they give what the formula gives.
 */
export interface Distributions {
  /** In (0, 1). */
  unit: Draw<[]>;
  uniform: Draw<[low: number, high: number]>;
  normal: Draw<[mean: number, deviation: number]>;
  /** Mean and standard deviation of the variable itself, not of its logarithm; mean > 0. */
  lognormal: Draw<[mean: number, deviation: number]>;
  exponential: Draw<[mean: number]>;
  weibull: Draw<[shape: number, scale: number]>;
  triangular: Draw<[low: number, mode: number, high: number]>;
  /** Mean shape * scale. */
  gamma: Draw<[shape: number, scale: number]>;
}

function horner(x: number, coefficients: readonly number[]): number {
  let result = coefficients.at(-1)!;
  for (let n = coefficients.length - 2; n >= 0; n--) result = coefficients[n]! + x * result;
  return result;
}

/** Wichura 1988, “The percentage points of the normal distribution”, Applied Statistics 37, AS 241, PPND16. */
const wichura = {
  centre: [
    3.387132872796366608, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
  ],
  centreBelow: [
    1, 4.2313330701600911252e1, 6.871870074920579083e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
    3.930789580009271061e4, 2.8729085735721942674e4, 5.226495278852854561e3,
  ],
  tail: [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 2.4178072517745061177e-1, 2.27238449892691845833e-2, 7.7454501427834140764e-4,
  ],
  tailBelow: [
    1, 2.05319162663775882187, 1.6763848301838038494, 6.8976733498510000455e-1, 1.4810397642748007459e-1,
    1.51986665636164571966e-2, 5.475938084995344946e-4, 1.05075007164441684324e-9,
  ],
  farTail: [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 2.9656057182850489123e-1,
    2.6532189526576123093e-2, 1.2426609473880784386e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ],
  farTailBelow: [
    1, 5.9983220655588793769e-1, 1.3692988092273580531e-1, 1.48753612908506148525e-2, 7.868691311456132591e-4,
    1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
  ],
} as const;

export function distributions(math: DrawMath): Distributions {
  const { log, log1p, exp, pow } = math;

  const standardNormal = (u: number): number => {
    const q = u - 0.5;
    if (Math.abs(q) <= 0.425) {
      const r = 0.180625 - q * q;
      return (q * horner(r, wichura.centre)) / horner(r, wichura.centreBelow);
    }
    let r = Math.sqrt(-log(Math.min(u, 1 - u)));
    let z: number;
    if (r <= 5) {
      r = r - 1.6;
      z = horner(r, wichura.tail) / horner(r, wichura.tailBelow);
    } else {
      r = r - 5;
      z = horner(r, wichura.farTail) / horner(r, wichura.farTailBelow);
    }
    return q < 0 ? -z : z;
  };

  const unit: Distributions['unit'] = (memory, address) => {
    const u = presentUnit(memory, address);
    advance(memory, address);
    return u;
  };

  return {
    unit,
    uniform: (memory, address, low, high) => low + (high - low) * unit(memory, address),
    normal: (memory, address, mean, deviation) => mean + deviation * standardNormal(unit(memory, address)),
    lognormal: (memory, address, mean, deviation) => {
      const ratio = deviation / mean;
      const variance = log1p(ratio * ratio);
      return mean * exp(Math.sqrt(variance) * standardNormal(unit(memory, address)) - 0.5 * variance);
    },
    exponential: (memory, address, mean) => mean * -log(1 - unit(memory, address)),
    weibull: (memory, address, shape, scale) => scale * pow(-log(1 - unit(memory, address)), 1 / shape),
    triangular: (memory, address, low, mode, high) => {
      const u = unit(memory, address);
      const width = high - low;
      return u * width < mode - low
        ? low + Math.sqrt(u * width * (mode - low))
        : high - Math.sqrt((1 - u) * width * (high - mode));
    },
    // Marsaglia and Tsang 2000; below shape 1 a draw of shape + 1 times u^(1/shape), u from the attempt 2^32 - 1.
    gamma: (memory, address, shape, scale) => {
      const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
      const c = 1 / Math.sqrt(9 * d);
      let factor = 1;
      if (shape < 1) {
        setAttempt(memory, address, 0xffffffff);
        factor = pow(presentPair(memory, address)[0], 1 / shape);
      }
      for (let attempt = 1; ; attempt++) {
        setAttempt(memory, address, attempt);
        const [u, w] = presentPair(memory, address);
        const z = standardNormal(u);
        const t = 1 + c * z;
        if (t <= 0) continue;
        const v = t * t * t;
        if (!(log(w) < 0.5 * z * z + d - d * v + d * log(v))) continue;
        advance(memory, address);
        return scale * factor * d * v;
      }
    },
  };
}
