/**
 * A hybrid model → its values at some times, by the slowest of ways: short steps of the classical Runge–Kutta method on the side where each
 * comparison is at the step's start, ended by bisection where any of them changes; and the instants as the reference tells them.
 */
import { modesOf, reactionsOf } from './model.ts';
import type { Condition, Expression, Memory, Mode, Model, Reaction, Region, Setting } from './model.ts';

/** Two that set the same, events without end, values without bound: what a run is stopped for is another test's. */
export class Unfit extends Error {}

export type Values = Record<string, number>;

/** s: times closer than these are one. */
const SAME = 1e-12;
/** s: more crossings than that, each so soon after the one before, accumulate. */
const [NEAR, MOST_NEAR] = [1e-9, 5];

export function plainly(
  model: Model,
  times: readonly number[],
  { step = 1 / 256, moved = 0 } = {},
): Values[] {
  const { states, lets, delays, memories, sensors, means, alarms, block, modal } = model;
  const modes = modesOf(block);
  const reactions = reactionsOf(model);
  const position = new Map(states.map(({ name }, at) => [name, at]));
  const values: Values = Object.fromEntries(model.discretes.map(({ name, start }) => [name, start]));
  const active = new Set<Mode>();
  const last = new Map<Region, Mode>();

  let now = 0;
  let x = states.map(({ start }, at) => start + moved * (at + 1));
  /** What expressions are evaluated at, which is not `now` within a step. */
  let [at, y] = [now, x];
  /** Sides of all comparisons, in the order in which they are met: written down, or read again. */
  let noted: number[] | undefined;
  let kept: { sides: readonly number[]; next: number } | undefined;
  /** A mean was asked for before its first look. */
  let unseen = false;
  const side = (value: number): number => {
    if (kept !== undefined) return kept.sides[kept.next++]!;
    noted?.push(value);
    return value;
  };

  const of = (expression: Expression): number => {
    switch (expression.kind) {
      case 'number':
        return expression.value;
      case 'time':
        return at;
      case 'name':
        return named(expression.name);
      case 'binary': {
        const [a, b] = [of(expression.left), of(expression.right)];
        return expression.operator === '+' ? a + b : expression.operator === '-' ? a - b : a * b;
      }
      case 'choice':
        return holds(expression.condition) ? of(expression.yes) : of(expression.no);
      case 'call':
        return called(expression.of, expression.arguments.map(of));
    }
  };
  const called = (name: string, [a = NaN, b = NaN]: number[]): number => {
    switch (name) {
      case 'sin':
        return Math.sin(a);
      case 'tanh':
        return Math.tanh(a);
      case 'abs':
        return side(Number(a >= 0)) === 1 ? a : -a;
      case 'max':
      case 'min': {
        const first = side(Number(a >= b)) === 1;
        // What no sensor has measured yet is no number, nor is what is made of it.
        return Number.isNaN(a + b) ? NaN : first === (name === 'max') ? a : b;
      }
      case 'floor':
        return side(Math.floor(a));
      default:
        return a - b * side(Math.floor(a / b));
    }
  };
  const named = (name: string): number => {
    const state = position.get(name);
    if (state !== undefined) return y[state]!;
    const formula = lets.find((one) => one.name === name)?.value;
    if (formula !== undefined) return of(formula);
    if (name === modal) return of(block!.modes.find((mode) => active.has(mode))!.own!);
    if (values[name] === undefined && means.some((one) => one.name === name)) unseen = true;
    const delay = delays.find((one) => one.name === name);
    return delay === undefined ? values[name]! : before(position.get(delay.of)!, at - delay.by);
  };
  const holds = (condition: Condition): boolean => {
    switch (condition.kind) {
      case 'compare': {
        const [a, b] = [of(condition.left), of(condition.right)];
        const { operator } = condition;
        return (
          side(
            Number(operator === '<' ? a < b : operator === '<=' ? a <= b : operator === '>' ? a > b : a >= b),
          ) === 1
        );
      }
      case 'and':
      case 'or': {
        const [a, b] = [holds(condition.left), holds(condition.right)];
        return condition.kind === 'and' ? a && b : a || b;
      }
      case 'not':
        return !holds(condition.of);
      case 'mode':
        return active.has(condition.mode);
      case 'memory':
        return remembered(condition.memory);
    }
  };

  /** When conditions of memories were so last, and whether they are. */
  const past = new Map(
    memories.map((memory) => [
      memory,
      {
        passed: false,
        held: false,
        truth: -Infinity,
        untruth: -Infinity,
        start: -Infinity,
        is: false,
        starts: false,
      },
    ]),
  );
  const remembered = (memory: Memory): boolean => {
    const { passed, held, truth, untruth, start } = past.get(memory)!;
    if (memory.kind === 'hysteresis') return passed;
    const is = holds(memory.condition!);
    // As with all comparisons, a step that ends where a window does is on the side of its start.
    const within = (time: number): boolean => side(Number(at - time < memory.window - SAME)) === 1;
    if (memory.kind === 'once') return is || within(truth);
    if (memory.kind === 'historically') return is && !within(untruth);
    const starts = holds(memory.start!);
    const since = starts || (held && is);
    return memory.kind === 'since' ? since : since && (starts || within(start));
  };
  /** Conditions are looked at; what `hysteresis` has passed is so after this round. */
  const look = (): (() => void)[] => {
    const later: (() => void)[] = [];
    for (const memory of memories) {
      const own = past.get(memory)!;
      if (memory.kind === 'hysteresis') {
        const [value, up] = [of(memory.value!), memory.on > memory.off];
        const on = up ? value > memory.on : value < memory.on;
        const off = up ? value < memory.off : value > memory.off;
        if ((on && !own.passed) || (off && own.passed)) later.push(() => (own.passed = on));
        continue;
      }
      [own.is, own.starts] = [holds(memory.condition!), memory.start !== undefined && holds(memory.start)];
      own.held = own.starts || (own.held && own.is);
      lasted(own);
    }
    return later;
  };
  const lasted = (own: {
    is: boolean;
    starts: boolean;
    truth: number;
    untruth: number;
    start: number;
  }): void => {
    if (own.is) own.truth = now;
    else own.untruth = now;
    if (own.starts) own.start = now;
  };

  /** All points so far: a jump is two of them. */
  const points: { time: number; x: readonly number[]; slopes: readonly number[] }[] = [];
  const jumps: number[] = [];
  /** The end of a step is seen from its left. */
  let fromLeft = false;
  const before = (state: number, time: number): number => {
    if (points.length === 0) return x[state]!;
    let [low, high] = [0, points.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (points[middle]!.time <= time + (fromLeft ? -SAME : SAME)) low = middle;
      else high = middle - 1;
    }
    const [a, b] = [points[low]!, points[low + 1]];
    if (time < 0 || b === undefined || b.time === a.time) return a.x[state]!;
    const h = b.time - a.time;
    const s = (time - a.time) / h;
    return (
      (1 + 2 * s) * (1 - s) ** 2 * a.x[state]! +
      s * (1 - s) ** 2 * h * a.slopes[state]! +
      s ** 2 * (3 - 2 * s) * b.x[state]! +
      s ** 2 * (s - 1) * h * b.slopes[state]!
    );
  };

  const slopes = (time: number, of_: readonly number[]): number[] => {
    [at, y] = [time, [...of_]];
    return states.map(({ value }) => of(value));
  };
  const here = (): void => void ([at, y] = [now, x]);
  /** Sides of everything at a point. */
  const sidesAt = (time: number, point: readonly number[]): string => {
    noted = [];
    slopes(time, point);
    for (const { condition } of reactions) if (condition !== undefined) holds(condition);
    for (const { value, on, off, condition, start } of memories) {
      side(Number(of(value!) > on));
      side(Number(of(value!) > off));
      holds(condition!);
      holds(start!);
    }
    for (const { raise, clear } of alarms)
      for (const one of [raise, clear]) if (one !== undefined) holds(one);
    const all = noted.join();
    noted = undefined;
    return all;
  };
  const sidesOfSlopes = (): number[] => {
    noted = [];
    slopes(now, x);
    const sides = noted;
    noted = undefined;
    return sides;
  };
  const onSides = (sides: readonly number[], time: number, point: readonly number[]): number[] => {
    kept = { sides, next: 0 };
    const found = slopes(time, point);
    kept = undefined;
    return found;
  };
  const moveBy = (h: number, sides: readonly number[]): number[] => {
    const along = (k: readonly number[], by: number): number[] => x.map((each, i) => each + by * k[i]!);
    const k1 = onSides(sides, now, x);
    const k2 = onSides(sides, now + h / 2, along(k1, h / 2));
    const k3 = onSides(sides, now + h / 2, along(k2, h / 2));
    fromLeft = true;
    const k4 = onSides(sides, now + h, along(k3, h));
    fromLeft = false;
    return x.map((each, i) => each + (h / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!));
  };

  interface Watched {
    reaction: Reaction;
    truth: boolean;
    due: number;
    ticks: number;
    /** Of `at`: on which side it is has to be seen first, as its mode was entered or its sensor has not measured. */
    fresh: boolean;
  }
  const watched: Watched[] = reactions.map((reaction) => ({
    reaction,
    truth: false,
    due: NaN,
    ticks: 0,
    fresh: true,
  }));
  const listens = ({ reaction: { mode } }: Watched): boolean => mode === undefined || active.has(mode);
  for (const { id } of reactions) Object.assign(values, { [`n${id}`]: 0, [`t${id}`]: -1 });

  // What is set in one round, and by whom; the events that are told in the next one.
  const set = new Map<string, { value: number; by: number }>();
  let told = new Set<string>();
  const telling = new Set<string>();
  const put = ({ name, value }: Setting, by: number): void => {
    if ((set.get(name)?.by ?? by) !== by) throw new Unfit(`two set ${name}`);
    set.set(name, { value: of(value), by });
  };
  const left: Mode[] = [];
  const entered: Mode[] = [];
  const leave = (mode: Mode, by: number): void => {
    for (const region of mode.regions)
      for (const inner of region.modes)
        if (active.has(inner)) {
          last.set(region, inner);
          leave(inner, by);
        }
    for (const one of mode.exit) put(one, by);
    left.push(mode);
  };
  const enter = (mode: Mode, by: number, history?: Reaction['history']): void => {
    for (const one of mode.entry) put(one, by);
    entered.push(mode);
    for (const region of mode.regions)
      enter(
        (history && last.get(region)) ?? region.modes[0]!,
        by,
        history === 'deep history' ? history : undefined,
      );
  };
  const fire = (reaction: Reaction): void => {
    const { id, sets, goesTo, history, emits } = reaction;
    if (goesTo !== undefined) leave(leftBy(goesTo), id);
    for (const one of sets) put(one, id);
    if (goesTo !== undefined) enter(goesTo, id, history);
    values[`n${id}`]! += 1;
    values[`t${id}`] = now;
    if (emits === undefined) return;
    if (telling.has(emits)) throw new Unfit(`two emit ${emits}`);
    telling.add(emits);
  };
  const settle = (): void => {
    x = [...x];
    for (const [name, { value }] of set) {
      const state = position.get(name);
      if (state === undefined) values[name] = value;
      else x[state] = value;
    }
    set.clear();
    for (const mode of left.splice(0)) active.delete(mode);
    for (const mode of entered.splice(0)) {
      active.add(mode);
      for (const one of watched)
        if (one.reaction.mode === mode) {
          one.truth = false;
          one.fresh = true;
          one.due = one.reaction.kind === 'after' ? now + one.reaction.wait! : NaN;
        }
    }
    told = new Set(telling);
    telling.clear();
    here();
  };
  const isInside = (mode: Mode | undefined, outer: Mode): boolean =>
    mode !== undefined && (mode === outer || isInside(mode.region.around, outer));
  const leftBy = (goesTo: Mode): Mode => goesTo.region.modes.find((mode) => active.has(mode))!;
  const inTurn = (mode: Mode): Reaction[] => [
    ...mode.regions.flatMap((region) => region.modes.flatMap(inTurn)),
    ...mode.reactions,
  ];
  const turns = [...(block?.modes ?? []).flatMap(inTurn), ...model.reactions];
  const turn = (reaction: Reaction): number => turns.indexOf(reaction);
  /** Transitions: within a mode before around it, then as written; one alone leaves a mode. The others are looked at again. */
  const fireTogether = (due: readonly Watched[]): void => {
    const going: Watched[] = [];
    const order = due.toSorted((a, b) => turn(a.reaction) - turn(b.reaction));
    for (const one of order) {
      const { elseOf, goesTo, kind, wait } = one.reaction;
      if (elseOf !== undefined && going.some(({ reaction }) => reaction.id === elseOf)) continue;
      const first =
        goesTo !== undefined &&
        going.some(
          ({ reaction }) =>
            reaction.goesTo !== undefined &&
            (isInside(leftBy(reaction.goesTo), leftBy(goesTo)) ||
              isInside(leftBy(goesTo), leftBy(reaction.goesTo))),
        );
      if (!first) going.push(one);
      else if (wait !== undefined) one.due = now;
      else if (kind === 'when') one.truth = false;
    }
    for (const one of going) {
      if (one.reaction.wait !== undefined) one.due = NaN;
      fire(one.reaction);
    }
    settle();
  };

  const raised = alarms.map((alarm) => ({ alarm, is: false, raising: NaN, clearing: NaN }));
  const lookAtAlarms = (): (() => void)[] =>
    raised.flatMap((one) => {
      const { raise, raiseWait, clear, clearWait } = one.alarm;
      const high = holds(raise);
      const low = clear === undefined ? !high : holds(clear);
      const count = (truth: boolean, due: number, wait: number): number =>
        !truth ? NaN : Number.isNaN(due) ? now + wait : due;
      one.raising = count(high && !one.is, one.raising, raiseWait);
      one.clearing = count(low && one.is, one.clearing, clear === undefined ? 0 : clearWait);
      return one.raising <= now + SAME || one.clearing <= now + SAME
        ? [() => Object.assign(one, { is: !one.is, raising: NaN, clearing: NaN })]
        : [];
    });

  const hasSides = (condition: Condition): boolean => {
    unseen = false;
    if (condition.kind !== 'compare') return true;
    return !Number.isNaN(of(condition.left) - of(condition.right)) && !unseen;
  };
  const fires = (one: Watched): boolean => {
    const { kind, condition, wait, direction, event } = one.reaction;
    if (kind === 'every') return false;
    if (kind === 'at') {
      if (!hasSides(condition!)) return false;
      const is = holds(condition!);
      const isSame = is === one.truth || one.fresh;
      one.truth = is;
      one.fresh = false;
      if (isSame) return false;
      const rises = condition!.kind === 'compare' && condition!.operator.startsWith('>') === is;
      return listens(one) && (direction === '' || (direction === 'rising') === rises);
    }
    if (!listens(one)) return false;
    if (kind === 'on') return told.has(event!) && (condition === undefined || holds(condition));
    if (kind === 'after') return one.due <= now + SAME;
    const is = holds(condition!);
    const becomes = is && !one.truth;
    one.truth = is;
    if (wait === undefined) return becomes;
    if (becomes) one.due = now + wait;
    else if (!is) one.due = NaN;
    return one.due <= now + SAME;
  };

  const seen = means.map((): number[] => []);
  const ticks = new Map<unknown, number>();
  const dueAt = (key: unknown, period: number, phase = 0): number => (ticks.get(key) ?? 0) * period + phase;
  const ticked = <T>(all: readonly T[], clock: (one: T) => [number, number?]): T[] =>
    all.filter((one) => {
      if (dueAt(one, ...clock(one)) > now + SAME) return false;
      ticks.set(one, (ticks.get(one) ?? 0) + 1);
      return true;
    });
  const clocks = watched.filter(({ reaction }) => reaction.kind === 'every');
  const ofClock = ({ reaction: { period, phase } }: Watched): [number, number?] => [period!, phase];
  let rounds = 0;
  const instant = (): void => {
    here();
    const measured = ticked(sensors, ({ period }) => [period]).map(
      ({ name, of: target }) => [name, of(target)] as const,
    );
    for (const [name, value] of measured) values[name] = value;
    const looks = ticked(means, ({ period }) => [period]).map((mean) => [mean, of(mean.of)] as const);
    for (const [mean, value] of looks) {
      const list = seen[means.indexOf(mean)]!;
      list.push(value);
      if (list.length > mean.values) list.shift();
      values[mean.name] = list.reduce((a, b) => a + b, 0) / list.length;
    }
    fireTogether(ticked(clocks, ofClock).filter(listens));
    for (;;) {
      here();
      const later = [...look()];
      const due = watched.filter(fires);
      told.clear();
      later.push(...lookAtAlarms());
      if (due.length === 0 && later.length === 0) return;
      fireTogether(due);
      for (const one of later) one();
      rounds += 1;
      if (rounds > 2000) throw new Unfit('events without end');
    }
  };
  const nextDue = (): number => {
    const ends = memories.flatMap((memory) => {
      const { truth, untruth, start } = past.get(memory)!;
      return [truth, untruth, start].map((time) => time + memory.window);
    });
    const delayed = delays.flatMap(({ by }) => jumps.map((time) => time + by));
    const later = [...ends, ...delayed].filter((time) => time > now + SAME);
    const own = watched.filter((one) => listens(one) && one.due > now).map(({ due }) => due);
    const alarming = raised
      .flatMap(({ raising, clearing }) => [raising, clearing])
      .filter((time) => time > now);
    return Math.min(
      Infinity,
      ...later,
      ...own,
      ...alarming,
      ...[...sensors, ...means].map((one) => dueAt(one, one.period)),
      ...clocks.map((one) => dueAt(one, ...ofClock(one))),
    );
  };

  const begin = (region: Region): void => {
    active.add(region.modes[0]!);
    region.modes[0]!.regions.forEach(begin);
  };
  if (block !== undefined) begin(block);
  here();
  // A `hysteresis` of what starts beyond its limit is true from the start.
  for (let later = look(); later.length > 0; later = look()) for (const one of later) one();
  for (const one of watched) {
    const { kind, mode, wait, condition } = one.reaction;
    if (kind === 'after' && active.has(mode!)) one.due = wait!;
    if (kind === 'at' && hasSides(condition!)) [one.truth, one.fresh] = [holds(condition!), false];
  }
  for (const own of past.values())
    Object.assign(own, { truth: -Infinity, untruth: -Infinity, start: -Infinity, held: false });
  here();
  instant();
  const note = (given: readonly number[]): void => {
    if (delays.length > 0) points.push({ time: now, x, slopes: given });
  };
  note(slopes(now, x));
  jumps.push(0);
  let near = 0;
  return times.map((end) => {
    for (let steps = 0; now < end - SAME; steps += 1) {
      if (steps > 4000) throw new Unfit('many steps');
      const to = Math.min(end, nextDue(), now + step);
      const sides = sidesOfSlopes();
      const start = sidesAt(now, x);
      let h = Math.max(to - now, 1e-13);
      let next = moveBy(h, sides);
      const crosses = sidesAt(now + h, next) !== start;
      if (crosses) {
        for (let low = 0, tries = 0; tries < 46 && h - low > 1e-14; tries += 1) {
          const middle = (low + h) / 2;
          if (sidesAt(now + middle, moveBy(middle, sides)) === start) low = middle;
          else h = middle;
        }
        next = moveBy(h, sides);
      }
      now = crosses ? now + h : to;
      near = crosses && h < NEAR ? near + 1 : 0;
      if (near > MOST_NEAR) throw new Unfit('events accumulate');
      x = next;
      if (!x.every((each) => Math.abs(each) < 1e4)) throw new Unfit('values without bound');
      fromLeft = true;
      note(onSides(sides, now, x));
      fromLeft = false;
      for (const own of past.values()) lasted(own);
      instant();
      if (crosses || x !== next) jumps.push(now);
      if (delays.length > 0) note(slopes(now, x));
    }
    here();
    const shown = (name: string, is: boolean): [string, number] => [`shown_${name}`, Number(is)];
    return Object.fromEntries([
      ...states.map(({ name }, state): [string, number] => [name, x[state]!]),
      ...[...lets, ...delays].map(({ name }): [string, number] => [name, named(name)]),
      ...(modal === undefined ? [] : [[modal, named(modal)] as [string, number]]),
      ...Object.entries(values).map(([name, value]): [string, number] => [
        sensors.some((sensor) => sensor.name === name) ? `${name}.measured` : name,
        value,
      ]),
      ...memories.map((memory) => shown(memory.name, remembered(memory))),
      ...raised.map(({ alarm, is }) => shown(alarm.name, is)),
      ...modes.map((mode) => shown(mode.name, active.has(mode))),
    ]);
  });
}
