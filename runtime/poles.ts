/** Steps that pass a place where a rate is divided by zero: both ends look fine, and nothing that was computed between them is. */
import type { ManifestPoles } from './contract/manifest.ts';
import type { Machine } from './machine.ts';
import type { Stepper } from './solvers/integrate.ts';
import { count, elementAt, indexOf } from './contract/elements.ts';
import { elementName } from './names.ts';
import type { Trouble } from './trouble.ts';
import { timeText } from './trouble.ts';

/** What is known of divisors over a step; `Kernel.poles` says how they are followed. */
export interface Poles {
  /** A step starts from the state in memory, which is evaluated. */
  mark(): void;
  /** What the step in flight passes up to `to`, for which memory holds everything, and does so after it; undefined for nothing. */
  passed(from: number, to: number): number | undefined;
  trouble(pole: number, step: Passing): Trouble;
}

/** A step (s): of a fixed length; one that cannot be cut any shorter, or the last of many that were. */
interface Passing {
  from: number;
  to: number;
  how: 'fixed' | 'cut' | 'creeping';
}

/** What is divided changes sides where the divisor does: told apart by so many halves. */
const MOST_HALVES = 400;

/** Undefined where no rate is divided by anything that may become zero. */
export function createPoles(machine: Machine, stepper: Stepper): Poles | undefined {
  const { manifest, kernel, states } = machine;
  const { poles } = manifest;
  if (poles === undefined) return undefined;
  const view = (address: number): Float64Array => new Float64Array(kernel.memory, address, poles.count);
  const [now, begin] = [view(poles.address), view(poles.begin)];

  /**
   * Whether a divisor and what it divides become zero apart from each other, on the line between the states at both ends of a step: `-s / (1e-9 + s)` looks the
   * same on either side of both. Where they do so together, as in `sin(x) / x`, there is no pole. Leaves memory anywhere.
   */
  const isApart = (pole: number, from: number, to: number): boolean => {
    const ends = [from, to].map((time) => {
      stepper.show(time);
      return { time, states: states.slice(), value: (time === from ? begin : now)[pole]! };
    });
    const iterated = machine.iterated.slice();
    let [low, high] = ends as [(typeof ends)[0], (typeof ends)[0]];
    const between = (share: number): typeof low => {
      const time = low.time + share * (high.time - low.time);
      machine.setTime(time);
      for (let i = 0; i < states.length; i += 1)
        states[i] = low.states[i]! + share * (high.states[i]! - low.states[i]!);
      machine.iterated.set(iterated);
      kernel.derivatives();
      kernel.poles!();
      return { time, states: states.slice(), value: now[pole]! };
    };
    for (let halves = 0; halves < MOST_HALVES; halves += 1) {
      let middle = between(1 / 2);
      if (middle.value === 0) middle = between(3 / 8);
      if (!(middle.value * low.value < 0 || middle.value * high.value < 0)) return false;
      if (middle.value * low.value < 0) high = middle;
      else low = middle;
      if (isOver(low.value, high.value)) return true;
    }
    return false;
  };

  return {
    mark: () => {
      kernel.poles!();
      begin.set(now);
    },
    passed: (from, to) => {
      kernel.poles!();
      const crossed = [...begin.keys()].filter((i) => begin[i]! * now[i]! < 0);
      const found = crossed.find((i) => isOver(begin[i]!, now[i]!));
      if (found !== undefined || crossed.length === 0) return found;
      const ended = now.slice();
      const apart = crossed.find((i) => {
        now.set(ended);
        return isApart(i, from, to);
      });
      stepper.show(from);
      stepper.show(to);
      machine.evaluate();
      machine.status.fill(0);
      return apart;
    },
    trouble: (pole, { from, to, how }) => {
      const { divisor, of, source } = describe(manifest, poles, pole);
      const place = source === undefined ? '' : ` (line ${source.line})`;
      const [first, last, length] = [from, to, to - from].map(timeText) as [string, string, string];
      const what = `${of} is divided by ${divisor}${place}, which`;
      const away =
        'keep the divisor away from zero, as with max(…), or change the equation before it comes there';
      const where = first === last ? `at t = ${last}` : `between t = ${first} and ${last}`;
      const message = {
        fixed:
          `${what} goes through zero ${where}: a step of ${length} would pass a place where it grows without bound, with results that mean nothing. ` +
          `If the solution does not really come to zero there, take a shorter step, or an adaptive method (method auto); if it does, ${away}.`,
        cut: `${what} comes to zero at t = ${last}: there it grows without bound, and no step goes beyond. To go on, ${away}.`,
        creeping:
          `${what} is next to zero from t = ${first} on, so that steps are no longer than some ${length}. ` +
          `Take method auto or rodas5p, or ${away}.`,
      }[how];
      return { code: 'PX9057', message, time: from, ...(source === undefined ? {} : { source }) };
    },
  };
}

/** Between these the divisor is zero, and what it divides is not. */
const isOver = (one: number, other: number): boolean => one + other === 0 && Math.abs(one) < 3;

function describe(manifest: Machine['manifest'], { kinds }: ManifestPoles, pole: number) {
  const kind = kinds.findLast(({ offset }) => offset <= pole)!;
  const { dims, first, of, divisor, source } = kind;
  const at = indexOf(dims, pole - kind.offset);
  const variable = manifest.variables[of.variable]!;
  const element = elementAt(
    variable.dims,
    of.index.map((one) =>
      typeof one === 'number' ? one : (at[one.loop] ?? 0) + (first[one.loop] ?? 1) - 1 + one.offset,
    ),
  );
  const name = elementName(variable.name, variable.dims, element % Math.max(1, count(variable.dims)));
  const rate = /^der\((.*)\)$/.exec(name)?.[1];
  return { divisor, source, of: rate === undefined ? name : `The rate of ${rate}` };
}
