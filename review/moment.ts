/** When something is or differs in a run, for people. */
import { timeText } from '../runtime/trouble.ts';
import type { ScenarioDifference } from './behaviour.ts';

/** Of the length of a run. */
const FINEST = 1e-6;

/** Times (s) of these runs, no finer than a millionth of their length: what begins 2.8e-11 s after the start begins there. */
export function momentsOf({ duration }: Pick<ScenarioDifference, 'duration'>): (seconds: number) => string {
  const span = Math.max(duration.before, duration.after);
  if (!(span > 0) || !Number.isFinite(span)) return timeText;
  const places = -Math.floor(Math.log10(FINEST * span));
  const scale = 10 ** places;
  return (seconds) => timeText(Number((Math.round(seconds * scale) / scale).toPrecision(15)));
}
