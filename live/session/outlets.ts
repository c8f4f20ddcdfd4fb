/** Where alarms and values of a live twin go, such as topics of a broker: what they are told, and what they count. Other modes tell them nothing. */
import type { AlarmInstance } from './alarms.ts';
import { isActive } from './alarms.ts';
import type { Outlet } from './contract.ts';
import type { Playback } from './playback.ts';
import { createToldAlarms } from './told-alarms.ts';

export function createOutlets(run: Playback) {
  const outlets = new Set<Outlet>();
  const told = createToldAlarms(({ alarm, instance }, active, time) => {
    for (const outlet of outlets) outlet.alarm(alarm, instance, active, run.epoch + 1000 * time);
  });
  /** Another twin, or another who is told: nothing is known of what they were told. */
  const begin = (): void => {
    if (run.twin !== undefined) told.begin(run.twin.manifest);
  };
  return {
    /** Returns how to detach it. */
    attach: (outlet: Outlet): (() => void) => {
      outlets.add(outlet);
      begin();
      return () => outlets.delete(outlet);
    },
    begin,
    /** An alarm changed; times in s. */
    changed: (which: AlarmInstance, active: boolean, time: number): void => {
      if (run.mode === 'live') told.changed(which, active, time);
    },
    /** What was said of these alarms for later than a time, or for it too, may not be so. */
    revised: (which: readonly AlarmInstance[], time: number, including: boolean): void => {
      if (run.mode === 'live') told.revised(which, time, including);
    },
    /** How things stand now. */
    tell: (): void => {
      const { twin } = run;
      if (run.mode !== 'live' || twin === undefined || outlets.size === 0) return;
      told.settle((which) => isActive(twin, which), twin.time());
      for (const outlet of outlets)
        for (const probe of outlet.probes)
          outlet.value(probe, twin.probe(probe, 0), run.epoch + 1000 * twin.time());
    },
    /** Of all together: they count what is wrong more finely than the twin. */
    counts: (): Record<string, number> => {
      const all: Record<string, number> = {};
      for (const outlet of outlets)
        for (const [kind, number] of Object.entries(outlet.counts?.() ?? {}))
          all[kind] = (all[kind] ?? 0) + number;
      return all;
    },
  };
}
