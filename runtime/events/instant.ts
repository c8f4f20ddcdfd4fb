/**
 * Everything that happens at one time, in superdense time (t, microstep). The order is in the README: what came from outside,
 * scheduled actions, samples, `every`, then rounds of conditions and durations until nothing changes.
 */
import { Status } from '../contract/kernel.ts';
import { createColumns } from '../samples/columns.ts';
import type { Entry } from '../journal.ts';
import type { SampleColumn } from '../samples/sample-columns.ts';
import type { Dues, Instance } from './due.ts';
import { sensorName } from './due.ts';
import { causeText, elementOfInstance, emitText, handlerName, valueText, variableText } from '../describe.ts';
import type { RunEvent } from '../describe.ts';
import { Cell, variableElement } from '../machine.ts';
import type { Inputs } from '../inputs.ts';
import type { Machine } from '../machine.ts';
import { count, elementName } from '../names.ts';
import { createOrder } from './order.ts';
import { notFinite, timeText, wrongWait } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';

const MICROSTEPS = 1000;
/** Of an instant with more microsteps than these, events are told when it has ended well: an endless loop is told once. */
const TOLD = 20;

export type Emit = (event: Omit<RunEvent, 'id' | 'time' | 'microstep'>) => void;

export interface SampleTaken {
  sensor: number;
  instance: number;
  time: number;
  measured: number;
  predicted: number;
}

/** The same of many instances at once. */
export interface ColumnTaken extends SampleColumn {
  time: number;
  /** Of each. Nobody keeps them. */
  predicted: Float64Array;
}

export interface InstantHooks {
  /** Carries out what is due of the process flow now: how many events. */
  flow?: () => number | Trouble;
  /** What inputs follow. */
  inputs?: Inputs;
  emit: Emit;
  sample: (taken: SampleTaken) => void;
  column: (taken: ColumnTaken) => void;
  /** Whether anyone is told of handlers that fire together. */
  followed: () => boolean;
  /** What the kernel knew of its numbers is no longer so. */
  distrust: () => void;
  /** Handlers are about to fire together, and have. */
  firing: (fired: readonly Instance[]) => void;
  fired: (fired: readonly Instance[]) => void;
  /** Called once before the first value changes at this instant, with everything evaluated. */
  before: () => void;
  /** The same, but not for samples and `every`, which are too many to be rows of their own: the left side of a jump. */
  beforeJump: () => void;
}

export interface InstantResult {
  /** Some value may have been set. */
  changed: boolean;
  /** A duration was started or stopped. */
  waiting: boolean;
  /** Something other than samples and `every` happened. */
  jumped: boolean;
  /** Handlers that fired because a condition changed or a duration had run out. */
  conditions: Instance[];
  /** Nothing but columns of samples came, and nothing but ticks and conditions happened. */
  plain: boolean;
  /** Handlers fired here, and not in the kernel. */
  fired: boolean;
  /** All numbers are known to be numbers. */
  sound: boolean;
}

export function createInstant(machine: Machine, dues: Dues, hooks: InstantHooks) {
  const { manifest, kernel, cells, numbers, ticks, since, samples, sampleTimes, truths, queue, status } =
    machine;
  const order = createOrder(machine);
  const conditioned = manifest.handlers.some(({ kind }) => kind !== 'every' && kind !== 'scheduled');
  const durations = manifest.handlers.some(({ hasDuration, kind }) => hasDuration && kind !== 'every');
  const read = (variable: number, element: number): number =>
    numbers[manifest.variables[variable]!.address / 8 + element]!;
  const write = (variable: number, element: number, value: number): void => {
    numbers[manifest.variables[variable]!.address / 8 + element] = value;
  };

  const held: { microstep: number; event: Parameters<Emit>[0] }[] = [];
  const emit: Emit = (event) => {
    const microstep = cells[Cell.microstep]!;
    if (microstep < TOLD) hooks.emit(event);
    else held.push({ microstep, event });
  };
  const tellHeld = (): void => {
    const now = cells[Cell.microstep]!;
    for (const { microstep, event } of held) {
      cells[Cell.microstep] = microstep;
      hooks.emit(event);
    }
    cells[Cell.microstep] = now;
    held.length = 0;
  };

  /** Fires all of a microstep and lets their writes take effect together. */
  const fireTogether = (fired: readonly Instance[]): Trouble | undefined => {
    const texts = fired.map(({ which, instance }) => causeText(manifest, which, instance, read));
    const wasActive = fired.map(({ which, instance }) => alarmCell(which, instance));
    hooks.firing(fired);
    for (const { which, instance } of fired) {
      kernel.fire(which, instance);
      if (status[0] === Status.twoWriters) {
        const trouble = twoWriters(machine, fired, { which, instance });
        status.fill(0);
        kernel.commit();
        return trouble;
      }
    }
    kernel.commit();
    machine.project();
    fired.forEach(({ which, instance }, i) => report(which, instance, texts[i]!, wasActive[i]!));
    const trouble = machine.unsolved() ?? checkSet(fired) ?? machine.evaluate();
    hooks.fired(fired);
    return trouble;
  };

  const alarmCell = (which: number, instance: number): boolean => {
    const { alarm } = manifest.handlers[which]!;
    return alarm !== undefined && read(manifest.alarms[alarm]!.active, instance) !== 0;
  };

  const countsEvents = new Set(manifest.events?.map(({ count: counter }) => counter));
  const report = (which: number, instance: number, cause: string, wasActive: boolean): void => {
    const handler = manifest.handlers[which]!;
    const name = handlerName(manifest, which, instance);
    const source = handler.source;
    if (handler.kind === 'every') return;
    if (handler.alarm !== undefined) {
      const alarm = manifest.alarms[handler.alarm]!;
      const active = handler.kind === 'raise';
      if (!handler.sets.includes(alarm.active)) write(alarm.active, instance, active ? 1 : 0);
      if (wasActive === active) return;
      emit({
        kind: 'alarm',
        name,
        text: `${cause === '' ? '' : `${cause}: `}${active ? alarm.message : 'cleared'}`,
        severity: active ? alarm.severity : 'info',
        source,
        alarm: { alarm: handler.alarm, instance, active },
      });
      return;
    }
    if (handler.kind === 'range') {
      const text = `${cause === '' ? name : cause} is outside its range`;
      emit({ kind: 'range', name, text, severity: 'warning', source });
      return;
    }
    // What the compiler keeps for itself is nobody's news.
    if (
      handler.kind === 'when' &&
      handler.sets.length > 0 &&
      handler.sets.every((variable) => !manifest.variables[variable]!.visible && !countsEvents.has(variable))
    )
      return;
    const set = handler.sets.flatMap((variable, n) => {
      const { dims, name: bare, visible } = manifest.variables[variable]!;
      const element = handler.setElements?.[n] ?? elementOfInstance(dims, handler.dims, instance);
      const event = manifest.events?.findIndex((one) => one.count === variable) ?? -1;
      if (event >= 0 && element !== undefined && handler.guarded?.includes(variable) !== true)
        return [`emit ${emitText(manifest, event, element, read)}`];
      if (!visible || handler.guarded?.includes(variable) === true) return [];
      if (element === undefined) return [`set ${bare}`];
      const value = read(variable, element);
      const name = variableElement(manifest, variable, element);
      if (manifest.variables[variable]!.labels === undefined)
        return [`set ${name} = ${variableText(manifest, variable, value)}`];
      return value === 0 ? [] : [`${name} = ${variableText(manifest, variable, value)}`];
    });
    const what = set.join(', ');
    emit({
      kind: handler.kind === 'rule' ? 'rule' : 'event',
      name,
      text: cause === '' ? what : what === '' ? cause : `${cause}: ${what}`,
      severity: 'info',
      source,
    });
  };

  /** Many instances that set one array, as a hot row of pumps does, are one scan of it. */
  const checkSet = (fired: readonly Instance[]): Trouble | undefined => {
    const scanned = new Set<number>();
    for (const { which } of fired)
      for (const variable of manifest.handlers[which]!.sets) {
        if (scanned.has(variable)) continue;
        scanned.add(variable);
        const elements = count(manifest.variables[variable]!.dims);
        for (let element = 0; element < elements; element += 1) {
          const value = read(variable, element);
          if (!Number.isFinite(value)) {
            const trouble = notFinite(manifest, variable, element, value, machine.time());
            return { ...trouble, source: manifest.handlers[which]!.source };
          }
        }
      }
    return undefined;
  };

  const sampled = (sensor: number, instance: number, measured: number, predicted: number): void => {
    const { measured: m, predicted: p, stale, low, high, offset, unit, source } = manifest.sensors[sensor]!;
    const time = machine.time();
    const outside = (value: number): boolean => value < (low ?? -Infinity) || value > (high ?? Infinity);
    const first = Number.isNaN(sampleTimes[offset + instance]!);
    const wasOutside = !first && outside(read(m, instance));
    write(m, instance, measured);
    write(p, instance, predicted);
    write(stale, instance, 0);
    sampleTimes[offset + instance] = time;
    hooks.sample({ sensor, instance, time, measured, predicted });
    if (outside(measured) && !wasOutside) {
      const name = sensorName(manifest.sensors[sensor]!, instance);
      const { base } = manifest.variables[m]!;
      const range = `${low === undefined ? '' : valueText(low, unit, base)}..${high === undefined ? '' : valueText(high, unit, base)}`;
      const text = `measured ${valueText(measured, unit, base)}, outside ${range}`;
      emit({ kind: 'sensor', name, text, severity: 'warning', source });
    }
  };

  const called = ({ command, instance, values }: Extract<Entry, { kind: 'call' }>): void => {
    const { name, dims, count: counter, parameters, source } = manifest.events![command]!;
    parameters.forEach(({ variable }, at) => write(variable, instance, values[at]!));
    write(counter, instance, read(counter, instance) + 1);
    const text = emitText(manifest, command, instance, read);
    emit({ kind: 'command', name: elementName(name, dims, instance), text, severity: 'info', source });
  };

  const columns = createColumns(machine, { told: hooks.column, emit });
  const applyEntries = (entries: readonly Entry[]): Trouble | undefined => {
    if (columns.takeAll(entries)) {
      machine.project();
      return machine.unsolved() ?? machine.evaluate();
    }
    const predictions = entries.map((entry) =>
      entry.kind === 'sample' ? kernel.predict(entry.sensor, entry.instance) : 0,
    );
    const predicted = entries.map((entry) => (entry.kind === 'column' ? columns.predict(entry) : undefined));
    let parameters = false;
    entries.forEach((entry, i) => {
      if (entry.kind === 'column') {
        columns.take(entry, predicted[i]!);
        return;
      }
      if (entry.kind === 'call') {
        called(entry);
        return;
      }
      if (entry.kind === 'sample') {
        sampled(entry.sensor, entry.instance, entry.value, predictions[i]!);
        samples[manifest.sensors[entry.sensor]!.offset + entry.instance]! += 1;
        return;
      }
      const variable = manifest.variables[entry.variable]!;
      write(entry.variable, entry.element, entry.value);
      hooks.inputs?.letGo(entry.variable, entry.element);
      const given = givenAddress(machine, entry.variable, entry.element);
      if (given !== undefined) machine.bytes[given] = 1;
      parameters ||= variable.role === 'parameter';
      if (entry.measured === true) return;
      emit({
        kind: 'command',
        name: variableElement(manifest, entry.variable, entry.element),
        text: `set to ${variableText(manifest, entry.variable, entry.value)}`,
        severity: 'info',
        source: variable.source,
      });
    });
    if (parameters) kernel.parameters();
    machine.project();
    return machine.unsolved() ?? (parameters ? machine.given(false) : undefined) ?? machine.evaluate();
  };

  /** Has the kernel carry out the `every` that are due, where nobody is told of each; returns whether it did, and all are numbers. */
  const ticked = (): boolean =>
    kernel.tickAll !== undefined &&
    manifest.projects !== true &&
    !hooks.followed() &&
    kernel.tickAll(cells[Cell.microstep]!) === 2;

  let waiting = false;
  /** Reads what `detect` found: conditions that fire now; starts and stops durations. */
  const conditions = (time: number, fired: Instance[]): Trouble | undefined => {
    let wrong: Trouble | undefined;
    for (;;) {
      const changes = kernel.detect(0);
      for (let i = 0; i < changes; i += 1) {
        const which = queue[2 * i]!;
        const instance = queue[2 * i + 1]! >> 1;
        const became = (queue[2 * i + 1]! & 1) === 1;
        const handler = manifest.handlers[which]!;
        const at = handler.offset + instance;
        since[at] = became ? time : NaN;
        if (handler.hasDuration) {
          const wait = became ? kernel.interval(which, instance) : NaN;
          if (became && !(wait >= 0))
            wrong ??= wrongWait(handlerName(manifest, which, instance), wait, handler.source, time);
          ticks[at] = time + wait;
          waiting = true;
        } else if (became || handler.edge === 'any') fired.push({ which, instance });
      }
      if (changes === 0 || 2 * changes < queue.length) break;
    }
    if (wrong !== undefined || !durations) return wrong;
    for (const { which, instance } of dues.durations(time)) {
      const at = manifest.handlers[which]!.offset + instance;
      ticks[at] = NaN;
      if (truths[at] !== 0) fired.push({ which, instance });
    }
    return undefined;
  };

  /**
   * Goes through one instant. The machine is evaluated, at its time, and is so again afterwards. On trouble the state is
   * whatever it was then: the caller puts the last good one back.
   */
  const run = (entries: readonly Entry[], own: boolean): InstantResult | Trouble => {
    const time = machine.time();
    held.length = 0;
    cells[Cell.microstep] = own ? 0 : cells[Cell.microstep]!;
    let changed = false;
    let jumped = false;
    let plain = entries.every(({ kind }) => kind === 'column');
    let byHand = false;
    let sound = false;
    waiting = false;
    const all: Instance[] = [];
    const history: Instance[][] = [];
    const touch = (jump: boolean): void => {
      if (jump && !jumped) hooks.beforeJump();
      if (!changed) hooks.before();
      changed = true;
      jumped ||= jump;
    };
    const next = (): void => {
      cells[Cell.microstep]! += 1;
    };
    /** What happens at a tick comes before the draw of the next, which may depend on it. */
    const renewAll = (list: readonly Instance[]): Trouble | undefined => {
      for (const item of list) {
        const trouble = manifest.handlers[item.which]!.renewed ? dues.renew(item) : undefined;
        if (trouble !== undefined) return trouble;
      }
      return undefined;
    };
    /** Items go on, one after the other, each seeing what those before it did; then all is evaluated again. */
    const flow = (): Trouble | undefined => {
      const events = hooks.flow?.() ?? 0;
      if (typeof events !== 'number') return events;
      if (events === 0) return undefined;
      touch(false);
      const trouble = machine.evaluate();
      next();
      return trouble;
    };
    const apart = (list: readonly Instance[], jump: boolean): Trouble | undefined => {
      if (list.length === 0) return undefined;
      touch(jump);
      byHand = true;
      sound = false;
      for (const { which, instance } of list) {
        const { offset, renewed, oneCount } = manifest.handlers[which]!;
        if (!renewed && (!oneCount || instance === 0)) ticks[offset + instance]! += 1;
      }
      const trouble = fireTogether(list) ?? renewAll(list);
      next();
      return trouble;
    };
    const flowed = flow();
    if (flowed !== undefined) return flowed;
    if (entries.length > 0) {
      touch(entries.some(({ kind }) => kind !== 'sample' && kind !== 'column'));
      const trouble = applyEntries(entries);
      if (trouble !== undefined) return trouble;
      next();
    }
    if (own && hooks.inputs?.due(time) === true) {
      plain = false;
      touch(false);
      hooks.inputs.apply(time);
      machine.project();
      const trouble = machine.unsolved() ?? machine.evaluate();
      if (trouble !== undefined) return trouble;
      next();
    }
    if (own && dues.next() <= time) {
      const plans = dues.scheduled(time);
      if (plans.length > 0) plain = false;
      const early = apart(plans, true);
      if (early !== undefined) return early;
      const due = dues.samples(time);
      const stale = dues.stale(time);
      if (due.length + stale.length > 0) {
        plain = false;
        touch(false);
        const predicted = due.map(({ which, instance }) => kernel.predict(which, instance));
        due.forEach(({ which, instance }, i) => {
          const { hasNoise, offset } = manifest.sensors[which]!;
          sampled(
            which,
            instance,
            predicted[i]! + (hasNoise ? kernel.noise(which, instance) : 0),
            predicted[i]!,
          );
          samples[offset + instance]! += 1;
        });
        for (const { which, instance } of stale) {
          const sensor = manifest.sensors[which]!;
          write(sensor.stale, instance, 1);
          const last = sampleTimes[sensor.offset + instance]!;
          const text = Number.isNaN(last)
            ? 'stale: no sample yet'
            : `stale: no sample since ${timeText(last)}`;
          emit({
            kind: 'sensor',
            name: sensorName(sensor, instance),
            text,
            severity: 'warning',
            source: sensor.source,
          });
        }
        const trouble = machine.evaluate();
        if (trouble !== undefined) return trouble;
        next();
      }
      if (dues.ticking(time)) {
        touch(false);
        const drawn = dues.drawn(time);
        if (drawn) plain = false;
        if (byHand || !plain) hooks.distrust();
        sound = !drawn && ticked();
        if (!sound) {
          const late = apart(dues.ticks(time), false);
          if (late !== undefined) return late;
        }
      }
    }
    for (;;) {
      const late = flow();
      if (late !== undefined) return late;
      if (!conditioned) break;
      const fired: Instance[] = [];
      const wrong = conditions(time, fired);
      const missing = machine.unsolved() ?? wrong;
      if (missing !== undefined) return missing;
      if (fired.length === 0) break;
      touch(true);
      byHand = true;
      sound = false;
      fired.sort((a, b) => a.which - b.which || a.instance - b.instance);
      if (cells[Cell.microstep]! >= MICROSTEPS) return endless(machine, [...history, fired]);
      const going = order.first(fired, time);
      const trouble = fireTogether(going);
      if (trouble !== undefined) return trouble;
      order.again(going);
      next();
      history.push(going);
      if (history.length > 12) history.shift();
      all.push(...going);
    }
    tellHeld();
    return { changed, waiting, jumped, conditions: all, plain, fired: byHand, sound };
  };

  return { run };
}

/** Address of the byte that says an element was given from outside; none for what is computed. */
export function givenAddress({ manifest }: Machine, variable: number, element: number): number | undefined {
  const { layout, variables } = manifest;
  const { role, address } = variables[variable]!;
  const regions = {
    parameter: layout.parameters,
    input: layout.inputs,
    discrete: layout.discretes,
    state: layout.states,
  } as const;
  if (!(role in regions)) return undefined;
  let before = 0;
  for (const [own, region] of Object.entries(regions)) {
    if (own === role) return layout.given.address + before + (address - region.address) / 8 + element;
    before += region.count;
  }
  return undefined;
}

function twoWriters(machine: Machine, fired: readonly Instance[], second: Instance): Trouble {
  const { manifest, status } = machine;
  const variable = status[1]!;
  const element = status[2]!;
  const sets = ({ which }: Instance): boolean => manifest.handlers[which]!.sets.includes(variable);
  const near = ({ which, instance }: Instance): boolean => {
    const own = elementOfInstance(
      manifest.variables[variable]!.dims,
      manifest.handlers[which]!.dims,
      instance,
    );
    return own === undefined || own === element;
  };
  const earlier = fired.slice(
    0,
    fired.indexOf(fired.find((f) => f.which === second.which && f.instance === second.instance)!),
  );
  const first = earlier.find((f) => sets(f) && near(f)) ?? earlier.find(sets);
  const time = machine.time();
  const name = variableElement(manifest, variable, element);
  const b = handlerName(manifest, second.which, second.instance);
  const a = first === undefined ? b : handlerName(manifest, first.which, first.instance);
  return {
    code: 'PX9002',
    message:
      `${a} and ${b} both set ${name} at t = ${timeText(time)}. Only one may: ` +
      'join them in one rule, or make their conditions exclude each other.',
    time,
    source: manifest.handlers[second.which]!.source,
  };
}

function endless(machine: Machine, history: readonly (readonly Instance[])[]): Trouble {
  const { manifest } = machine;
  const time = machine.time();
  const chain: Instance[] = [];
  for (const item of history.toReversed().map((round) => round[0]!)) {
    if (chain.some((c) => c.which === item.which && c.instance === item.instance)) break;
    chain.unshift(item);
  }
  const step = ({ which, instance }: Instance): string => {
    const handler = manifest.handlers[which]!;
    const sets = handler.sets.map((variable, n) => {
      const own = elementOfInstance(manifest.variables[variable]!.dims, handler.dims, instance);
      const element = handler.setElements?.[n] ?? own;
      return element === undefined
        ? manifest.variables[variable]!.name
        : variableElement(manifest, variable, element);
    });
    return `${handlerName(manifest, which, instance)}${sets.length === 0 ? '' : ` sets ${sets.join(' and ')}`}`;
  };
  const names = chain.map(step);
  const again = handlerName(manifest, chain[0]!.which, chain[0]!.instance);
  return {
    code: 'PX9001',
    message:
      `Endless event loop at t = ${timeText(time)}: ${names.join(', which triggers ')}, which triggers ${again} again. ` +
      'Let one of them wait (for), or compare with some distance between on and off.',
    time,
    source: manifest.handlers[chain[0]!.which]!.source,
  };
}
