/** PX41…: who defines which variable. Too few or too many equations are PX40…, found when the system is flattened. */
import { define } from './diagnostic.ts';

export const derivativeOfState = define<{ text: string; what: string }>({
  code: 'PX4101',
  severity: 'error',
  title: 'Only a state has a derivative',
  message: ({ text, what }) => `der takes a state, and '${text}' is ${what}.`,
  help: () => 'Declare it as state with a start value: state x = 0 m.',
});

export const twoOwners = define<{ name: string; first: string; second: string }>({
  code: 'PX4102',
  severity: 'error',
  title: 'A variable is defined in two places',
  message: ({ name, first, second }) => `'${name}' is defined twice: by ${first} and by ${second}.`,
  help: () => 'A variable has one owner. Keep one of the two.',
});

export const equationForGiven = define<{ name: string; what: string }>({
  code: 'PX4103',
  severity: 'error',
  title: 'An equation defines what is given already',
  message: ({ name, what }) => `This equation defines '${name}', which is ${what}.`,
  help: ({ what }) =>
    what.startsWith('a state')
      ? 'A state changes by der(x) = … or by set; to compute it at each instant, declare it as let.'
      : 'To compute it, declare it as let.',
});

export const equationIsComparison = define<{ text: string }>({
  code: 'PX4104',
  severity: 'error',
  title: 'An equation is true or false on both sides',
  message: ({ text }) =>
    `'${text}' is true or false: an equation relates numbers, or defines one true-or-false let.`,
});
