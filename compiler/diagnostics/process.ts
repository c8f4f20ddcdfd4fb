/** PX54…: process flow: processes, queues, resources, and their statistics. */
import { define } from './diagnostic.ts';

export const measureMissing = define<{ text: string; what: string; example: string }>({
  code: 'PX5401',
  severity: 'error',
  title: 'A process, queue or resource has several measures and no value',
  message: ({ text, what }) => `'${text}' is ${what}, which has no value of its own.`,
  help: ({ text, example }) => `Name one of its measures, such as ${text}.${example}.`,
});

export const timesAsValue = define<{ text: string }>({
  code: 'PX5402',
  severity: 'error',
  title: 'Times of items are many values',
  message: ({ text }) => `'${text}' is a time for each item, so it has no single value.`,
  help: ({ text }) => `Take mean(${text}), max(${text}) or quantile(${text}, 95 %).`,
});

export const statisticMisfit = define<{ name: string; text: string; needs: string }>({
  code: 'PX5403',
  severity: 'error',
  title: 'A statistic of something that it does not fit',
  message: ({ name, text, needs }) =>
    text === '' ? `${name} takes ${needs}.` : `${name} takes ${needs}, and '${text}' is none.`,
});

export const shareOutside = define<{ text: string }>({
  code: 'PX5404',
  severity: 'error',
  title: 'A share lies between 0 % and 100 %',
  message: ({ text }) => `'${text}' is no share of items: it must lie between 0 % and 100 %.`,
});

export const resourceExpected = define<{ text: string; what: string }>({
  code: 'PX5405',
  severity: 'error',
  title: 'Only a resource can be used',
  message: ({ text, what }) => `'${text}' is ${what}; what items use is a resource.`,
  help: ({ text }) => `Declare it in the asset: resource ${/^\w+$/.test(text) ? text : 'machine'}[1].`,
});

export const arrivalMissing = define<{ name: string }>({
  code: 'PX5406',
  severity: 'error',
  title: 'A process into which nothing comes',
  message: ({ name }) => `No item ever comes into '${name}': it has no arrive.`,
  help: () => 'Begin it with a line such as arrive every exponential(3 s).',
});

export const stepUnreachable = define<{ text: string; before: string }>({
  code: 'PX5407',
  severity: 'warning',
  title: 'A step that no item comes to',
  message: ({ text, before }) => `No item comes to '${text}': all have gone elsewhere at '${before}'.`,
  help: () => 'Give it a name with station, and send items there with choose or go to.',
});

export const chancesTooLarge = define<{ sum: string }>({
  code: 'PX5408',
  severity: 'error',
  title: 'Probabilities add up to more than 100 %',
  message: ({ sum }) => `These probabilities add up to ${sum}.`,
  help: () => 'Together they must not be more than 100 %; what is left goes to else, or on to the next step.',
});

export const chanceOutside = define<{ text: string }>({
  code: 'PX5409',
  severity: 'error',
  title: 'A probability lies between 0 % and 100 %',
  message: ({ text }) => `'${text}' is no probability.`,
});

export const elseNotLast = define<{ text: string }>({
  code: 'PX5410',
  severity: 'error',
  title: 'else comes last',
  message: ({ text }) => `Nothing after else is ever chosen: '${text}'.`,
  help: () => 'Write else as the last choice.',
});

export const neverReleased = define<{ name: string }>({
  code: 'PX5411',
  severity: 'error',
  title: 'Units are taken and never given back',
  message: ({ name }) =>
    `'${name}' is seized and never released in this process, so its units are gone for good.`,
  help: ({ name }) => `Add release ${name} where they are given back, or write use ${name} for ….`,
});

export const releasedUnseized = define<{ name: string }>({
  code: 'PX5412',
  severity: 'error',
  title: 'Units are given back that were never taken',
  message: ({ name }) => `'${name}' is released, and no step of this process seizes it.`,
  help: ({ name }) => `Add seize ${name} before.`,
});

export const clauseMissing = define<{ name: string; has: string; lacks: string; help: string }>({
  code: 'PX5413',
  severity: 'error',
  title: 'A resource breaks and is never repaired, or is repaired and never breaks',
  message: ({ name, has, lacks }) => `'${name}' ${has}, and ${lacks}.`,
  help: ({ help }) => help,
});

export const clauseTwice = define<{ what: string }>({
  code: 'PX5414',
  severity: 'error',
  title: 'A thing is said twice',
  message: ({ what }) => `${what} is said twice; which holds?`,
  help: () => 'Keep one of them.',
});

export const daysUnknown = define<{ name: string; known: readonly string[] }>({
  code: 'PX5415',
  severity: 'error',
  title: 'Unknown days of a shift',
  message: ({ name, known }) => `'${name}' are no days; known are ${known.join(', ')}.`,
});

export const clockTimeOutside = define<{ text: string }>({
  code: 'PX5416',
  severity: 'error',
  title: 'A time of day that is none',
  message: ({ text }) => `'${text}' is no part of a day.`,
  help: () =>
    'Times of day run from 00:00 to 24:00. A shift over midnight is two: 22:00..24:00 and 00:00..06:00.',
});

export const unitsNotKnown = define<{ name: string; why: string }>({
  code: 'PX5417',
  severity: 'error',
  title: 'Units that are known one by one need a fixed number',
  message: ({ name, why }) => `How many units '${name}' has must be fixed, as ${why}.`,
  help: () => 'Write a number, or declare the size as fixed.',
});

export const preemptsSeveral = define<{ text: string }>({
  code: 'PX5418',
  severity: 'error',
  title: 'Preempting takes one unit of one resource',
  message: ({ text }) => `'${text}' preempts several units at once.`,
  help: () => 'Use one unit of one resource, with a priority, in a step that preempts.',
});

export const countTooSmall = define<{ text: string; place: string; least: string }>({
  code: 'PX5419',
  severity: 'error',
  title: 'A number of items, units or places is too small',
  message: ({ text, place, least }) => `${place} must be ${least}, and '${text}' is less.`,
});

export const conditionOfItem = define<{ text: string }>({
  code: 'PX5420',
  severity: 'error',
  title: 'A wait for a value that changes continuously, compared with a value of the item',
  message: ({ text }) =>
    `'${text}' compares a value that changes continuously with one that each item has of its own, so the instant cannot be found.`,
  help: () =>
    'Compare with a value of the asset, or ask again every so often: station again, wait 1 s, choose … -> again.',
});

export const mostOfWhat = define<{ problem: string; help: string }>({
  code: 'PX5421',
  severity: 'error',
  title: 'most names the largest of several values',
  message: ({ problem }) => `most says which of several has the largest value, by name. ${problem}`,
  help: ({ help }) => help,
});

export const nameNotAmong = define<{ text: string; tested: string; names: readonly string[] }>({
  code: 'PX5422',
  severity: 'error',
  title: 'A name that most can never give',
  message: ({ text, tested, names }) => `'${tested}' is one of ${names.join(', ')}, and never '${text}'.`,
});

export const nameKept = define<{ name: string; role: string }>({
  code: 'PX5423',
  severity: 'error',
  title: 'Which is the largest follows from the values',
  message: ({ name, role }) =>
    `'${name}' is a ${role}, and which of several is the largest is known only while it is.`,
  help: ({ name }) => `Write kpi ${name} = most(…), or let ${name} = most(…).`,
});

export const firstDayMissing = define<{ name: string }>({
  code: 'PX5424',
  severity: 'error',
  title: 'A calendar with dates, and no day on which a run starts',
  message: ({ name }) => `'${name}' has days that are otherwise, and does not say on which day a run starts.`,
  help: () => 'Add a line such as begins 2026-11-30: time 0 of a run is 0:00 on that day.',
});

export const dateImpossible = define<{ text: string; why: string }>({
  code: 'PX5425',
  severity: 'error',
  title: 'A date that is none',
  message: ({ text, why }) => `'${text}' is no date: ${why}.`,
  help: () => 'Dates are written as year, month and day: 2026-12-24.',
});

export const tooManyOnDuty = define<{ name: string; size: string; asked: string }>({
  code: 'PX5426',
  severity: 'error',
  title: 'More units on duty than there are',
  message: ({ name, size, asked }) => `${asked} units of '${name}' shall be on duty, and it has ${size}.`,
  help: ({ name, asked }) => `Declare as many: resource ${name}[${asked}].`,
});

export const neverOnDuty = define<{ name: string }>({
  code: 'PX5427',
  severity: 'error',
  title: 'A calendar on which nobody ever works',
  message: ({ name }) => `By '${name}' nobody is ever on duty.`,
  help: () => 'Add a line such as weekdays 06:00..14:00.',
});

export const exceptionPast = define<{ text: string; name: string }>({
  code: 'PX5428',
  severity: 'warning',
  title: 'An exception that lies before the run',
  message: ({ text, name }) => `'${text}' is over when a run by '${name}' starts.`,
});

export const notStored = define<{ name: string }>({
  code: 'PX5429',
  severity: 'error',
  title: 'Only what is stored can be taken',
  message: ({ name }) => `'${name}' is a queue: its items go on by themselves, and cannot be taken.`,
  help: ({ name }) => `Make it a store, in which items stay until they are taken: store ${name}.`,
});

export const storeNeverTaken = define<{ name: string }>({
  code: 'PX5430',
  severity: 'warning',
  title: 'A store from which nothing is taken',
  message: ({ name }) => `Nothing is ever taken from '${name}', so its items stay for good.`,
  help: ({ name }) => `Take them in another process: take ${name}. In a queue they go on by themselves.`,
});

export const noItemHere = define<{ name: string; of: string; help: string }>({
  code: 'PX5431',
  severity: 'error',
  title: 'A value of an item where no item is meant',
  message: ({ name, of }) => `'${name}' is a value of an item, and what stands here ${of}.`,
  help: ({ help }) => help,
});

export const itemReadTooSoon = define<{ name: string; reader: string }>({
  code: 'PX5432',
  severity: 'error',
  title: 'A value of an item that is read before it is found',
  message: ({ name, reader }) =>
    name === reader
      ? `'${name}' is computed from itself.`
      : `'${reader}' is computed from '${name}', which is found after it: values of an item are found from top to bottom.`,
  help: ({ name, reader }) =>
    name === reader
      ? `Give it a value to begin with: item ${name} = 0, and change it on its way: set ${name} = ${name} + 1.`
      : `Write item ${name} above item ${reader}.`,
});

export const neverEnough = define<{ name: string; asked: string; size: string }>({
  code: 'PX5433',
  severity: 'error',
  title: 'An item asks for more units than there are',
  message: ({ name, asked, size }) =>
    `${asked} units of '${name}' are asked for at once, and it has ${size}: whoever asks waits for ever.`,
  help: ({ name, asked }) => `Declare as many: resource ${name}[${asked}], or ask for less.`,
});

export const neverFull = define<{ text: string; asked: string; name: string; size: string }>({
  code: 'PX5434',
  severity: 'error',
  title: 'More items are waited for than have room',
  message: ({ text, asked, name, size }) =>
    `'${text}' waits until there are ${asked} items in '${name}', which holds ${size}: there never are so many.`,
  help: ({ name, asked }) => `Give it room for them: ${name}[${asked}], or wait for less.`,
});
