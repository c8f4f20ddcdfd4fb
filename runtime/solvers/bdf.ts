/**
 * Steps by backward differentiation of order 1 to 5, for large stiff systems: numerical differentiation formulas over steps of one length as long as that
 * goes well (Shampine & Reichelt, SIAM J. Sci. Comput. 18, 1997), with a matrix and factors that serve many steps (Brown, Byrne & Hindmarsh, VODE, SIAM J. Sci. Stat.
 * Comput. 10, 1989). After a jump steps are taken by Rodas5P, until one of them gives a past. All arithmetic is that of every processor: no powers.
 */
import { adaptiveStepper, smallestStep, tooSmall } from './adaptive.ts';
import type { AdaptiveSettings } from './adaptive.ts';
import { rodas } from './implicit.ts';
import { keep } from './integrate.ts';
import type { Stepper } from './integrate.ts';
import { Cell } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { MOST_ORDER, otherSteps, room } from './past.ts';
import type { Trouble } from '../trouble.ts';
import { endOf } from './work.ts';

/** 1 + 1/2 + … + 1/order. */
const SUMS = [0, 1, 3 / 2, 11 / 6, 25 / 12, 137 / 60];
/** What is added to a formula of backward differentiation to halve its error, where it stays as stable. */
const KAPPA = [0, -0.185, -1 / 9, -0.0823, -0.0415, 0];
const ALPHA = SUMS.map((sum, order) => (1 - KAPPA[order]!) * sum);
/** Of the error of each order, to the difference of the next. */
const ERROR = SUMS.map((sum, order) => KAPPA[order]! * sum + 1 / (order + 1));

const SAFETY = 0.9;
const ROUNDS = 4;
/** Part of the error allowed that Newton's method may leave. */
const LEFT = 0.03;
/** How fast a first round is thought to come near at best: the factors may have become worse since. */
const SLOWEST = 0.2;
/** A correction that leaves another one larger than this part of it has brought nothing nearer. */
const STUCK = 0.9;
/** Factors serve as long as the diagonal has not changed by more than this. */
const STALE = 0.3;
/** Steps of the method that begins become a past of so many. */
const BEGINS = 4;
const GROWS = 3;
/** Shorter steps that are tried before another method is. */
const MOST_TRIES = 10;
/** Of the tolerance, for each step: its steps are more than those of other methods, and their errors add up. */
const SHARE = 0.2;
/** A step is made longer where it may be by this. */
const WORTH = 1.2;

export function bdfStepper(machine: Machine, settings: AdaptiveSettings): Stepper {
  const { relativeTolerance, maxStep } = settings;
  const { kernel, states, derivatives, absoluteTolerances, cells, past, work } = machine;
  const { vector: place, entries } = machine.manifest.implicit!.matrix!;
  const n = states.length;
  const vector = new Float64Array(kernel.memory, place, n);
  const matrix = new Float64Array(kernel.memory, entries.address, entries.count);
  const begin = keep(machine);
  const end = endOf(machine);
  /** Of the step in flight: differences, now those at its end. */
  let own = room(n);
  const [predicted, psi, scale] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  let flying = {
    order: 0,
    step: 0,
    equal: 0,
    diagonal: 0,
    rate: 0,
    renewed: false,
    planned: 0,
    error: 0,
    shortened: false,
  };
  let to = 0;
  /** Diagonal of the factors that the kernel has; NaN for those of another matrix than the one in memory. */
  let factored = NaN;
  /** The kernel has the matrix of the past. */
  let holds = false;
  /** Takes steps where there is no past. */
  const oneStep = adaptiveStepper(machine, rodas(machine), settings);
  /** It has taken the step in flight, from this time. */
  let begins = false;
  let startedAt = 0;

  const norm = (numbers: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < n; i += 1) {
      const scaled = numbers[i]! / scale[i]!;
      sum += scaled * scaled;
    }
    return Math.sqrt(sum / n);
  };
  const evaluate = (): void => kernel.derivatives();
  const factor = (diagonal: number): boolean => {
    const failed = kernel.factor!(diagonal);
    factored = failed === 0 ? diagonal : NaN;
    flying.diagonal = diagonal;
    flying.rate = 1;
    return failed === 0;
  };
  /** After a saved state, or a try that needed others: the factors that were in use. */
  const again = (diagonal: number): boolean => {
    const { rate } = flying;
    const made = factor(diagonal);
    flying.rate = rate;
    return made;
  };
  const renew = (): void => {
    kernel.matrix!();
    flying.renewed = true;
    holds = false;
    factored = NaN;
  };
  /** The matrix of the past, where a try left another. */
  const recover = (): void => {
    if (holds) return;
    matrix.set(past.matrix);
    holds = true;
    factored = NaN;
  };

  /** Whether the past ends at the state in memory; then the kernel gets its matrix. */
  const fits = (time: number): boolean =>
    past.order > 0 && past.time === time && same(past.differences[0]!, states);
  const prepare = (): void => {
    flying = { ...flying, diagonal: past.diagonal, rate: past.rate, renewed: false, shortened: false };
    if (past.matrix.length > 0) {
      recover();
      return;
    }
    evaluate();
    renew();
    begin.putStartOfIterations();
  };

  /** From a step of the method that begins, over which its curve is known: the differences of a quarter of it. */
  const beginPast = (time: number, length: number): void => {
    if (past.differences.length === 0) past.differences = room(n);
    const now = states.slice();
    const iterated = machine.iterates ? machine.iterated.slice() : undefined;
    const curve = past.differences;
    for (let k = 0; k <= BEGINS; k += 1) {
      if (k > 0) oneStep.show(k === BEGINS ? startedAt : time - (k / BEGINS) * length);
      curve[k]!.set(k === 0 ? now : states);
    }
    for (let k = 1; k <= BEGINS; k += 1)
      for (let j = BEGINS; j >= k; j -= 1) {
        const [into, of] = [curve[j]!, curve[j - 1]!];
        for (let i = 0; i < n; i += 1) into[i] = of[i]! - into[i]!;
      }
    for (const more of curve.slice(BEGINS + 1)) more.fill(0);
    oneStep.show(time);
    states.set(now);
    if (iterated !== undefined) machine.iterated.set(iterated);
    const step = length / BEGINS;
    Object.assign(past, {
      order: BEGINS,
      step,
      time,
      equal: 0,
      diagonal: 0,
      rate: 0,
      matrix: new Float64Array(0),
    });
    cells[Cell.stepSize] = step;
  };

  /**
   * Rounds of Newton's method from the prediction in memory; whether it came near. A matrix with slopes that are much steeper than those of now makes corrections small, and
   * nothing come nearer: where one `doubted` does not, it has to be renewed.
   */
  const solve = (order: number, diagonal: number, doubted: boolean): boolean => {
    const relation = 2 / (1 + diagonal / factored);
    const exact = diagonal === factored;
    let before = 0;
    let doubts = false;
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round > 0 || !evaluated) evaluate();
      evaluated = false;
      if (round === 0) saw = looks && isBeyond();
      for (let i = 0; i < n; i += 1)
        vector[i] = derivatives[i]! - diagonal * (psi[i]! + (states[i]! - predicted[i]!));
      if (round === 0) doubts = doubted && norm(vector) > diagonal;
      kernel.solve!();
      if (!exact) for (let i = 0; i < n; i += 1) vector[i]! *= relation;
      for (let i = 0; i < n; i += 1) states[i]! += vector[i]!;
      const change = norm(vector);
      if (!(change < Infinity)) {
        blind = true;
        return false;
      }
      if (round > 0) {
        flying.rate = Math.max(0.3 * flying.rate, change / before);
        if (change > (doubts ? STUCK : 2) * before) return false;
      }
      const rate = round === 0 ? Math.max(flying.rate, SLOWEST) : flying.rate;
      const isNear = change * Math.min(1, rate) * ERROR[order]! <= LEFT;
      if ((isNear && !(doubts && round === 0)) || change === 0) return true;
      before = change;
    }
    return false;
  };
  /** The rates of the prediction are in memory. */
  let evaluated = false;
  /** The prediction is beyond a condition: rates there may have led back from it. */
  let saw = false;
  const looks = kernel.sawBeyond !== undefined;
  const jumps = machine.manifest.layout.kinks?.first ?? machine.crossings.length;
  const isBeyond = (): boolean => {
    kernel.crossings();
    const { begin: before } = machine.located;
    for (let i = 0; i < jumps; i += 1) if (before[i]! * machine.crossings[i]! < 0) return true;
    return false;
  };
  /** There were no values. */
  let blind = false;

  /** A step over `step` from the past; its error, not a number where there are no values, Infinity where it was not solved. */
  const attemptOne = (order: number, step: number): number => {
    const { differences } = past;
    const weights = step === past.step ? undefined : otherSteps(order, 0, step / past.step);
    for (let k = 0; k <= order; k += 1) {
      const target = own[k]!;
      if (weights === undefined || k === 0) target.set(differences[k]!);
      else combine(target, differences, weights[k]!);
    }
    own[order + 1]!.set(differences[order + 1]!);
    own[order + 2]!.set(differences[order + 2]!);
    predicted.set(own[0]!);
    psi.fill(0);
    for (let k = 1; k <= order; k += 1) {
      const difference = own[k]!;
      const weight = SUMS[k]! / ALPHA[order]!;
      for (let i = 0; i < n; i += 1) {
        predicted[i]! += difference[i]!;
        psi[i]! += weight * difference[i]!;
      }
    }
    const old = own[0]!;
    for (let i = 0; i < n; i += 1)
      scale[i] = SHARE * (absoluteTolerances[i]! + relativeTolerance * Math.abs(old[i]!));
    const diagonal = ALPHA[order]! / step;
    const isOther = step !== past.step || past.equal === 0;
    const start = (): void => {
      states.set(predicted);
      machine.setTime(to);
      evaluated = false;
    };
    start();
    for (;;) {
      const kept = flying.diagonal;
      const serves = kept > 0 && Math.abs(diagonal / kept - 1) <= STALE;
      const made = serves ? factored === kept || again(kept) : factor(diagonal);
      blind = false;
      if (made && solve(order, diagonal, !flying.renewed && isOther)) break;
      const exact = flying.diagonal === diagonal;
      begin.putStartOfIterations();
      start();
      if (flying.renewed && exact) return blind ? NaN : Infinity;
      if (!flying.renewed) {
        evaluate();
        evaluated = !machine.iterates;
        renew();
      }
      flying.diagonal = 0;
    }
    machine.setTime(to);
    machine.project();
    const corrected = own[order + 2]!;
    const last = own[order + 1]!;
    for (let i = 0; i < n; i += 1) {
      const after = states[i]!;
      scale[i] =
        SHARE * (absoluteTolerances[i]! + relativeTolerance * Math.max(Math.abs(old[i]!), Math.abs(after)));
      const correction = after - predicted[i]!;
      corrected[i] = correction - last[i]!;
      last[i] = correction;
    }
    for (let k = order; k > 0; k -= 1) {
      const [into, of] = [own[k]!, own[k + 1]!];
      for (let i = 0; i < n; i += 1) into[i]! += of[i]!;
    }
    own[0]!.set(states);
    return ERROR[order]! * norm(last);
  };

  const attempt = (limit: number): number | Trouble => {
    startedAt = machine.time();
    begins = !fits(startedAt);
    if (!begins) {
      const reached = goOn(limit);
      if (typeof reached === 'number') return reached;
      // Where the past leads nowhere, a method without one may still find a way.
      begin.put();
      machine.status.fill(0);
      begins = true;
    }
    forget();
    const reached = oneStep.attempt(limit);
    if (typeof reached === 'number') to = reached;
    return reached;
  };

  const goOn = (limit: number): number | Trouble => {
    begin.take();
    if (work.isKept) begin.states.set(states);
    const time = begin.time();
    prepare();
    let step = Math.min(cells[Cell.stepSize]! || past.step, maxStep);
    let { order } = past;
    flying.planned = step;
    for (let tries = 1; ; tries += 1) {
      // Two steps of one length are better than a long one and a short one.
      const rest = limit - time;
      const wanted = step >= rest ? rest : 2 * step > rest ? rest / 2 : step;
      const length = Math.abs(wanted / past.step - 1) < 1e-9 ? past.step : wanted;
      to = step >= rest ? limit : time + length;
      if (to - time <= smallestStep(time) && to !== limit) return tooSmall(machine, time, relativeTolerance);
      flying.step = length;
      const error = attemptOne(order, length);
      const unsolved = machine.unsolved();
      flying.error = error;
      flying.order = order;
      if (unsolved === undefined && error <= 1) break;
      begin.put();
      flying.shortened = true;
      if (length <= smallestStep(time) * 2) return tooSmall(machine, time, relativeTolerance);
      const shorter =
        unsolved !== undefined || !(error < Infinity) ? 0.25 : Math.max(0.2, SAFETY / root(error, order + 1));
      step = length * shorter;
      // The past says little about what comes.
      if (tries > 2 && order > 1) order -= 1;
      if (tries > MOST_TRIES) return tooSmall(machine, time, relativeTolerance);
    }
    flying.equal = past.order === flying.order && past.step === flying.step ? past.equal + 1 : 1;
    end.reached();
    return to;
  };

  /** Order and length of the next step, from the errors of this one and of its neighbours, had they been taken. */
  const choose = (): void => {
    const { order, step, error, equal, shortened, planned } = flying;
    const isCut = !shortened && step < planned * 0.99;
    let [best, factorOf] = [order, SAFETY / root(Math.max(error, 1e-10), order + 1)];
    if (equal > order) {
      const lower = order > 1 ? ERROR[order - 1]! * norm(own[order]!) : Infinity;
      const higher = order < MOST_ORDER ? ERROR[order + 1]! * norm(own[order + 2]!) : Infinity;
      const byLower = SAFETY / root(Math.max(lower, 1e-10), order);
      const byHigher = SAFETY / root(Math.max(higher, 1e-10), order + 2);
      if (order > 1 && byLower > factorOf) [best, factorOf] = [order - 1, byLower];
      if (order < MOST_ORDER && byHigher > factorOf) [best, factorOf] = [order + 1, byHigher];
    } else factorOf = Math.min(factorOf, 1);
    const longer = factorOf >= WORTH ? Math.min(10, factorOf) : 1;
    if (longer === 1) best = order;
    cells[Cell.stepSize] = Math.min(maxStep, Math.max(step * longer, isCut ? planned : 0));
    if (best !== order) past.equal = 0;
    // What a step of the old order does not look at is of some step before; a state is the same however it came about.
    if (best > order) past.differences[best + 2]!.fill(0);
    past.order = best;
  };

  /**
   * How the states `at` steps after the end of the one in flight follow from its differences, by a polynomial of one degree more
   * than its order. */
  const weightsAt = (at: number): number[] => otherSteps(flying.order + 1, at, 1)[0]!;

  const forget = (): void => {
    holds = false;
    factored = NaN;
  };
  return {
    attempt,
    show: (t) => {
      if (begins) {
        oneStep.show(t);
        return;
      }
      begin.putStartOfIterations();
      if (t === to) end.put();
      else {
        end.leave();
        if (t <= begin.time()) begin.put();
        else {
          combine(states, own, weightsAt((t - to) / flying.step));
          machine.setTime(t);
          machine.project();
        }
      }
      machine.setTime(t);
    },
    settle: (t, whole) => {
      if (begins) {
        past.order = 0;
        oneStep.settle(t, whole);
        const length = t - startedAt;
        // As long as steps become much longer, a past of short ones is of no use.
        if (whole && cells[Cell.stepSize]! < GROWS * length && length > 1e6 * smallestStep(t))
          beginPast(t, length);
        return;
      }
      // What ends a step within it, or when it has hardly begun, is a place where rates jump.
      const isCut = flying.step < 1e-6 * flying.planned;
      if (!whole || isCut) {
        past.order = 0;
        cells[Cell.stepSize] = BEGINS * Math.max(isCut ? flying.planned : flying.step, smallestStep(to));
        cells[Cell.lastError] = 1;
        forget();
        return;
      }
      if (flying.renewed) {
        if (past.matrix.length !== matrix.length) past.matrix = matrix.slice();
        else past.matrix.set(matrix);
      }
      holds = true;
      past.diagonal = flying.diagonal;
      past.rate = flying.rate;
      past.time = t;
      past.step = flying.step;
      [past.differences, own] = [own, past.differences];
      past.equal = flying.equal;
      choose();
    },
    withdraw: () => {
      if (begins) {
        oneStep.withdraw();
        return;
      }
      begin.put();
      if (flying.renewed) forget();
    },
    disturb: () => {
      if (past.order > 0) cells[Cell.stepSize]! *= BEGINS;
      past.order = 0;
      forget();
      oneStep.disturb();
    },
    forget: () => {
      forget();
      oneStep.forget();
    },
    adaptive: true,
    blurred: 1e-6,
    damps: () => true,
    ...(looks ? { sawBeyond: () => (begins ? oneStep.sawBeyond?.() === true : saw) } : {}),
  };
}

const same = (a: Float64Array, b: Float64Array): boolean => a.every((value, i) => value === b[i]);

/** The differences of a polynomial that `weights` says, from others. */
function combine(into: Float64Array, of: readonly Float64Array[], weights: readonly number[]): void {
  into.fill(0);
  // The last ones are the smallest.
  for (let k = weights.length - 1; k >= 0; k -= 1) {
    const weight = weights[k]!;
    if (weight === 0) continue;
    const numbers = of[k]!;
    for (let i = 0; i < into.length; i += 1) into[i]! += weight * numbers[i]!;
  }
}

/** x^(1/k), of a positive x, by Newton's method from above: the same number on every processor. */
function root(x: number, k: number): number {
  if (x === 1 || k === 1) return x;
  let guess = Math.max(1, x);
  for (let round = 0; round < 200; round += 1) {
    let power = 1;
    for (let i = 1; i < k; i += 1) power *= guess;
    const next = guess - (guess - x / power) / k;
    if (!(next < guess)) return guess;
    guess = next;
  }
  return guess;
}
