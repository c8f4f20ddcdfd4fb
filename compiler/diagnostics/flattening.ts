/** PX40…: what is wrong with the equations as a whole, found when a system is flattened. */
import { define } from './diagnostic.ts';

/** `a`, `a and b`, `a, b and c`; the rest is counted when there are many. */
export function listed(names: readonly string[], most = 6): string {
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : [...names];
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

export const tooFewEquations = define<{
  asset: string;
  names: string[];
  unknowns: number;
  equations: number;
}>({
  code: 'PX4001',
  severity: 'error',
  title: 'Too few equations',
  message: ({ asset, names, unknowns, equations }) =>
    equations === 0
      ? `Nothing in ${asset} determines ${listed(names)}.`
      : `${asset} has ${plural(equations, 'equation')} for ${plural(unknowns, 'unknown')} (${listed(names)}).`,
  help: ({ names }) =>
    `Give ${names.length === 1 ? 'it' : 'one of them'} a value (let ${names[0]?.split(/[.[]/)[0]} = …), add the missing equation, or declare it as param or input.`,
});

export const tooManyEquations = define<{
  asset: string;
  names: string[];
  unknowns: number;
  equations: number;
}>({
  code: 'PX4002',
  severity: 'error',
  title: 'Too many equations',
  message: ({ asset, names, unknowns, equations }) =>
    names.length === 0
      ? `This equation of ${asset} has nothing to determine: all values in it are known already.`
      : `${asset} has ${plural(equations, 'equation')} for ${plural(unknowns, 'unknown')}: ${listed(names)} would have to obey all of them at once.`,
  help: ({ names }) =>
    names.length === 0
      ? 'Remove it, or declare one of its values as a let without a value.'
      : 'Remove one of these equations, or make one of the given values a let without a value.',
});

export const definedTwice = define<{ name: string; elements: string[] }>({
  code: 'PX4003',
  severity: 'error',
  title: 'Elements are determined twice',
  message: ({ name, elements }) => `'${name}' is determined by more than one equation: ${listed(elements)}.`,
  help: () =>
    'A variable has one owner. Let the ranges of the for loops meet without overlapping, or remove one.',
});

export const elementsMissing = define<{ name: string; elements: string[]; what: string }>({
  code: 'PX4004',
  severity: 'error',
  title: 'Elements without an equation',
  message: ({ elements, what }) => `Nothing determines ${what}${listed(elements)}.`,
  help: ({ name }) =>
    `The equations for ${name} cover only some of its elements: widen the range of a for, or add the ends by hand.`,
});

export const dependsOnItself = define<{ names: string[]; what: string }>({
  code: 'PX4005',
  severity: 'error',
  title: 'A value depends on itself',
  message: ({ names, what }) =>
    names.length === 1
      ? `The ${what} of '${names[0]}' depends on itself.`
      : `The ${what}s of ${listed(names)} depend on each other in a circle.`,
  help: () => 'Give one of them a value of its own.',
});

export const notConstant = define<{ what: string; why: string }>({
  code: 'PX4006',
  severity: 'error',
  title: 'A value must be known when compiling',
  message: ({ what, why }) => `${what} must be known when compiling, and ${why}.`,
  help: () => 'Use numbers and fixed values, with + - * / ^, sqrt, abs, floor, ceil, min and max.',
});

export const fixedDiffers = define<{ name: string }>({
  code: 'PX4007',
  severity: 'error',
  title: 'A fixed value differs between elements',
  message: ({ name }) => `'${name}' is fixed, so it must be the same for all elements of an array.`,
  help: () => 'Make it a param, or give the element that differs a part of its own.',
});

export const indexOutside = define<{ name: string; low: number; high: number; size: number }>({
  code: 'PX4008',
  severity: 'error',
  title: 'An index outside the array',
  message: ({ name, low, high, size }) =>
    low === high
      ? `'${name}' has elements 1 to ${size}; there is no ${low}.`
      : `'${name}' has elements 1 to ${size}, and the index runs from ${low} to ${high}.`,
  help: ({ low, size }) =>
    `Let the for loop run only where the element exists: ${low < 1 ? 'start it later' : `end it at ${size} or before`}.`,
});

export const sizesDiffer = define<{ sizes: number[] }>({
  code: 'PX4009',
  severity: 'error',
  title: 'Arrays of different sizes side by side',
  message: ({ sizes }) =>
    `The [*] in this expression run side by side over arrays of ${listed(sizes.map(String))} elements.`,
  help: () => 'Use arrays of one size, or take each in a sum(…) of its own.',
});

export const wrongSize = define<{ name: string; size: string }>({
  code: 'PX4010',
  severity: 'error',
  title: 'Not a size',
  message: ({ name, size }) => `The size of '${name}' is ${size}; it must be a whole number from 1.`,
});

export const wrongCount = define<{ name: string; given: number; size: number }>({
  code: 'PX4011',
  severity: 'error',
  title: 'A list of the wrong length',
  message: ({ name, given, size }) => `'${name}' has ${plural(size, 'element')}, and the list has ${given}.`,
});

export const coupledTooWide = define<{ names: string[]; count: number; limit: number }>({
  code: 'PX4012',
  severity: 'error',
  title: 'Too many elements depend on each other',
  message: ({ names, count, limit }) =>
    `${count} elements of ${listed(names)} depend on each other across the array; up to ${limit} are solved together.`,
  help: () =>
    'Break the circle with a state (a small volume, mass or capacity between the elements), or shorten the array.',
});

export const parameterWithoutValue = define<{ name: string; asset: string }>({
  code: 'PX4013',
  severity: 'error',
  title: 'A parameter without a value',
  message: ({ name, asset }) => `'${name}' of ${asset} has no value here.`,
  help: ({ name }) =>
    `Give it one where the part stands: (${name.split('.').at(-1)} = …), or a default in its declaration.`,
});

export const inputWithoutValue = define<{ name: string; kind: string }>({
  code: 'PX4014',
  severity: 'warning',
  title: 'Without a value it starts at 0',
  message: ({ name, kind }) => `The ${kind} '${name}' has no value to start with, so it starts at 0.`,
  help: ({ kind }) =>
    kind === 'input'
      ? 'Give it a default, or bind it where the part stands.'
      : 'Write its start value: state x = ….',
});

export const startNeedsRunning = define<{ name: string; needs: string }>({
  code: 'PX4015',
  severity: 'error',
  title: 'A first value that needs the running system',
  message: ({ name, needs }) =>
    `'${name}' gets its first value from '${needs}', which is solved for only while running.`,
  help: () => 'Start it from parameters, inputs, other start values, or lets that have a value of their own.',
});

export const derivativeMissing = define<{ name: string }>({
  code: 'PX4016',
  severity: 'error',
  title: 'A state without an equation for its derivative',
  message: ({ name }) =>
    `der(${name}) is used, but no equation says what it is: '${name}' changes at events only.`,
  help: ({ name }) => `Add der(${name.split('.').at(-1)}) = ….`,
});

export const settingNotPossible = define<{ name: string; why: string }>({
  code: 'PX4017',
  severity: 'error',
  title: 'A scenario cannot set this',
  message: ({ name, why }) => `'${name}' cannot be set by a scenario: ${why}.`,
  help: () => 'Scenarios set params, inputs that nothing else determines, and start values of states.',
});

export const starOutside = define<{ name: string }>({
  code: 'PX4018',
  severity: 'error',
  title: '[*] outside of a sum',
  message: ({ name }) => `'${name}' stands for all elements, and one value is wanted here.`,
  help: () => 'Name one element, or put it in sum(…), max(…), any(…) or all(…).',
});

export const unknownRoot = define<{ name: string }>({
  code: 'PX4019',
  severity: 'error',
  title: 'No such asset or twin',
  message: ({ name }) => `There is no asset or twin '${name}' that could run.`,
});

export const partOfItself = define<{ asset: string }>({
  code: 'PX4020',
  severity: 'error',
  title: 'An asset that contains itself',
  message: ({ asset }) => `${asset} has a part that again contains ${asset}: it would never end.`,
});

export const partsTooDeep = define<{ asset: string; levels: number }>({
  code: 'PX4022',
  severity: 'error',
  title: 'Parts nested too deeply',
  message: ({ asset, levels }) => `${asset} has parts of parts more than ${levels} deep.`,
  help: () =>
    'Let an asset hold several parts side by side, joined to each other, in place of one that holds the next.',
});

export const coupledOpen = define<{ names: string[] }>({
  code: 'PX4021',
  severity: 'error',
  title: 'Coupled equations leave a variable open',
  message: ({ names }) =>
    names.length === 1
      ? `The equation of ${names[0]} does not determine it: a small change of it changes neither side.`
      : `The equations of ${listed(names, 8)} do not determine them: one equation follows from the others, or contradicts them.`,
  help: () => 'Replace one of them by an equation that says something new.',
});

export const simultaneousWriters = define<{ name: string; first: string; second: string }>({
  code: 'PX5110',
  severity: 'error',
  title: 'Two reactions set the same variable at the same instant',
  message: ({ name, first, second }) =>
    `'${name}' is set by ${first} and by ${second}, which always happen at the same instant.`,
  help: () => 'Keep one of them, or make their conditions differ.',
});
