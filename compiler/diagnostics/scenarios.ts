/** PX71…: scenarios and tests. */
import { define } from './diagnostic.ts';

export const runMissing = define<{ name: string }>({
  code: 'PX7101',
  severity: 'error',
  title: 'A scenario does not say how long it runs',
  message: ({ name }) => `The scenario '${name}' does not say how long it runs.`,
  help: () => 'Add a line such as run 24 h.',
});

export const stepTwice = define<{ step: string }>({
  code: 'PX7102',
  severity: 'error',
  title: 'A scenario says the same thing twice',
  message: ({ step }) => `'${step}' stands twice in this scenario.`,
  help: () => 'Keep one of them.',
});

export const unknownMethod = define<{ name: string; suggestions: string[] }>({
  code: 'PX7103',
  severity: 'error',
  title: 'There is no such method',
  message: ({ name, suggestions }) =>
    `There is no method '${name}'${suggestions.length > 0 ? `; did you mean ${suggestions.join(' or ')}?` : '.'}`,
  help: () =>
    'Write auto, tsit5, rodas5p or bdf with a tolerance, or rk4, euler or implicitEuler with a step (method rk4 step 10 ms).',
});

export const methodSetting = define<{ problem: string; help: string }>({
  code: 'PX7104',
  severity: 'error',
  title: 'A method has the wrong setting',
  message: ({ problem }) => problem,
  help: ({ help }) => help,
});

export const afterTheEnd = define<{ what: string; duration: string }>({
  code: 'PX7105',
  severity: 'warning',
  title: 'Something lies after the end of the run',
  message: ({ what, duration }) => `${what} lies after the end of the run, which lasts ${duration}.`,
});

export const seedNotWhole = define<{ text: string }>({
  code: 'PX7106',
  severity: 'error',
  title: 'A seed is a whole number',
  message: ({ text }) => `'${text}' is no seed: a whole number from 0 to 9007199254740991.`,
});

export const testWithoutRequirement = define<{ name: string }>({
  code: 'PX7107',
  severity: 'warning',
  title: 'A test that requires nothing',
  message: ({ name }) => `The test '${name}' requires nothing, so it always passes.`,
  help: () => 'Add require always …, or expect ….',
});

export const scenarioSettingChanges = define<{ target: string; text: string }>({
  code: 'PX7108',
  severity: 'error',
  title: 'A scenario sets values that are known before it starts',
  message: ({ target, text }) =>
    `A scenario gives '${target}' a value before it starts, and '${text}' is not known then.`,
  help: ({ target }) =>
    `Use a number or a const, or set it when the run has begun: at 0 s: set ${target} = ….`,
});

export const negativeTime = define<{ text: string }>({
  code: 'PX7109',
  severity: 'error',
  title: 'A time lies before the start of the run',
  message: ({ text }) => `'${text}' lies before the start of the run, which is at 0 s.`,
});

export const becomesNumber = define<{ text: string; value: string }>({
  code: 'PX7110',
  severity: 'warning',
  title: 'A number that changes continuously hardly ever equals another',
  message: ({ text, value }) => `'${text}' may pass ${value} without ever being exactly that.`,
  help: ({ text, value }) => `Write when ${text} > ${value}, or <.`,
});
