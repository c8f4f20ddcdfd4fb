/**
 * Nonlinear least squares with bounds: Levenberg and Marquardt's method, with Moré's scaling (1978) and Nielsen's update of
 * the damping (1999). Steps end at bounds, and a parameter at a bound stays there while the sum of squares pulls it outward.
 */
import { backSubstitute, factor, singularValues } from './linear.ts';
import type { Matrix } from './linear.ts';

export interface Problem {
  /** Residuals; undefined where the model has no value: such a point is no improvement. */
  residuals(parameters: readonly number[]): readonly number[] | undefined;
  /** Their derivatives, by residual and parameter; undefined where they are not known: then differences are taken. */
  jacobian?(parameters: readonly number[]): Matrix | undefined;
  start: readonly number[];
  /** -Infinity and Infinity for none. */
  low: readonly number[];
  high: readonly number[];
  /** Step of finite differences, relative to the size of a parameter; larger where residuals are noisy. */
  difference: number;
  /** What a parameter's size is where it is zero. */
  typical: readonly number[];
  mostIterations: number;
  /** Told after each iteration. */
  progress?: (iteration: number, sumOfSquares: number) => void;
}

/** Where a fit has ended. */
export interface Fit {
  parameters: number[];
  residuals: readonly number[];
  sumOfSquares: number;
  /** By residual and parameter. */
  jacobian: Matrix;
  converged: boolean;
  iterations: number;
  /** Where the sum of squares would go on falling beyond a bound. */
  atBound: boolean[];
}

const sumOfSquares = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value * value, 0);

/** Undefined when there is no value at the start. */
export function leastSquares(problem: Problem): Fit | undefined {
  const { low, high, mostIterations } = problem;
  const n = problem.start.length;
  const clamp = (values: readonly number[]): number[] =>
    values.map((value, i) => Math.min(Math.max(value, low[i]!), high[i]!));
  let p = clamp(problem.start);
  let r = problem.residuals(p);
  if (r === undefined || !r.every(Number.isFinite)) return undefined;
  let rss = sumOfSquares(r);
  let jacobian = problem.jacobian?.(p) ?? differences(problem, p, r);
  let damping = NaN;
  let growth = 2;
  const scale = new Array<number>(n).fill(0);
  let converged = false;
  let iterations = 0;
  let atBound = new Array<boolean>(n).fill(false);
  while (!converged && iterations < mostIterations) {
    iterations += 1;
    const gradient = columns(jacobian, n).map((column, j) => {
      scale[j] = Math.max(scale[j]!, Math.sqrt(sumOfSquares(column)));
      return column.reduce((sum, value, i) => sum + value * r![i]!, 0);
    });
    // Downhill is against the gradient.
    atBound = p.map(
      (value, j) => (value <= low[j]! && gradient[j]! > 0) || (value >= high[j]! && gradient[j]! < 0),
    );
    const free = p.flatMap((_, j) => (atBound[j] ? [] : [j]));
    const slope = free.map((j) => Math.abs(gradient[j]!) / (scale[j]! || 1) / (Math.sqrt(rss) || 1));
    if (free.length === 0 || rss === 0 || Math.max(...slope) < 1e-13) {
      converged = true;
      break;
    }
    if (Number.isNaN(damping)) damping = 1e-2;
    let improved = false;
    for (let attempt = 0; attempt < 60 && !improved; attempt += 1) {
      const step = dampedStep(jacobian, r, free, scale, damping);
      const next = step === undefined ? undefined : clamp(p.map((value, j) => value + (step[j] ?? 0)));
      const moved = next?.map((value, j) => value - p[j]!);
      const small =
        moved !== undefined &&
        moved.every((by, j) => Math.abs(by) <= 1e-12 * (Math.abs(p[j]!) + 1e-30 * problem.typical[j]!));
      const tried = next === undefined || small ? undefined : problem.residuals(next);
      const value = tried?.every(Number.isFinite) === true ? sumOfSquares(tried) : Infinity;
      if (small) {
        converged = true;
        break;
      }
      if (value < rss) {
        const linear = sumOfSquares(
          r.map((one, i) => one + moved!.reduce((sum, by, j) => sum + jacobian[i]![j]! * by, 0)),
        );
        const gain = (rss - value) / Math.max(rss - linear, Number.MIN_VALUE);
        damping *= Math.max(1 / 3, 1 - (2 * gain - 1) ** 3);
        growth = 2;
        // What still falls by nothing but rounding has arrived.
        converged = rss - value <= 1e-15 * rss;
        [p, r, rss] = [next!, tried!, value];
        improved = true;
      } else {
        damping = Math.max(damping, 1e-16) * growth;
        growth *= 2;
      }
    }
    if (!improved) converged = true;
    else if (!converged) jacobian = problem.jacobian?.(p) ?? differences(problem, p, r);
    problem.progress?.(iterations, rss);
  }
  return { parameters: p, residuals: r, sumOfSquares: rss, jacobian, converged, iterations, atBound };
}

const columns = (matrix: Matrix, n: number): number[][] =>
  Array.from({ length: n }, (_, j) => matrix.map((row) => row[j]!));

/** min |J δ + r|² + λ |D δ|² over the free parameters. */
function dampedStep(
  jacobian: Matrix,
  r: readonly number[],
  free: readonly number[],
  scale: readonly number[],
  damping: number,
): number[] | undefined {
  const rows = jacobian.map((row) => free.map((j) => row[j]!));
  const below = free.map((j, at) =>
    free.map((_, other) => (at === other ? Math.sqrt(damping) * (scale[j]! || 1) : 0)),
  );
  const { r: upper, qtb } = factor([...rows, ...below], [...r.map((value) => -value), ...free.map(() => 0)]);
  const step = backSubstitute(upper, qtb);
  if (step === undefined || !step.every(Number.isFinite)) return undefined;
  const whole = new Array<number>(scale.length).fill(0);
  free.forEach((j, at) => {
    whole[j] = step[at]!;
  });
  return whole;
}

/** Central differences; one-sided where a bound or a place without a value is near. */
function differences(problem: Problem, p: readonly number[], r: readonly number[]): Matrix {
  const { low, high, difference, typical } = problem;
  const byParameter = p.map((value, j) => {
    const h = difference * (Math.abs(value) || typical[j]!);
    const at = (by: number): readonly number[] | undefined => {
      const there = value + by;
      if (there < low[j]! || there > high[j]!) return undefined;
      const found = problem.residuals(p.map((one, i) => (i === j ? there : one)));
      return found?.every(Number.isFinite) === true ? found : undefined;
    };
    const [up, down] = [at(h), at(-h)];
    const above = up === undefined ? value : value + h;
    const below = down === undefined ? value : value - h;
    return r.map((one, i) =>
      above === below ? 0 : ((up?.[i] ?? one) - (down?.[i] ?? one)) / (above - below),
    );
  });
  return r.map((_, i) => byParameter.map((column) => column[i]!));
}

export interface Uncertainty {
  /** Standard errors; NaN for parameters at bounds, and for all that the data do not tell. */
  errors: number[];
  correlations: number[][];
  /** Of the Jacobian with columns of length one: how nearly some combination of parameters cannot be told. */
  condition: number;
  /** The parameters of that combination. */
  weakest: number[];
  /** Estimate of the standard deviation of a residual. */
  deviation: number;
}

/** What a fit leaves open, by its Jacobian (a row for each residual, a column for each parameter): parameters at bounds count as given. */
export function uncertaintyOf({ jacobian, sumOfSquares: rss, atBound, residuals }: Fit): Uncertainty {
  const n = atBound.length;
  const free = atBound.flatMap((bound, j) => (bound ? [] : [j]));
  const freedom = residuals.length - free.length;
  const deviation = freedom > 0 ? Math.sqrt(rss / freedom) : NaN;
  const lengths = free.map((j) => Math.sqrt(sumOfSquares(jacobian.map((row) => row[j]!))));
  const scaled = jacobian.map((row) => free.map((j, at) => (lengths[at]! > 0 ? row[j]! / lengths[at]! : 0)));
  const found = singularValues(factor(scaled, residuals).r);
  const [largest, smallest] = [found[0]?.value ?? 0, found.at(-1)?.value ?? 0];
  const condition = free.length === 0 ? 1 : smallest > 0 ? largest / smallest : Infinity;
  // (Jᵀ J)⁻¹ of the scaled columns: V S⁻² Vᵀ.
  const inverse = free.map((_, i) =>
    free.map((__, j) =>
      found.reduce((sum, { value, vector }) => sum + (vector[i]! * vector[j]!) / (value * value), 0),
    ),
  );
  const errors = new Array<number>(n).fill(NaN);
  const correlations = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => (i === j ? 1 : NaN)),
  );
  free.forEach((j, at) => {
    if (lengths[at]! > 0) errors[j] = (deviation * Math.sqrt(inverse[at]![at]!)) / lengths[at]!;
    free.forEach((other, to) => {
      correlations[j]![other] = inverse[at]![to]! / Math.sqrt(inverse[at]![at]! * inverse[to]![to]!);
    });
  });
  const weak = found.at(-1)?.vector ?? [];
  return {
    errors,
    correlations,
    condition,
    weakest: free.filter((_, at) => Math.abs(weak[at] ?? 0) > 0.1),
    deviation,
  };
}
