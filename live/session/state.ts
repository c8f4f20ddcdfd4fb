/** The log of events, and alarms as the log and the twin's state say. */
import type { RunEvent, Twin } from '../../runtime/twin.ts';
import { count, elementName } from '../../runtime/names.ts';
import { saidOf } from '../said.ts';
import type { AlarmState, TwinEvent } from '../../preview/protocol.ts';

const MOST_EVENTS = 10_000;

export interface Log {
  add(event: Omit<TwinEvent, 'id'>, alarm?: RunEvent['alarm']): TwinEvent;
  all(): readonly TwinEvent[];
  /** Returns the alarms that had changed since, by their keys. */
  cut(time: number, including: boolean): string[];
  clear(): void;
  /** s; null when it never changed up to `time`. */
  alarmSince(alarm: number, instance: number, time: number): number | null;
}

/** Names an instance of an alarm. */
export const alarmKey = ({ alarm, instance }: { alarm: number; instance: number }): string =>
  `${alarm}/${instance}`;

export function createLog(): Log {
  let events: TwinEvent[] = [];
  let changes = new Map<string, number[]>();
  let next = 1;
  return {
    add: (event, alarm) => {
      const entry: TwinEvent = { id: next, ...event };
      next += 1;
      events.push(entry);
      if (events.length > MOST_EVENTS) events = events.slice(MOST_EVENTS / 10);
      if (alarm !== undefined) {
        const key = alarmKey(alarm);
        const times = changes.get(key) ?? [];
        times.push(event.time);
        changes.set(key, times.length > 1000 ? times.slice(-1000) : times);
      }
      return entry;
    },
    all: () => events,
    cut: (time, including) => {
      const stays = (at: number): boolean => at < time || (at === time && !including);
      // Times ascend in it: mostly there is nothing to forget, or little.
      const last = events.at(-1);
      if (last !== undefined && !stays(last.time)) events = events.filter((event) => stays(event.time));
      const changed: string[] = [];
      for (const [key, times] of changes) {
        // They ascend.
        const last = times.at(-1);
        if (last === undefined || stays(last)) continue;
        changes.set(key, times.filter(stays));
        changed.push(key);
      }
      return changed;
    },
    clear: () => {
      events = [];
      changes = new Map();
    },
    alarmSince: (alarm, instance, time) =>
      changes.get(alarmKey({ alarm, instance }))?.findLast((at) => at <= time) ?? null,
  };
}

/** `acknowledged`: id → the `since` that was acknowledged; `shelved`: id → s until which it is kept quiet; `only`: keys of those wanted. */
export function alarmStates(
  twin: Twin,
  log: Log,
  acknowledged: ReadonlyMap<string, number | null>,
  shelved: ReadonlyMap<string, number> = new Map(),
  only?: ReadonlySet<string>,
): AlarmState[] {
  const { manifest, machine } = twin;
  const stateOf = (alarm: number, instance: number): AlarmState => {
    const { name, dims, severity, message, active } = manifest.alarms[alarm]!;
    const id = elementName(name, dims, instance);
    const since = log.alarmSince(alarm, instance, twin.time());
    return {
      id,
      label: id,
      message,
      severity,
      active: machine.numbers[manifest.variables[active]!.address / 8 + instance] !== 0,
      since,
      acknowledged: acknowledged.has(id) && acknowledged.get(id) === since,
      ...((shelved.get(id) ?? -Infinity) > twin.time() ? { shelvedUntil: shelved.get(id)! } : {}),
    };
  };
  if (only !== undefined)
    return [...only].map((key) => stateOf(...(key.split('/').map(Number) as [number, number])));
  return manifest.alarms.flatMap(({ dims }, alarm) =>
    Array.from({ length: count(dims) }, (_, instance) => stateOf(alarm, instance)),
  );
}

export function toTwinEvent({
  time,
  microstep,
  kind,
  name,
  text,
  severity,
  source,
  alarm,
}: RunEvent): Omit<TwinEvent, 'id'> {
  const said = saidOf({ kind, text, ...(alarm === undefined ? {} : { alarm }) });
  return {
    time,
    microstep,
    kind,
    name,
    text,
    severity,
    ...(said === undefined ? {} : { said }),
    ...(source === undefined
      ? {}
      : { source: { uri: source.uri, line: source.line, column: source.column } }),
  };
}
