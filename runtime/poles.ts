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

/** On the line between the states at both ends of a step. */
interface Place {
  time: number;
  states: Float64Array;
}
/** With the value of the divisor there. */
interface Point extends Place {
  value: number;
}

/** What is divided changes sides where the divisor does: told apart by so many halves. */
const MOST_HALVES = 400;
/**
 * At a pole a rate grows by 2 for each half, where something else is zero too it does not: it is looked at so many halves closer, or as many as digits tell, and is
 * taken for a pole where these are fewer than growth takes to show.
 */
const [LEAST_GROWING, MOST_GROWING, GROWTH] = [14, 40, 16];
/** Shares of a step at which a rate is looked at; a pole is near one of them at most, and the middle one of the values is none of its. */
const PLACES = [1 / 8, 3 / 8, 1 / 2, 5 / 8, 7 / 8];

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
    let apart = false;
    narrow(pole, from, to, MOST_HALVES, (low, high) => (apart = isOver(low.value, high.value)));
    return apart;
  };

  /**
   * Whether what is divided grows without bound where the divisor goes through zero. It does not where what it divides only touches zero there, as in `(1 - cos(x)) / x`, nor where
   * terms are infinite that are none together, as in `exp(x) / x - 1 / x`. Leaves memory anywhere.
   */
  const grows = (pole: number, from: number, to: number): boolean => {
    const ended = now.slice();
    const { variable, element } = whereOf(manifest, poles, pole);
    const size = (point: Place): number => {
      put(point);
      return Math.abs(machine.read(variable, element));
    };
    const [first, last] = ends(pole, from, to);
    const elsewhere = PLACES.map((share) => size(between(first, last, share))).toSorted(
      (a, b) => (Number.isNaN(a) ? Infinity : a) - (Number.isNaN(b) ? Infinity : b),
    );
    const usual = elsewhere[(PLACES.length - 1) / 2]!;
    now.set(ended);
    const halves = Math.min(MOST_GROWING, halvesTold(first, last));
    if (halves < LEAST_GROWING) return true;
    const near = narrow(pole, from, to, halves, () => false);
    return !near.every((point) => size(point) <= GROWTH * usual);
  };

  /** Whether what is divided may be zero with the divisor, or another term of the same sum infinite with it. */
  const mayBeNone = (pole: number, crossed: readonly number[]): boolean => {
    const own = whereOf(manifest, poles, pole);
    return (
      own.kind.holes === true ||
      crossed.some((other) => {
        const { variable, element } = whereOf(manifest, poles, other);
        return other !== pole && variable === own.variable && element === own.element;
      })
    );
  };

  const ends = (pole: number, from: number, to: number): [Point, Point] => {
    const at = (time: number, values: Float64Array): Point => {
      stepper.show(time);
      return { time, states: states.slice(), value: values[pole]! };
    };
    return [at(from, begin), at(to, now)];
  };
  const put = ({ time, states: own }: Place): void => {
    machine.setTime(time);
    states.set(own);
    kernel.derivatives();
  };
  const between = (low: Point, high: Point, share: number): Place => ({
    time: low.time + share * (high.time - low.time),
    states: low.states.map((value, i) => value + share * (high.states[i]! - value)),
  });
  /** Halves that line around where the divisor changes sides, so often or until it is `done`. */
  const narrow = (
    pole: number,
    from: number,
    to: number,
    most: number,
    done: (low: Point, high: Point) => boolean,
  ): [Point, Point] => {
    let [low, high] = ends(pole, from, to);
    const iterated = machine.iterated.slice();
    const followed = (share: number): Point => {
      const point = between(low, high, share);
      machine.iterated.set(iterated);
      put(point);
      kernel.poles!();
      return { ...point, value: now[pole]! };
    };
    for (let halves = 0; halves < most; halves += 1) {
      let middle = followed(1 / 2);
      if (middle.value === 0) middle = followed(3 / 8);
      if (!(middle.value * low.value < 0 || middle.value * high.value < 0)) break;
      if (middle.value * low.value < 0) high = middle;
      else low = middle;
      if (done(low, high)) break;
    }
    return [low, high];
  };

  return {
    mark: () => {
      kernel.poles!();
      begin.set(now);
    },
    passed: (from, to) => {
      kernel.poles!();
      const crossed = [...begin.keys()].filter((i) => begin[i]! * now[i]! < 0);
      if (crossed.length === 0) return undefined;
      const ended = now.slice();
      const apart = crossed.find((i) => {
        now.set(ended);
        if (!isOver(begin[i]!, now[i]!)) return isApart(i, from, to);
        return !mayBeNone(i, crossed) || grows(i, from, to);
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

/** So often can the line between two places be halved until the digits of a state or of time end. */
function halvesTold(first: Place, last: Place): number {
  const told = (a: number, b: number): number =>
    a === b ? Infinity : Math.log2(Math.abs(b - a) / (Number.EPSILON * Math.max(Math.abs(a), Math.abs(b))));
  return Math.floor(
    first.states.reduce(
      (least, value, i) => Math.min(least, told(value, last.states[i]!)),
      told(first.time, last.time),
    ),
  );
}

/** Between these the divisor is zero, and what it divides is not. */
const isOver = (one: number, other: number): boolean => one + other === 0 && Math.abs(one) < 3;

/** What is divided, a rate or what one is computed by. */
function whereOf(manifest: Machine['manifest'], { kinds }: ManifestPoles, pole: number) {
  const kind = kinds.findLast(({ offset }) => offset <= pole)!;
  const { dims, first, of } = kind;
  const at = indexOf(dims, pole - kind.offset);
  const variable = manifest.variables[of.variable]!;
  const element = elementAt(
    variable.dims,
    of.index.map((one) =>
      typeof one === 'number' ? one : (at[one.loop] ?? 0) + (first[one.loop] ?? 1) - 1 + one.offset,
    ),
  );
  return { kind, variable: of.variable, element: element % Math.max(1, count(variable.dims)) };
}

function describe(manifest: Machine['manifest'], poles: ManifestPoles, pole: number) {
  const { kind, variable: id, element } = whereOf(manifest, poles, pole);
  const { divisor, source } = kind;
  const variable = manifest.variables[id]!;
  const name = elementName(variable.name, variable.dims, element);
  const rate = /^der\((.*)\)$/.exec(name)?.[1];
  return { divisor, source, of: rate === undefined ? name : `The rate of ${rate}` };
}
