/** PX4314: what an event stops goes on. */
import { define } from './diagnostic.ts';

export const standsStill = define<{ name: string; moving: string; stopped: string }>({
  code: 'PX4314',
  severity: 'warning',
  title: 'What an event stops goes on through its condition',
  message: ({ name, moving, stopped }) =>
    `'${name}' sets ${stopped} to 0, and der(${stopped}) drives ${moving} on from there at once: it goes through, and as the condition stays true, no further event stops it.`,
  help: ({ stopped }) =>
    `To let it rest, say so: a state, or a mode, in which der(${stopped}) is 0. To turn it back: set ${stopped} = -0.8 * pre(${stopped}).`,
});
