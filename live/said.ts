/** What is said to whoever looks at a twin: as a key with what belongs in it, for other languages, and as an English sentence. */
import type { Said } from '../preview/protocol.ts';
import { sentences } from '../preview/said.ts';
import type { RunEvent } from '../runtime/twin.ts';

/** What is said, by its key in `preview/said.ts`. */
export const say = (key: Said['key'], ...args: string[]): Said => ({ key, args });

/** The same in English. */
export const sentenceOf = ({ key, args }: Said): string => sentences[key](...args);

/** What a runtime says in English, taken apart again; undefined where it speaks in the words of the model. */
export function saidOf({ kind, text, alarm }: Pick<RunEvent, 'kind' | 'text' | 'alarm'>): Said | undefined {
  const found =
    alarm?.active === false
      ? ['cleared', /^(?:(.*): )?cleared$/s.exec(text)]
      : kind === 'range'
        ? ['outsideRange', /^(.*) is outside its range$/s.exec(text)]
        : kind === 'command'
          ? ['setTo', /^set to (.*)$/s.exec(text)]
          : ['startsAt', /^starts at (.*) instead of (.*): the equations that tie/s.exec(text)];
  const [key, match] = found as [Said['key'], RegExpExecArray | null];
  return match === null ? undefined : say(key, ...match.slice(1).map((each) => each ?? ''));
}
