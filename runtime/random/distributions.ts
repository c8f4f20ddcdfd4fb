import { normalCoefficients as as241 } from '../contract/normal-coefficients.ts';
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

export function distributions(math: DrawMath): Distributions {
  const { log, log1p, exp, pow } = math;

  const standardNormal = (u: number): number => {
    const q = u - 0.5;
    if (Math.abs(q) <= 0.425) {
      const r = 0.180625 - q * q;
      return (q * horner(r, as241.centre)) / horner(r, as241.centreBelow);
    }
    let r = Math.sqrt(-log(Math.min(u, 1 - u)));
    let z: number;
    if (r <= 5) {
      r = r - 1.6;
      z = horner(r, as241.tail) / horner(r, as241.tailBelow);
    } else {
      r = r - 5;
      z = horner(r, as241.farTail) / horner(r, as241.farTailBelow);
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
