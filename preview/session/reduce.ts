/** How lists change with what a session sends. Pure: old list and message in, new list out. */
import type { AlarmState, Problem, TwinEvent } from '../protocol.ts';

/** Events kept; older ones are forgotten. */
export const eventLimit = 5000;

/** Adds events in the order of their ids; one that is known already is not added again. */
export function addEvents(known: readonly TwinEvent[], more: readonly TwinEvent[]): readonly TwinEvent[] {
  const last = known.length > 0 ? known[known.length - 1]!.id : -Infinity;
  const fresh = more.filter((event) => event.id > last).sort((a, b) => a.id - b.id);
  if (fresh.length === 0) return known;
  const all = known.concat(fresh);
  return all.length > eventLimit ? all.slice(all.length - eventLimit) : all;
}

/** The run was rewound: what came after `time` has not happened. */
export function cutEvents(known: readonly TwinEvent[], time: number): readonly TwinEvent[] {
  const kept = known.filter((event) => event.time <= time);
  return kept.length === known.length ? known : kept;
}

/** Replaces the alarms that are named; the others stay. */
export function mergeAlarms(
  known: readonly AlarmState[],
  changed: readonly AlarmState[],
): readonly AlarmState[] {
  const byId = new Map(known.map((alarm) => [alarm.id, alarm]));
  for (const alarm of changed) byId.set(alarm.id, alarm);
  return [...byId.values()];
}

const rank = { critical: 0, warning: 1, info: 2 } as const;

/** Active and not kept quiet. */
export const isLoud = (alarm: AlarmState): boolean => alarm.active && alarm.shelvedUntil === undefined;

/** Active ones first, those kept quiet last, not yet acknowledged before acknowledged, then the severe, then the latest, then by name. */
export function sortAlarms(alarms: readonly AlarmState[]): AlarmState[] {
  return alarms.toSorted(
    (a, b) =>
      Number(isLoud(b)) - Number(isLoud(a)) ||
      Number(a.shelvedUntil !== undefined) - Number(b.shelvedUntil !== undefined) ||
      Number(a.acknowledged && a.active) - Number(b.acknowledged && b.active) ||
      (a.active ? rank[a.severity] - rank[b.severity] : 0) ||
      (b.since ?? -Infinity) - (a.since ?? -Infinity) ||
      a.label.localeCompare(b.label, 'en', { numeric: true }),
  );
}

/** Alarms that have become active since the state before, for announcing them. */
export function newlyRaised(before: readonly AlarmState[], now: readonly AlarmState[]): AlarmState[] {
  const active = new Set(before.filter(isLoud).map((alarm) => alarm.id));
  return now.filter((alarm) => isLoud(alarm) && !active.has(alarm.id));
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** Speeds on the keys 1 to 9; null is as fast as it goes. */
export const speeds: readonly (number | null)[] = [0.25, 0.5, 1, 2, 5, 10, 100, 1000, null];
