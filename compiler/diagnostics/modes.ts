/** PX52…: modes, their transitions, and what is defined in them. */
import { define } from './diagnostic.ts';

export const unknownMode = define<{ name: string; modes: string[]; suggestion?: string }>({
  code: 'PX5201',
  severity: 'error',
  title: 'A transition to a mode that does not exist',
  message: ({ name, modes }) =>
    modes.length === 0
      ? `'-> ${name}' leads to a mode, and there are none here.`
      : `There is no mode ${name} here; there are ${modes.join(', ')}.`,
  help: ({ suggestion }) => (suggestion === undefined ? undefined : `Did you mean ${suggestion}?`),
});

export const initialMissing = define<{ name: string }>({
  code: 'PX5202',
  severity: 'error',
  title: 'Modes without one to begin with',
  message: ({ name }) => `Nothing says in which mode ${name} begins.`,
  help: () => 'Write initial before one of its modes.',
});

export const initialTwice = define<{ name: string; first: string; second: string }>({
  code: 'PX5203',
  severity: 'error',
  title: 'Two modes to begin with',
  message: ({ name, first, second }) =>
    `${name} begins in one mode, and both ${first} and ${second} are initial.`,
  help: () => 'Keep one of them. What runs side by side stands in modes blocks of its own.',
});

export const transitionMisplaced = define<{ text: string; why: string; help: string }>({
  code: 'PX5204',
  severity: 'error',
  title: 'A transition that cannot be taken',
  message: ({ text, why }) => `'${text}' cannot be taken: ${why}.`,
  help: ({ help }) => help,
});

export const modeNeverEntered = define<{ name: string }>({
  code: 'PX5205',
  severity: 'warning',
  title: 'A mode that is never entered',
  message: ({ name }) => `No transition leads to ${name}, and it is not where its modes begin.`,
  help: ({ name }) => `Add a transition such as when … -> ${name}, or remove the mode.`,
});

export const definedInSomeModes = define<{ name: string; missing: string[] }>({
  code: 'PX5206',
  severity: 'error',
  title: 'A variable that only some modes define',
  message: ({ name, missing }) => `'${name}' has no equation in ${missing.join(' and ')}.`,
  help: () =>
    'Define it in every mode, or outside of all of them. (A derivative may be left out: it is 0 then.)',
});

export const equationOfMode = define<{ text: string }>({
  code: 'PX5207',
  severity: 'error',
  title: 'An equation in a mode that is for nothing',
  message: ({ text }) =>
    `In a mode stands what is defined there, and '${text}' is neither a name nor der(name).`,
  help: () => 'Write it as x = … or der(x) = …, or put the equation outside of the modes.',
});

export const notAModeOf = define<{ text: string; name: string; modes: string[] }>({
  code: 'PX5208',
  severity: 'error',
  title: 'Modes are compared with something else',
  message: ({ text, name, modes }) => `'${text}' is no mode of ${name}; its modes are ${modes.join(', ')}.`,
});

export const modeTwice = define<{ name: string; region: string }>({
  code: 'PX5209',
  severity: 'error',
  title: 'Two modes with one name',
  message: ({ name, region }) => `${region} has two modes named ${name}.`,
});

export const historyOfNothing = define<{ name: string }>({
  code: 'PX5210',
  severity: 'error',
  title: 'The history of a mode without modes',
  message: ({ name }) => `${name} has no modes within it, so there is none to go back to.`,
  help: ({ name }) => `Write -> ${name}.`,
});

export const modeNeverLeft = define<{ name: string }>({
  code: 'PX5310',
  severity: 'warning',
  title: 'A mode that is never left',
  message: ({ name }) => `No transition leads out of ${name}: once entered, it stays for good.`,
  help: ({ name }) =>
    `Add a way out, such as after 20 min -> …; or write final ${name}, if that is how it ends.`,
});

export const finalIsLeft = define<{ name: string }>({
  code: 'PX5311',
  severity: 'error',
  title: 'A final mode with a way out',
  message: ({ name }) =>
    `${name} is final, which says that it is never left, and a transition leads out of it.`,
  help: () => 'Remove final, or the transition.',
});
