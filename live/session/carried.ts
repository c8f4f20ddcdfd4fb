/** A live twin's state → a new version of it, and what is said of that. */
import { carry } from '../../runtime/carry.ts';
import type { Twin } from '../../runtime/twin.ts';
import { say } from '../said.ts';
import type { SessionModel } from './model.ts';
import type { Tell } from './settings.ts';

/** `twin`, a fresh one of the model `to`, goes on from a state of `from`. Returns whether it does, rather than begins anew. */
export function carryOn(
  from: SessionModel,
  to: SessionModel,
  state: Uint8Array,
  twin: Twin,
  tell: Tell,
): boolean {
  const { name } = to.manifest;
  const carried = carry(from, to, state, 'all');
  const unfit = 'problem' in carried ? carried.problem : twin.restore(carried.state);
  if ('problem' in carried || unfit !== undefined) {
    tell('command', name, say('versionAnew', unfit ?? ''));
    return false;
  }
  if (carried.begins.length === 0 && carried.lost.length === 0) {
    tell('command', name, say('versionGoesOn'));
    return true;
  }
  const counts = [carried.carried, carried.begins.length, carried.lost.length];
  tell('command', name, say('versionCarried', ...counts.map(String)));
  for (const lost of carried.lost) tell('command', lost.name, say('notCarried', lost.why), 'warning');
  return true;
}
