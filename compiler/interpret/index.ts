import { Cell } from '../../runtime/contract/cells.ts';
import type { Kernel } from '../../runtime/contract/kernel.ts';
import type { Region } from '../../runtime/contract/layout.ts';
import { Status } from '../../runtime/contract/kernel.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { loadElementary } from '../4-generate/elementary/load.ts';
import { planOf } from '../4-generate/generate.ts';
import { sparseFor } from '../4-generate/sparse.ts';
import type { FlatIndex, FlatExpression, FlatLoop, FlatTarget } from '../ir/flat-expression.ts';
import type { Block, FlatSystem } from '../ir/flat-system.ts';
import { windowCells } from '../4-generate/windows.ts';
import { drawing } from './draws.ts';
import { lookAt } from './windows.ts';
import { sizesOf, solveBlocks } from '../ir/solve-blocks.ts';
import { nextBend, POINTS, recall, remember } from '../ir/history.ts';
import type { History } from '../ir/history.ts';
import { bucketMiddle, BUCKETS } from '../ir/histogram.ts';
import { attributeOf, flowOf } from './flow.ts';
import { indexAt, rounds } from '../ir/loops.ts';
import { jumpsRates, looksInStages } from '../4-generate/beyond.ts';
import { evaluate, truth } from './evaluate.ts';
import type { Counters } from '../ir/loops.ts';
import type { Reader } from './evaluate.ts';
import { rememberSides } from './sides.ts';
import { solve } from './newton.ts';
import { implicitStepsOf } from './implicit.ts';
import { stepsOf } from './steps.ts';
import type { Continuous } from './steps.ts';

/** A kernel that evaluates the system's expressions as they stand, over a memory laid out as for the generated code. */
export function interpret(system: FlatSystem, plan = planOf(system)): Kernel & { manifest: Manifest } {
  const { manifest } = plan;
  const { layout } = manifest;
  const memory = new ArrayBuffer(layout.pages * 65536);
  const view = new DataView(memory);
  const bytes = new Uint8Array(memory);
  const elementary = loadElementary();
  const draws = drawing(manifest, view, elementary);
  const region = ({ address, count }: { address: number; count: number }) =>
    new Float64Array(memory, address, count);
  const get = (address: number) => view.getFloat64(address, true);
  const put = (address: number, value: number) => view.setFloat64(address, value, true);
  const crossings = region(layout.crossings);
  const truths = region(layout.truths);
  const kinkAt = (position: number, value: number, size: number): number => {
    const { first, ...places } = layout.kinks!;
    const k = 8 * (position - first);
    put(places.value + k, value);
    put(places.size + k, size);
    return get(places.side + k) * value + get(places.slack + k);
  };

  const elementOf = ({ variable, index }: FlatTarget, counters: Counters) =>
    index.reduce<number>(
      (at, one, dim) => at * system.variables[variable]!.dims[dim]! + indexAt(one, counters),
      0,
    );
  const addressOf = (target: FlatTarget, counters: Counters) =>
    plan.addresses[target.variable]! + 8 * elementOf(target, counters);
  const historyOf = (delay: number, index: readonly FlatIndex[], counters: Counters): History => {
    const { times, values, count } = system.delays[delay]!;
    const counter = addressOf({ variable: count, index: [...index] }, counters);
    const at = (variable: number, k: number) =>
      addressOf({ variable, index: [...index, 0] }, counters) + 8 * (k % POINTS);
    return {
      count: () => get(counter),
      setCount: (n) => put(counter, n),
      time: (k) => get(at(times, k)),
      value: (k) => get(at(values, k)),
      put: (k, time, value) => {
        put(at(times, k), time);
        put(at(values, k), value);
      },
    };
  };
  /** Address of the item for which a step of a process is evaluated. */
  const current = { item: 0 };
  const reader: Reader = {
    time: () => get(layout.time),
    read: (target, counters) => get(addressOf(target, counters)),
    elementary,
    tables: system.tables,
    recall: ({ delay, index }, duration, counters) => {
      if (!(duration > 0) && view.getInt32(layout.status, true) === 0) fail(Status.noDelay, delay, 0, 0, 0);
      return recall(historyOf(delay, index, counters), get(layout.time) - duration);
    },
    look({ window, index }, value, parameters, counters) {
      const { dims, statistic, capacity, address } = plan.windows[window]!;
      const element = index.reduce<number>((at, one, dim) => at * dims[dim]! + indexAt(one, counters), 0);
      const cells = windowCells(statistic, capacity);
      const memoryOf = new Float64Array(memory, address + 8 * cells * element, cells);
      return lookAt(memoryOf, statistic, capacity, value, parameters);
    },
    sampled({ sensor, index }, counters) {
      const { dims, offset } = manifest.sensors[sensor]!;
      const element = index.reduce<number>((at, one, dim) => at * dims[dim]! + indexAt(one, counters), 0);
      return get(layout.sampleTimes.address + 8 * (offset + element));
    },
    blur: (target, counters) => {
      const at = addressOf(target, counters);
      const absolute = get(at - layout.states.address + layout.absoluteTolerances.address);
      const relative = get(layout.runtime + 8 * Cell.blurRelative) * Math.abs(get(at));
      return get(layout.runtime + 8 * Cell.blur) * (absolute + relative);
    },
    attribute: (slot) => attributeOf(view, current.item, slot, get(layout.time)),
    quantile(target, counters, share) {
      const first = addressOf(target, counters);
      let total = 0;
      for (let bucket = 0; bucket < BUCKETS; bucket += 1) total += get(first + 8 * bucket);
      if (total === 0) return 0;
      let wanted = total * share;
      for (let bucket = 0; ; bucket += 1) {
        wanted -= get(first + 8 * bucket);
        if (wanted <= 0 || bucket === BUCKETS - 1) return bucketMiddle(bucket);
      }
    },
    draw(draw, drawn, counters) {
      const { dims } = manifest.streams[draw.stream]!;
      return draws(
        draw,
        draw.index.reduce<number>((at, one, dim) => at * dims[dim]! + indexAt(one, counters), 0),
        drawn,
      );
    },
  };

  const solves = solveBlocks(system);
  function run(blocks: readonly Block[], keepGiven = false): void {
    for (const block of blocks) {
      for (const counters of rounds(block.loops)) {
        if (block.kind === 'assign') {
          const given = plan.given[block.target.variable]! + elementOf(block.target, counters);
          if (keepGiven && bytes[given] !== 0) continue;
          put(addressOf(block.target, counters), evaluate(reader, block.value, counters));
        } else {
          const addresses = block.unknowns.map((unknown) => addressOf(unknown, counters));
          const cells = {
            read: () => addresses.map(get),
            write: (values: readonly number[]) => values.forEach((value, at) => put(addresses[at]!, value)),
          };
          const unsolved = solve(block, reader, counters, cells, sizesOf(system, block));
          const position = rowMajor(block.loops, counters);
          if (unsolved && view.getInt32(layout.status, true) === Status.ok)
            fail(unsolved.status, solves.indexOf(block), position, unsolved.row, unsolved.isNone ? 1 : 0);
        }
      }
    }
  }
  function fail(...words: number[]): void {
    words.forEach((word, at) => view.setInt32(layout.status + 4 * at, word, true));
  }

  /** Pending writes of the present microstep: address → value and handler. */
  const pending = new Map<number, { value: number; handler: number }>();
  const choose = (loops: readonly FlatLoop[], expression: FlatExpression | undefined, instance: number) =>
    expression ? evaluate(reader, expression, countersAt(loops, instance)) : NaN;

  const followPoles = ({ address }: Region): void =>
    system.poles.forEach(({ loops, value }, id) => {
      let at = address + 8 * plan.poleOffsets[id]!;
      for (const counters of rounds(loops)) {
        put(at, evaluate(reader, value, counters));
        at += 8;
      }
    });

  const derivatives = () => run(system.dynamics);
  const begin = region(layout.located.begin);
  const isBeyond = (): boolean =>
    system.crossings.some(
      (crossing, id) =>
        jumpsRates(crossing) &&
        rounds(crossing.loops).some((counters, instance) => {
          const before = begin[plan.crossingOffsets[id]! + instance]!;
          const now = evaluate(reader, crossing.value, counters);
          return !(before * now > 0) && before !== now;
        }),
    );
  const continuous: Continuous = {
    x: region(layout.states),
    dx: region(layout.derivatives),
    tolerances: region(layout.absoluteTolerances),
    before: region({ address: plan.scratch.integrator, count: layout.states.count }),
    setTime: (time) => put(layout.time, time),
    derivatives,
    ...(looksInStages(system) ? { beyond: { seen: false, is: isBeyond } } : {}),
  };
  const sparse = sparseFor(system);
  return {
    manifest,
    memory,
    parameters: () => run(system.parameters, true),
    start() {
      run(system.start, true);
      run([...system.guesses, ...system.initial]);
    },
    derivatives,
    outputs: () => run(system.outputs),
    project: () => run(system.projection),
    crossings() {
      system.crossings.forEach(({ loops, value, kink }, at) => {
        let offset = plan.crossingOffsets[at]!;
        for (const counters of rounds(loops)) {
          const now = evaluate(reader, value, counters);
          crossings[offset] =
            kink === undefined ? now : kinkAt(offset, now, evaluate(reader, kink.size, counters));
          offset += 1;
        }
      });
    },
    ...(manifest.poles === undefined ? {} : { poles: () => followPoles(manifest.poles!) }),
    ...(layout.kinks === undefined
      ? {}
      : { sides: (passed: number) => rememberSides(manifest, memory, passed !== 0) }),
    detect(learn) {
      let listed = 0;
      system.handlers.forEach(({ condition, guard, loops, edge, firesAtStart }, id) => {
        if (!condition || (learn && firesAtStart)) return;
        let instance = 0;
        for (const counters of rounds(loops)) {
          const counts = edge === 'change';
          const value = evaluate(reader, condition, counters);
          const now = counts ? value : value !== 0 ? 1 : 0;
          const cell = manifest.handlers[id]!.offset + instance;
          if (now !== (counts ? truths[cell] : truths[cell] !== 0 ? 1 : 0)) {
            truths[cell] = now;
            if (!learn && (guard === undefined || truth(reader, guard, counters))) {
              view.setInt32(layout.queue.address + 8 * listed, id, true);
              view.setInt32(
                layout.queue.address + 8 * listed + 4,
                (instance << 1) | (counts ? 1 : now),
                true,
              );
              listed += 1;
            }
          }
          instance += 1;
        }
      });
      return listed;
    },
    fire(handler, instance) {
      const { actions, loops } = system.handlers[handler]!;
      const counters = countersAt(loops, instance);
      for (const { target, value, guard } of actions) {
        if (guard !== undefined && !truth(reader, guard, counters)) continue;
        const address = addressOf(target, counters);
        const other = pending.get(address);
        if (other)
          fail(Status.twoWriters, target.variable, elementOf(target, counters), other.handler, handler);
        else pending.set(address, { value: evaluate(reader, value, counters), handler });
      }
    },
    commit() {
      let changed = 0;
      for (const [address, { value }] of pending) {
        if (get(address) !== value) changed += 1;
        put(address, value);
      }
      pending.clear();
      return changed;
    },
    remember(bends) {
      system.delays.forEach(({ loops, index, value, most }, delay) => {
        for (const counters of rounds(loops)) {
          const history = historyOf(delay, index, counters);
          const [now, longest] = [evaluate(reader, value, counters), evaluate(reader, most, counters)];
          if (
            !remember(history, get(layout.time), now, longest, bends !== 0) &&
            view.getInt32(layout.status, true) === Status.ok
          )
            fail(Status.historyFull, delay, 0, 0, 0);
        }
      });
    },
    limit() {
      let least = Infinity;
      for (const { loops, value } of system.limits)
        for (const counters of rounds(loops))
          least = elementary.min(least, evaluate(reader, value, counters));
      system.delays.forEach(({ loops, index, most, fixed }, delay) => {
        for (const counters of fixed ? rounds(loops) : [])
          least = elementary.min(
            least,
            nextBend(historyOf(delay, index, counters), get(layout.time), evaluate(reader, most, counters)),
          );
      });
      return least;
    },
    interval(handler, instance) {
      const { loops, duration, period } = system.handlers[handler]!;
      return choose(loops, duration ?? period, instance);
    },
    phase(handler, instance) {
      const { loops, offset } = system.handlers[handler]!;
      return choose(loops, offset, instance);
    },
    samplePeriod(sensor, instance) {
      const { loops, period } = system.sensors[sensor]!;
      return choose(loops, period, instance);
    },
    predict(sensor, instance) {
      const { loops, target } = system.sensors[sensor]!;
      return choose(loops, target, instance);
    },
    noise(sensor, instance) {
      const { loops, noise } = system.sensors[sensor]!;
      return noise ? choose(loops, noise, instance) : 0;
    },
    probe(probe, instance) {
      const { loops, value } = system.probes[probe]!;
      return choose(loops, value, instance);
    },
    ...flowOf(system, memory, current, choose),
    ...stepsOf(continuous),
    ...(sparse && system.linear
      ? implicitStepsOf(
          continuous,
          system.linear,
          sparse,
          (expression, counters) => evaluate(reader, expression, counters),
          {
            entries: region(manifest.implicit!.matrix!.entries),
            setBlur: (tolerances, relative) => {
              put(layout.runtime + 8 * Cell.blur, tolerances);
              put(layout.runtime + 8 * Cell.blurRelative, relative);
            },
            vector: region({ address: manifest.implicit!.matrix!.vector, count: sparse.size }),
          },
        )
      : {}),
  };
}

/** The loop variables of an instance, by its row-major position in the loops. */
function countersAt(loops: readonly FlatLoop[], instance: number): Counters {
  const counters = new Map<string, number>();
  let rest = instance;
  for (const { variable, from, to } of loops.toReversed()) {
    counters.set(variable, from + (rest % (to - from)));
    rest = Math.floor(rest / (to - from));
  }
  return counters;
}

function rowMajor(loops: readonly FlatLoop[], counters: Counters): number {
  return loops.reduce((at, { variable, from, to }) => at * (to - from) + counters.get(variable)! - from, 0);
}
