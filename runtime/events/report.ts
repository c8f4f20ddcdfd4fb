/** What is told of a handler that has fired: an alarm, a range that was left, what was set and emitted. */
import { elementOfInstance, emitText, handlerName, variableText } from '../describe.ts';
import { variableElement } from '../machine.ts';
import type { Machine } from '../machine.ts';
import type { Emit } from './instant.ts';

export function createReport({ manifest, read, write }: Machine, emit: Emit) {
  /** Of the alarm that a handler raises or clears; false for others. */
  const wasActive = (which: number, instance: number): boolean => {
    const { alarm } = manifest.handlers[which]!;
    return alarm !== undefined && read(manifest.alarms[alarm]!.active, instance) !== 0;
  };

  const countsEvents = new Set(manifest.events?.map(({ count: counter }) => counter));
  /** `cause` in words, as it was before values were set. */
  const report = (which: number, instance: number, cause: string, before: boolean): void => {
    const handler = manifest.handlers[which]!;
    const name = handlerName(manifest, which, instance);
    const source = handler.source;
    if (handler.kind === 'every') return;
    if (handler.alarm !== undefined) {
      const alarm = manifest.alarms[handler.alarm]!;
      const active = handler.kind === 'raise';
      if (!handler.sets.includes(alarm.active)) write(alarm.active, instance, active ? 1 : 0);
      if (before === active) return;
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

  return { wasActive, report };
}
