/** PX4220…: links, by which an asset knows others without owning them. */
import { define } from './diagnostic.ts';

const counted = (low: number, high: number): string =>
  low === high ? `${low} ${low === 1 ? 'asset' : 'assets'}` : `${low} to ${high} assets`;

export const countOfLink = define<{ text: string }>({
  code: 'PX4220',
  severity: 'error',
  title: 'How many a link leads to is not known',
  message: ({ text }) => `'${text}' is not how many assets a link may lead to.`,
  help: () => 'Write whole numbers from 0, the greater one last: [0..2], or [3] for exactly three.',
});

export const wrongCountOfLink = define<{ name: string; given: number; low: number; high: number }>({
  code: 'PX4221',
  severity: 'error',
  title: 'A link leads to too many or too few',
  message: ({ name, given, low, high }) => `'${name}' leads to ${counted(low, high)}, and here are ${given}.`,
});

export const linkNotGiven = define<{ name: string; asset: string; low: number }>({
  code: 'PX4222',
  severity: 'error',
  title: 'A link leads nowhere',
  message: ({ name, asset, low }) =>
    `${asset} has a link '${name}' that must lead to ${low} or more, and none is given.`,
  help: ({ name, asset }) => `Name what it leads to: ${asset}(${name} = [ … ]).`,
});

export const linkToNoPart = define<{ text: string; what: string; name: string }>({
  code: 'PX4223',
  severity: 'error',
  title: 'A link leads to parts',
  message: ({ text, what, name }) => `'${text}' is ${what}, and the link '${name}' leads to parts.`,
  help: () => 'Name parts of this asset, each by itself or an array with [*].',
});

export const linkOfOtherType = define<{ text: string; type: string; name: string; wanted: string }>({
  code: 'PX4224',
  severity: 'error',
  title: 'A link leads to an asset of another type',
  message: ({ text, type, name, wanted }) =>
    `'${text}' is of ${type}, and the link '${name}' leads to ${wanted}.`,
  help: ({ wanted }) => `Name parts of ${wanted}, or of an asset that extends it.`,
});

export const linkOfWhole = define<{ name: string; isTwin: boolean }>({
  code: 'PX4225',
  severity: 'error',
  title: 'A link is given where there are no parts to lead to',
  message: ({ name, isTwin }) =>
    isTwin
      ? `The link '${name}' is given to a twin, which runs by itself: other twins have times and states of their own.`
      : `The link '${name}' is given where no parts stand beside it.`,
  help: ({ isTwin }) =>
    isTwin
      ? 'Make both parts of one asset, and a twin of that. Between twins that stay apart, bind an input of one to what the other sends.'
      : 'Give it where the asset becomes a part of another one, among whose parts it can choose.',
});

export const linkWritten = define<{ text: string; link: string }>({
  code: 'PX4226',
  severity: 'error',
  title: 'A link is for reading',
  message: ({ text, link }) => `'${text}' belongs to another asset, which the link '${link}' only knows.`,
  help: () => 'Let the asset that owns it define it, or join the two by ports.',
});

export const linkDiffers = define<{ name: string }>({
  code: 'PX4227',
  severity: 'error',
  title: 'A link differs between elements',
  message: ({ name }) => `'${name}' leads elsewhere for a single element, and its array is one loop.`,
  help: () => 'Give the link for the whole array, or make the element a part of its own.',
});

export const linkEmpty = define<{ name: string; operator: string }>({
  code: 'PX4228',
  severity: 'error',
  title: 'Nothing to choose from',
  message: ({ name, operator }) =>
    `${operator}(…) needs at least one value, and the link '${name}' leads to nothing here.`,
  help: () =>
    'Let the link lead to at least one ([1..4]), or use sum, any or all, which have a value for none.',
});
