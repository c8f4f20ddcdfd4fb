/** Alarms, as the log and the twin's state say, and what people made of them: acknowledged, or kept quiet for a while. */
import type { Twin } from '../../runtime/twin.ts';
import { count, elementName } from '../../runtime/names.ts';
import type { AlarmState } from '../../preview/protocol.ts';
import type { Log } from './log.ts';

export interface Alarms {
  /** `only`: keys of those wanted. */
  states(twin: Twin, only?: ReadonlySet<string>): AlarmState[];
  /** As it is now; when it changes it wants to be acknowledged again. */
  acknowledge(twin: Twin, id: string): void;
  /** Keeps it quiet for so many seconds of the run; null: no longer. */
  shelve(twin: Twin, id: string, seconds: number | null): void;
  /** Ends what was kept quiet up to now (s). Returns whether anything was. */
  unshelve(time: number): boolean;
}

export function createAlarms(log: Log): Alarms {
  /** Id → the `since` that was acknowledged. */
  const acknowledged = new Map<string, number | null>();
  /** Id → s until which it is kept quiet. */
  const shelved = new Map<string, number>();

  const stateOf = (twin: Twin, alarm: number, instance: number): AlarmState => {
    const { manifest, machine } = twin;
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
  const states = (twin: Twin, only?: ReadonlySet<string>): AlarmState[] => {
    if (only !== undefined)
      return [...only].map((key) => stateOf(twin, ...(key.split('/').map(Number) as [number, number])));
    return twin.manifest.alarms.flatMap(({ dims }, alarm) =>
      Array.from({ length: count(dims) }, (_, instance) => stateOf(twin, alarm, instance)),
    );
  };
  return {
    states,
    acknowledge: (twin, wanted) => {
      const state = states(twin).find(({ id }) => id === wanted);
      if (state !== undefined) acknowledged.set(state.id, state.since);
    },
    shelve: (twin, id, seconds) => {
      if (seconds === null) shelved.delete(id);
      else shelved.set(id, twin.time() + seconds);
    },
    unshelve: (time) => {
      let any = false;
      for (const [id, until] of shelved) {
        if (until > time) continue;
        shelved.delete(id);
        any = true;
      }
      return any;
    },
  };
}
