/** What is said to whoever looks at a twin: as a key with what belongs in it, for other languages, and as an English sentence. */
import type { Said } from '../preview/protocol.ts';
import type { RunEvent } from '../runtime/twin.ts';

type Sentences = { readonly [Key in Said['key']]: (...args: string[]) => string };

export const sentences: Sentences = {
  noneToSet: (id) => `There is no ${id} to set in this version.`,
  noneToCall: (id) => `There is no command ${id} in this version.`,
  setAgain: () => 'set; run again from the start',
  backAgain: () => 'back to the value in the text; run again from the start',
  holdsFrom: (time) => `holds from t = ${time} on; restart to have it from the start`,
  versionGoesOn: () => 'new version; the run goes on from its state',
  versionCarried: (carried, begins, lost) =>
    [
      `new version; the run goes on: ${carried} values carried over`,
      ...(begins === '0' ? [] : [`${begins} new`]),
      ...(lost === '0' ? [] : [`${lost} lost`]),
    ].join(', '),
  notCarried: (why) => `not carried over: ${why}`,
  versionAnew: (why) => `new version; the run starts anew. ${why}`.trim(),
  goesOnFrom: (time) => `goes on from t = ${time}, as it was kept`,
  cleared: (cause) => (cause === '' ? 'cleared' : `${cause}: cleared`),
  setTo: (value) => `set to ${value}`,
  outsideRange: (cause) => `${cause} is outside its range`,
  startsAt: (is, was) =>
    `starts at ${is} instead of ${was}: the equations that tie it to other states hold there`,
  timeOver: () => 'Your time is over: sign in again.',
  behind: (seconds) =>
    `${seconds} s behind the clock: more comes than can be worked off here. All that comes is taken, at its time, but alarms are late, and a broker may drop what devices send with QoS 0. Let devices put several values into a message or send less often, or take a faster machine.`,
  caughtUp: () => 'keeps up with the clock again',
  tooMuch: () => 'That was too much at once: wait a moment.',
  needsRole: (needed, name, role) => `This needs the role ${needed}; ${name} has ${role}.`,
};

export const say = (key: Said['key'], ...args: string[]): Said => ({ key, args });

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
