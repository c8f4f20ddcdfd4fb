/**
 * What each key of the protocol says, in English. A session sends the key, for whoever has words in another language, and the sentence, for
 * all others: so session and page have it from here.
 */
import type { Said } from './protocol.ts';

export type Sentences = { readonly [Key in Said['key']]: (...args: string[]) => string };

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
  keptValue: (kept, now) =>
    `goes on with ${kept}, as it was kept, where the text says ${now} now: pollux upgrade takes what the text says`,
  cleared: (cause) => (cause === '' ? 'cleared' : `${cause}: cleared`),
  setTo: (value) => `set to ${value}`,
  outsideRange: (cause) => `${cause} is outside its range`,
  startsAt: (is, was) =>
    `starts at ${is} instead of ${was}: the equations that tie it to other states hold there`,
  timeOver: () => 'Your time is over: sign in again.',
  behind: (seconds) =>
    `${seconds} s behind the clock: more comes than can be worked off here. All that comes is taken, at its time, but alarms are late, and a broker may drop what devices send with QoS 0. Let devices put several values into a message or send less often, or take a faster machine.`,
  caughtUp: () => 'keeps up with the clock again',
  clockOn: (time) =>
    `The clock of this machine went on by ${time} at once: it was set, or the machine slept. The twin catches up; what was sent meanwhile is taken where it still comes.`,
  clockBack: (time) =>
    `The clock of this machine was set back by ${time}: the twin goes on, and its times are by the new clock from here on.`,
  notAudited: () =>
    'This is not done, as it cannot be written into the audit log: whoever runs the server is told why.',
  tooMuch: () => 'That was too much at once: wait a moment.',
  needsRole: (needed, name, role) => `This needs the role ${needed}; ${name} has ${role}.`,
};
