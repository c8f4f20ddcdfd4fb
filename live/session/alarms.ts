/** Alarms, as the log and the twin's state say, and what people made of them: acknowledged, or kept quiet for a while. */
import type { Twin } from '../../runtime/twin.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { count, elementAt } from '../../runtime/contract/elements.ts';
import { elementName, parseElementName } from '../../runtime/names.ts';
import type { AlarmState } from '../../preview/protocol.ts';
import type { KeptSession } from './contract.ts';
import { alarmOfKey } from './log.ts';
import type { Log } from './log.ts';

export interface Alarms {
  /** `only`: keys of those wanted. */
  states(twin: Twin, only?: ReadonlySet<string>): AlarmState[];
  /** As it is now; when it changes it wants to be acknowledged again. Returns which it was; undefined where there is none. */
  acknowledge(twin: Twin, id: string): AlarmInstance | undefined;
  /** Keeps it quiet for so many seconds of the run; null: no longer. */
  shelve(twin: Twin, id: string, seconds: number | null): AlarmInstance | undefined;
  /** Ends what was kept quiet up to now. Returns which. */
  unshelve(twin: Twin): AlarmInstance[];
  /** A run from its start: what was said of another's times means nothing in it. */
  begin(): void;
  /** For a later process; it does not know when they were raised. */
  keep(twin: Twin): Required<Pick<KeptSession, 'acknowledged' | 'shelved'>>;
  resume(kept: Pick<KeptSession, 'acknowledged' | 'shelved'>): void;
}

export interface AlarmInstance {
  alarm: number;
  instance: number;
}

export const isActive = (
  { manifest: { alarms, variables }, machine }: Twin,
  { alarm, instance }: AlarmInstance,
): boolean => machine.numbers[variables[alarms[alarm]!.active]!.address / 8 + instance] !== 0;

/** What an id such as `pump[2].overheating` means. */
function findAlarm({ alarms }: Manifest, id: string): AlarmInstance | undefined {
  const { name, index } = parseElementName(id);
  const alarm = alarms.findIndex((one) => one.name === name);
  const dims = alarms[alarm]?.dims;
  if (dims?.length !== index.length || index.some((i, axis) => i < 0 || i >= dims[axis]!)) return undefined;
  return { alarm, instance: elementAt(dims, index) };
}

export function createAlarms(log: Log): Alarms {
  /** Id → the `since` that was acknowledged. */
  const acknowledged = new Map<string, number | null>();
  /** Id → s until which it is kept quiet. */
  const shelved = new Map<string, number>();

  const stateOf = (twin: Twin, alarm: number, instance: number): AlarmState => {
    const { name, dims, severity, message } = twin.manifest.alarms[alarm]!;
    const id = elementName(name, dims, instance);
    const since = log.alarmSince(alarm, instance, twin.time());
    return {
      id,
      label: id,
      message,
      severity,
      active: isActive(twin, { alarm, instance }),
      since,
      acknowledged: acknowledged.has(id) && acknowledged.get(id) === since,
      ...((shelved.get(id) ?? -Infinity) > twin.time() ? { shelvedUntil: shelved.get(id)! } : {}),
    };
  };
  const states = (twin: Twin, only?: ReadonlySet<string>): AlarmState[] => {
    if (only !== undefined)
      return [...only].map((key) => {
        const { alarm, instance } = alarmOfKey(key);
        return stateOf(twin, alarm, instance);
      });
    return twin.manifest.alarms.flatMap(({ dims }, alarm) =>
      Array.from({ length: count(dims) }, (_, instance) => stateOf(twin, alarm, instance)),
    );
  };
  return {
    states,
    acknowledge: (twin, id) => {
      const found = findAlarm(twin.manifest, id);
      if (found !== undefined) acknowledged.set(id, log.alarmSince(found.alarm, found.instance, twin.time()));
      return found;
    },
    shelve: (twin, id, seconds) => {
      const found = findAlarm(twin.manifest, id);
      if (seconds === null) shelved.delete(id);
      else if (found !== undefined) shelved.set(id, twin.time() + seconds);
      return found;
    },
    unshelve: (twin) => {
      const ended: AlarmInstance[] = [];
      for (const [id, until] of shelved) {
        if (until > twin.time()) continue;
        shelved.delete(id);
        const found = findAlarm(twin.manifest, id);
        if (found !== undefined) ended.push(found);
      }
      return ended;
    },
    begin: () => {
      acknowledged.clear();
      shelved.clear();
    },
    keep: (twin) => ({
      acknowledged: [...acknowledged.keys()].filter((id) => {
        const found = findAlarm(twin.manifest, id);
        const state = found && stateOf(twin, found.alarm, found.instance);
        return state !== undefined && state.active && state.acknowledged;
      }),
      shelved: [...shelved],
    }),
    resume: (kept) => {
      for (const id of kept.acknowledged ?? []) acknowledged.set(id, null);
      for (const [id, until] of kept.shelved ?? []) shelved.set(id, until);
    },
  };
}
