/**
 * The implicit Euler step where Newton's method does not come near from where the step starts, as with the root of a level next to zero. First each correction is
 * halved until less is left of the equations; where that ends in a place that none leads on from, the step is come to by way of shorter ones: solutions of
 * x = old + length · f(next, x) for lengths that grow, each begun where the two before it point to. Done by the runtime, for generated code and interpreter.
 */
import type { Machine } from '../machine.ts';
import type { keep } from './integrate.ts';

/** Corrections at most towards one solution. */
const ROUNDS = 20;
/** How often one is halved. */
const HALVINGS = 40;
/** Lengths at most that are tried: what a step can cost stays known. */
const LENGTHS = 80;
/** A length that is not solved is tried again with this part of what it adds. */
const SHORTER = 0.25;
/** Of the step: what it takes in at least each time. */
const LEAST = 1e-14;
/** Of the step: the first length along a root. */
const SHORTEST = 2 ** -44;

/** Where the first of its steps comes to: where the rates of the start lead, by all of the step, or by next to none of it, from where the solution is followed. */
export type Along = 'rates' | 'root';

/** Solves the step over `length` to `to` from what `begin` has kept; false, with memory in any state, where it finds no solution. */
export function continuation(machine: Machine, begin: ReturnType<typeof keep>, tolerance: number) {
  const { kernel, states, derivatives, absoluteTolerances, status } = machine;
  const n = states.length;
  /** What the kernel solves for, in place. */
  const vector = new Float64Array(kernel.memory, machine.manifest.implicit!.matrix!.vector, n);
  const numbers = (): Float64Array => new Float64Array(n);
  const [left, base, correction, solved, before] = [numbers(), numbers(), numbers(), numbers(), numbers()];
  const iterated = machine.iterates ? machine.iterated.slice() : undefined;
  const old = begin.states;

  /** What is left of the equations at the states in memory, by the tolerances; NaN where they have no value. */
  const evaluate = (over: number): number => {
    kernel.derivatives();
    if (status[0] !== 0) {
      status.fill(0);
      return NaN;
    }
    let sum = 0;
    for (let i = 0; i < n; i += 1) {
      left[i] = derivatives[i]! - over * (states[i]! - old[i]!);
      const scaled = left[i]! / (absoluteTolerances[i]! + tolerance * Math.abs(old[i]!));
      sum += scaled * scaled;
    }
    return sum;
  };
  const scale = (i: number): number =>
    absoluteTolerances[i]! + tolerance * Math.max(Math.abs(old[i]!), Math.abs(states[i]!));
  /** Of two vectors by the tolerances, in the mean: of a correction by itself it is what the kernel's own rounds look at. */
  const product = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < n; i += 1) sum += (a[i]! / scale(i)) * (b[i]! / scale(i));
    return sum * (1 / n);
  };
  /** From what is left, with the factors in use. */
  const correct = (): void => {
    vector.set(left);
    kernel.solve!();
  };
  const renew = (over: number): boolean => {
    kernel.matrix!();
    return kernel.factor!(over) === 0;
  };
  const backToBase = (): void => {
    states.set(base);
    if (iterated !== undefined) machine.iterated.set(iterated);
  };
  const goTo = (share: number): void => {
    for (let i = 0; i < n; i += 1) states[i] = base[i]! + share * correction[i]!;
  };

  /**
   * Within less than the tolerance of each other lie a place where less is left and the one in memory, from which all points back, and with its own matrix by less than
   * the tolerance: between them is the solution, too close to where slopes have no bounds to be met. Corrections are small next to such a place
   * anyway; so being turned around is asked for as well, by the matrix of the other place.
   */
  const isBetween = (over: number): boolean => {
    correct();
    if (!(product(vector, correction) < 0) || !renew(over)) return false;
    correct();
    return product(vector, vector) <= 1;
  };

  /** Newton's method from the states in memory, with corrections halved until they serve. */
  const solve = (length: number): boolean => {
    const over = 1 / length;
    let most = evaluate(over);
    if (!(most < Infinity)) return false;
    for (let round = 0; round < ROUNDS; round += 1) {
      if (most === 0) return true;
      if (!renew(over)) return false;
      correct();
      correction.set(vector);
      base.set(states);
      iterated?.set(machine.iterated);
      goTo(1);
      const size = product(correction, correction);
      let now = evaluate(over);
      if (size <= 1) {
        // Beyond it there may be no values, where the solution lies at the edge of them.
        if (!(now < Infinity)) backToBase();
        return true;
      }
      let isLooked = false;
      for (let [share, tries] = [0.5, 1]; !(now < most); share *= 0.5, tries += 1) {
        if (tries === HALVINGS) return false;
        backToBase();
        goTo(share);
        now = evaluate(over);
        if (isLooked || now < most || !(now < Infinity) || !(share * share * size <= 1)) continue;
        isLooked = true;
        if (isBetween(over)) return true;
      }
      most = now;
    }
    return false;
  };

  return (length: number, to: number, along?: Along): boolean => {
    const led = along === undefined ? undefined : numbers();
    if (led !== undefined) {
      states.set(old);
      machine.setTime(begin.time());
      kernel.derivatives();
      status.fill(0);
      led.set(derivatives);
    }
    machine.setTime(to);
    solved.set(old);
    let [done, doneBefore, more] = [0, 0, along === 'root' ? SHORTEST * length : length];
    for (let lengths = 0; lengths < LENGTHS; lengths += 1) {
      const next = done + more >= length ? length : done + more;
      const on = done > 0 ? (next - done) / (done - doneBefore) : 0;
      for (let i = 0; i < n; i += 1)
        states[i] =
          done === 0 && led !== undefined
            ? old[i]! + next * led[i]!
            : solved[i]! + on * (solved[i]! - before[i]!);
      begin.putStartOfIterations();
      if (solve(next)) {
        if (next === length) return true;
        before.set(solved);
        solved.set(states);
        [doneBefore, done, more] = [done, next, next];
      } else {
        more *= SHORTER;
        if (!(more > LEAST * length)) return false;
      }
    }
    return false;
  };
}
