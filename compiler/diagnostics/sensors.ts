/** PX61…: sensors, bindings and views. */
import { define } from './diagnostic.ts';

export const unknownNoise = define<{ name: string; suggestions: string[] }>({
  code: 'PX6101',
  severity: 'error',
  title: 'There is no such noise',
  message: ({ name, suggestions }) =>
    `There is no noise '${name}'${suggestions.length > 0 ? `; did you mean ${suggestions.join(' or ')}?` : '.'}`,
  help: () => 'Write normal(sd), uniform(halfWidth), or any distribution with all its parameters.',
});

export const notBindable = define<{ text: string; what: string; direction: 'from' | 'to' }>({
  code: 'PX6103',
  severity: 'error',
  title: 'This cannot be bound',
  message: ({ text, what, direction }) =>
    direction === 'from'
      ? `'${text}' is ${what}: data can come in at a sensor or an input.`
      : `'${text}' is ${what}: what goes out is a value or an alarm.`,
});

export const unknownProtocol = define<{ name: string; known: string[]; suggestions: string[] }>({
  code: 'PX6104',
  severity: 'error',
  title: 'There is no such protocol',
  message: ({ name, suggestions }) =>
    `There is no protocol '${name}'${suggestions.length > 0 ? `; did you mean ${suggestions.join(' or ')}?` : '.'}`,
  help: ({ known }) => `Known are ${known.join(', ')}.`,
});

export const bindingArgument = define<{ problem: string; help: string }>({
  code: 'PX6105',
  severity: 'error',
  title: 'An argument of a binding is wrong',
  message: ({ problem }) => problem,
  help: ({ help }) => help || undefined,
});

export const secretInText = define<{ name: string }>({
  code: 'PX6106',
  severity: 'error',
  title: 'A secret stands in the text',
  message: ({ name }) => `'${name}' is a secret, and a text is read by many.`,
  help: () =>
    'Remove it here. Credentials come from the environment: POLLUX_MQTT_USERNAME and POLLUX_MQTT_PASSWORD, or POLLUX_OPCUA_USERNAME and POLLUX_OPCUA_PASSWORD.',
});

export const boundTwice = define<{ text: string }>({
  code: 'PX6107',
  severity: 'error',
  title: 'Something is bound twice',
  message: ({ text }) => `'${text}' already gets its data from another binding.`,
});

export const policyOfOutgoing = define<{ word: string }>({
  code: 'PX6108',
  severity: 'error',
  title: 'late and stale are for incoming data',
  message: ({ word }) => `'${word}' says what to do with incoming data, and this binding sends.`,
});

export const notShowable = define<{ widget: string; text: string; what: string }>({
  code: 'PX6109',
  severity: 'error',
  title: 'A view cannot show this',
  message: ({ widget, text, what }) => `A ${widget} cannot show '${text}', which is ${what}.`,
});

export const notTunable = define<{ text: string; what: string }>({
  code: 'PX6110',
  severity: 'error',
  title: 'A slider moves a parameter or an input',
  message: ({ text, what }) => `A slider cannot move '${text}', which is ${what}.`,
  help: () => 'Show it with a gauge, number or chart.',
});

export const unitOfSwitch = define<{ text: string; unit: string }>({
  code: 'PX6111',
  severity: 'error',
  title: 'A true-or-false value has no unit',
  message: ({ text, unit }) => `'${text}' is true or false, so '${unit}' does not apply.`,
});

export const notEstimable = define<{ text: string; why: string; help?: string }>({
  code: 'PX6124',
  severity: 'error',
  title: 'This cannot be estimated',
  message: ({ text, why }) => `'${text}' cannot be estimated: ${why}.`,
  help: ({ help }) => help ?? 'Name a state whose der(…) an equation gives.',
});

export const notEstimated = define<{ text: string; where: string; why: string; help: string }>({
  code: 'PX6125',
  severity: 'warning',
  title: 'Nothing estimates what is read here',
  message: ({ text, where, why }) =>
    `'${text}' never has a value${where}, and no condition with it is true: ${why}.`,
  help: ({ help }) => help,
});

export const estimateInStudy = define<{ text: string; where: string }>({
  code: 'PX6126',
  severity: 'error',
  title: 'What only a live twin knows',
  message: ({ text, where }) =>
    `'${text}' has no value in ${where}: what is known of states comes from samples from outside, and only a live twin gets any.`,
  help: () =>
    'Ask for the state or what the sensor measures. A rule or an alarm can read it, and a view can show it.',
});

export const estimateMovesStates = define<{ text: string }>({
  code: 'PX6127',
  severity: 'error',
  title: 'How far off a state may be moves states',
  message: ({ text }) =>
    `'${text}' would move states here: it is known at the ends of steps alone, and equations hold at any time.`,
  help: () => 'Let a rule set a state by it: when level.sd > 5 cm -> set careful = true.',
});
