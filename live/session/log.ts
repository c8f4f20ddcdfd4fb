/** What has happened in a run, as the preview has it, and when each alarm changed. */
import type { RunEvent } from '../../runtime/twin.ts';
import { saidOf } from '../said.ts';
import type { TwinEvent } from '../../preview/protocol.ts';

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

export function alarmOfKey(key: string): { alarm: number; instance: number } {
  const [alarm, instance] = key.split('/').map(Number);
  return { alarm: alarm!, instance: instance! };
}

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
