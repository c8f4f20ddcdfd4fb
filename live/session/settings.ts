/** What people set and call → the run: from now on, or from the start again where that takes no time. */
import { findCommand } from '../../runtime/commands.ts';
import { timeText } from '../../runtime/trouble.ts';
import { findElement } from '../../runtime/lookup.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import type { Said, TwinEvent } from '../../preview/protocol.ts';
import { say } from '../said.ts';
import type { SessionModel } from './model.ts';
import type { Playback } from './playback.ts';

/** A what-if runs again from the start when that takes no longer than this, ms. */
export const AGAIN = 50;

/** `what`: a text is passed on as it is. */
export type Tell = (
  kind: TwinEvent['kind'],
  name: string,
  what: Said | string,
  severity?: TwinEvent['severity'],
) => void;

/** null: as the text has it. `runAgain` runs from the start, up to a time (s). */
export function setValue(
  run: Playback,
  id: string,
  value: number | null,
  tell: Tell,
  runAgain: (until: number) => void,
): void {
  const { overrides, mode } = run;
  const current = run.twin!;
  const place = findElement(current.manifest, id);
  if (place === undefined) {
    tell('command', id, say('noneToSet', id), 'warning');
    return;
  }
  const { role } = current.manifest.variables[place.variable]!;
  const target = value ?? run.prepared!.initial.get(id) ?? NaN;
  const time = current.time();
  const again = mode === 'simulate' && role === 'parameter' && run.spent <= AGAIN;
  if (again || current.trouble() !== undefined) {
    const before = overrides.get(id);
    const wrong = tryOverride(run.model!, id, target);
    if (wrong !== undefined) {
      tell('command', id, wrong, 'warning');
      return;
    }
    if (value === null) overrides.delete(id);
    else overrides.set(id, value);
    if (before === overrides.get(id)) return;
    runAgain(time);
    tell('command', id, say(value === null ? 'backAgain' : 'setAgain'));
    return;
  }
  const wrong = current.set(id, target);
  if (wrong !== undefined) tell('command', id, wrong, 'warning');
  else {
    if (value === null) overrides.delete(id);
    else if (role === 'parameter') overrides.set(id, value);
    if (role === 'parameter' && mode === 'simulate') tell('command', id, say('holdsFrom', timeText(time)));
  }
}

/** Checks a value on a twin of its own, so that a wrong one changes nothing. Returns what is wrong with it. */
function tryOverride({ manifest, kernel }: SessionModel, id: string, value: number): string | undefined {
  const fresh = createTwin({ manifest, kernel });
  return fresh.trouble() === undefined ? fresh.set(id, value) : undefined;
}

export function callCommand(twin: Twin, id: string, values: readonly number[], tell: Tell): void {
  const found = findCommand(twin.manifest, id);
  const wrong =
    found === undefined ? say('noneToCall', id) : twin.call(found.command, found.instance, values);
  if (wrong !== undefined) tell('command', id, wrong, 'warning');
}
