/**
 * What outlets, such as topics with retained messages, have been told of alarms. When time is gone over again nothing is told twice, and
 * what was told and is not so any more is set right; so is what an earlier process left behind.
 */
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { count } from '../../runtime/contract/elements.ts';
import type { AlarmInstance } from './alarms.ts';
import { alarmKey } from './log.ts';

interface Change {
  /** s */
  time: number;
  active: boolean;
}

interface Told {
  /** By their times, ascending. */
  changes: Change[];
  /** Of times that are gone over again. */
  before: Change[];
  last: boolean | undefined;
}

/** Changes of an alarm that are remembered: late samples reach no further back as a rule. */
const MOST = 100;
/** Looked at in one go: a plant has thousands of alarms, and each may be a message. */
const MOST_SETTLED = 200;

/** `tell`: hands it to the outlets. */
export function createToldAlarms(tell: (which: AlarmInstance, active: boolean, time: number) => void) {
  const told = new Map<string, Told>();
  /** Those that may be otherwise than was told. */
  const doubtful = new Map<string, AlarmInstance>();
  const knownOf = (key: string): Told => {
    let found = told.get(key);
    if (found === undefined) told.set(key, (found = { changes: [], before: [], last: undefined }));
    return found;
  };
  return {
    /** Another run, process or outlet: nothing is known of what they were told. */
    begin: ({ alarms }: Manifest): void => {
      told.clear();
      doubtful.clear();
      alarms.forEach(({ dims }, alarm) => {
        for (let instance = 0; instance < count(dims); instance += 1)
          doubtful.set(alarmKey({ alarm, instance }), { alarm, instance });
      });
    },
    changed: (which: AlarmInstance, active: boolean, time: number): void => {
      const own = knownOf(alarmKey(which));
      own.changes.push({ time, active });
      if (own.changes.length > MOST) own.changes.shift();
      if (own.before.some((one) => one.time === time && one.active === active)) return;
      own.last = active;
      tell(which, active, time);
    },
    /** What was told of these for later than a time, or for it too, may not be so. */
    revised: (which: readonly AlarmInstance[], time: number, including: boolean): void => {
      const stays = (one: Change): boolean => one.time < time || (one.time === time && !including);
      for (const one of which) {
        const key = alarmKey(one);
        const own = knownOf(key);
        own.before.push(...own.changes.filter((change) => !stays(change)));
        own.changes = own.changes.filter(stays);
        doubtful.set(key, one);
      }
    },
    /** Time has been gone over: tells what is otherwise than was told last. `now`: s. */
    settle: (isActive: (which: AlarmInstance) => boolean, now: number): void => {
      let left = MOST_SETTLED;
      for (const [key, which] of doubtful) {
        if (left === 0) return;
        left -= 1;
        doubtful.delete(key);
        const own = knownOf(key);
        own.before = [];
        const active = isActive(which);
        if (active === own.last) continue;
        own.last = active;
        tell(which, active, own.changes.at(-1)?.time ?? now);
      }
    },
  };
}
