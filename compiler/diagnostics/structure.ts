/** PX21…: assets and what they are made of. Names that mean nothing are PX20…, in `names.ts`. */
import { define } from './diagnostic.ts';

export const duplicateName = define<{ name: string; place: string }>({
  code: 'PX2101',
  severity: 'error',
  title: 'A name is declared twice',
  message: ({ name, place }) => `'${name}' is declared twice in ${place}.`,
  help: () => 'Give one of them another name.',
});

export const inheritanceCycle = define<{ path: string[] }>({
  code: 'PX2102',
  severity: 'error',
  title: 'An asset extends itself',
  message: ({ path }) => `${path[0] ?? 'This asset'} extends itself: ${path.join(' → ')}.`,
});

export const abstractInstantiated = define<{ name: string; use: string }>({
  code: 'PX2103',
  severity: 'error',
  title: 'An abstract asset cannot be used as it is',
  message: ({ name, use }) => `${name} is abstract, so it cannot be ${use}.`,
  help: ({ name }) => `Use an asset that extends ${name}.`,
});

export const overrideOfFinal = define<{ name: string; asset: string }>({
  code: 'PX2104',
  severity: 'error',
  title: 'A final value is overridden',
  message: ({ name, asset }) => `'${name}' is final in ${asset}: its value cannot be changed from outside.`,
});

export const overrideOfComputed = define<{ name: string; what: string }>({
  code: 'PX2105',
  severity: 'error',
  title: 'Only parameters, inputs and start values can be overridden',
  message: ({ name, what }) => `'${name}' is ${what}, so it cannot be given from outside.`,
  help: () => 'What can be given: param, fixed and input, and the start value of a state.',
});

export const partRecursion = define<{ path: string[] }>({
  code: 'PX2106',
  severity: 'error',
  title: 'An asset contains itself',
  message: ({ path }) =>
    `${path[0] ?? 'This asset'} contains itself: ${path.join(' → ')}. It would never end.`,
});

export const inheritedNameTaken = define<{ name: string; base: string }>({
  code: 'PX2107',
  severity: 'error',
  title: 'A name is taken by an inherited member',
  message: ({ name, base }) => `'${name}' is already declared in ${base}, which this asset extends.`,
  help: ({ base, name }) =>
    `Choose another name, or give the inherited one a value: extends ${base}(${name} = …).`,
});

export const overrideTwice = define<{ target: string }>({
  code: 'PX2108',
  severity: 'error',
  title: 'A value is overridden twice',
  message: ({ target }) => `'${target}' is given two values here.`,
  help: () => 'Keep one of them.',
});

export const elementOverrideInExtends = define<{ target: string }>({
  code: 'PX2109',
  severity: 'error',
  title: 'An extends clause cannot change a single element',
  message: ({ target }) =>
    `'${target}' is one element of an array; an extends clause gives values to all of them.`,
  help: () => 'Give all elements a value, or override the element where the asset is used.',
});

export const sizeNotConstant = define<{ text: string }>({
  code: 'PX2110',
  severity: 'error',
  title: 'The size of an array is not known when compiled',
  message: ({ text }) =>
    `'${text}' is no size: it must be a whole number of at least 1, made of numbers, const and fixed.`,
  help: () => 'Declare what it depends on as fixed.',
});

/** `compared`: the comparison that it stands in, made of each element. */
export const indexMissing = define<{ name: string; context: string; compared?: string }>({
  code: 'PX2111',
  severity: 'error',
  title: 'An array is used without an index',
  message: ({ name, context }) => `'${name}' is an array, and ${context} takes one element.`,
  help: ({ name, compared }) =>
    compared === undefined
      ? `Pick one (${name}[1]), loop with for, or reduce it: sum(${name}[*]).`
      : `Ask whether it holds for one of them, any(${compared}), or for each, all(${compared}); or pick one: ${name}[1].`,
});

export const indexOfScalar = define<{ name: string }>({
  code: 'PX2112',
  severity: 'error',
  title: 'An index on something that is no array',
  message: ({ name }) => `'${name}' is no array, so it has no elements to choose from.`,
});

export const indexOutOfBounds = define<{ index: string; name: string; size: number }>({
  code: 'PX2113',
  severity: 'error',
  title: 'An index lies outside its array',
  message: ({ index, name, size }) => `'${name}' has the elements 1 to ${size}, and this asks for ${index}.`,
  help: ({ index, name }) =>
    index === '0' ? `Elements are counted from 1: the first is ${name}[1].` : undefined,
});

export const indexNotConstant = define<{ text: string }>({
  code: 'PX2114',
  severity: 'error',
  title: 'An index is not known when compiled',
  message: ({ text }) =>
    `'${text}' is no index: an index is a whole number made of numbers, const and fixed, a variable of for, or that plus or minus a number.`,
  help: ({ text }) =>
    /^[a-z_]\w*$/i.test(text)
      ? `To choose while it runs, go over all and compare: for i in 1..3 { when ${text} == i -> set x[i] = … }.`
      : undefined,
});

export const allOutsideReduction = define<{ name: string }>({
  code: 'PX2115',
  severity: 'error',
  title: '[*] stands where one value is needed',
  message: ({ name }) => `'${name}[*]' is many values, and one is needed here.`,
  help: ({ name }) => `Reduce them: sum(${name}[*]), also with product, min, max, mean, any, all, count.`,
});

export const listShape = define<{ problem: string; size?: number }>({
  code: 'PX2116',
  severity: 'error',
  title: 'A list does not fit its array',
  message: ({ problem }) => problem,
});

export const fixedNotConstant = define<{ name: string; text: string; keyword: string }>({
  code: 'PX2118',
  severity: 'error',
  title: 'A fixed or const value depends on something that may change',
  message: ({ name, text, keyword }) =>
    `'${name}' is ${keyword}, so its value must be known when compiled; '${text}' is not.`,
  help: ({ keyword }) =>
    `Use only numbers, const${keyword === 'fixed' ? ' and fixed' : ''}, or declare it as param or let.`,
});

export const notAValue = define<{ name: string; what: string; help: string }>({
  code: 'PX2119',
  severity: 'error',
  title: 'A name that is no value is used as one',
  message: ({ name, what }) => `'${name}' is ${what}, not a value.`,
  help: ({ help }) => help || undefined,
});

export const unknownFunction = define<{ name: string; suggestions: string[]; advice?: string }>({
  code: 'PX2120',
  severity: 'error',
  title: 'There is no such function',
  message: ({ name, suggestions }) =>
    `There is no function '${name}'${suggestions.length > 0 ? `; did you mean ${suggestions.join(' or ')}?` : '.'}`,
  help: ({ advice }) => advice,
});

export const argumentCount = define<{ name: string; expected: string; given: number }>({
  code: 'PX2121',
  severity: 'error',
  title: 'A function has too many or too few arguments',
  message: ({ name, expected, given }) =>
    `${name} takes ${expected}, and ${given === 0 ? 'none is' : given === 1 ? '1 is' : `${given} are`} given.`,
});

export const valueMissing = define<{ name: string; role: string }>({
  code: 'PX2122',
  severity: 'error',
  title: 'A value is missing',
  message: ({ name, role }) =>
    role === 'state'
      ? `The state '${name}' has no start value.`
      : `'${name}' is ${role === 'input' ? 'an' : 'a'} ${role} without a value.`,
  help: ({ name }) => `Write ${name} = … with a value to begin with.`,
});

export const parameterNotGiven = define<{ name: string; asset: string }>({
  code: 'PX2123',
  severity: 'error',
  title: 'An asset needs a value that is not given',
  message: ({ name, asset }) => `${asset} has no value for '${name}', so it must be given here.`,
  help: ({ name, asset }) => `Write ${asset}(${name} = …).`,
});

export const notOverridable = define<{ text: string }>({
  code: 'PX2124',
  severity: 'error',
  title: 'An override names no value of the asset',
  message: ({ text }) => `'${text}' is no param, fixed, input or state.`,
});

export const inputHasOwner = define<{ name: string; owner: string }>({
  code: 'PX2125',
  severity: 'error',
  title: 'An input follows something else already',
  message: ({ name, owner }) => `'${name}' follows '${owner}', so no value from here would reach it.`,
  help: () => 'Give the value to what it follows.',
});

export const reductionOfOne = define<{ name: string; text: string }>({
  code: 'PX2126',
  severity: 'error',
  title: 'A reduction of a single value',
  message: ({ name, text }) => `${name} goes over all elements of an array, and '${text}' is one value.`,
  help: ({ name }) =>
    name === 'min' || name === 'max'
      ? `Write ${name}(x[*]) for an array x, or give two or more values.`
      : `Write ${name}(x[*]) for an array x.`,
});
