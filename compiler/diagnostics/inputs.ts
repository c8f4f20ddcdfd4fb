/** PX61…: what inputs follow in a scenario: ramps, profiles and recordings. */
import { define } from './diagnostic.ts';

export const courseNotOfInput = define<{ text: string; what: string; course: string; isParam: boolean }>({
  code: 'PX6112',
  severity: 'error',
  title: 'Only an input follows a course over time',
  message: ({ text, what, course }) => `A ${course} moves an input, and '${text}' is ${what}.`,
  help: ({ isParam }) =>
    isParam
      ? 'A parameter is the same all through a run: what is computed from it is computed once. Make it an input.'
      : 'Make it an input, or let an equation say how it changes.',
});

export const courseInSteps = define<{ text: string; what: string }>({
  code: 'PX6113',
  severity: 'error',
  title: 'A value changes in steps alone',
  message: ({ text, what }) =>
    `'${text}' is ${what}, so it cannot go along a line from one value to another.`,
  help: () => 'Leave between linear away: each value then holds until the next.',
});

export const courseTwice = define<{ text: string }>({
  code: 'PX6114',
  severity: 'error',
  title: 'An input is told twice what to follow',
  message: ({ text }) => `What '${text}' follows from one time on is said twice in this scenario.`,
  help: () => 'Keep one of the two; a ramp behind at takes over later.',
});

export const pointTime = define<{ text: string; problem: string }>({
  code: 'PX6115',
  severity: 'error',
  title: 'A point of a profile has no good time',
  message: ({ text, problem }) => `'${text}' ${problem}`,
});

export const courseSetting = define<{ problem: string }>({
  code: 'PX6116',
  severity: 'error',
  title: 'A course goes on in no such way',
  message: ({ problem }) => problem,
});

export const profileEmpty = define<{ text: string }>({
  code: 'PX6117',
  severity: 'error',
  title: 'A profile has no points',
  message: ({ text }) => `The profile of '${text}' says no value.`,
  help: () => 'Write times and values, as in 6:00: 21 degC, 22:00: 16 degC.',
});

export const recordingMissing = define<{ file: string; outside: boolean }>({
  code: 'PX6118',
  severity: 'error',
  title: 'The file of recorded inputs cannot be read',
  message: ({ file, outside }) =>
    outside
      ? `"${file}" leads out of the folder of this text, so it would not come with it.`
      : `There is no file "${file}" beside this text.`,
  help: () => 'Its path is seen from the folder of this text, and stays in it: no .. and no leading /.',
});

export const recordingUnreadable = define<{ file: string; problem: string }>({
  code: 'PX6119',
  severity: 'error',
  title: 'Recorded inputs cannot be used',
  message: ({ file, problem }) => `"${file}": ${problem}`,
});

export const recordingTooShort = define<{ file: string; end: string; run: string }>({
  code: 'PX6120',
  severity: 'error',
  title: 'Recorded inputs end before the run',
  message: ({ file, end, run }) => `"${file}" ends at ${end}, and the run lasts ${run}.`,
  help: () => 'Run as long as it lasts, or say how it goes on: then hold, or then repeat.',
});

export const columnMisspelt = define<{ column: string; name: string }>({
  code: 'PX6121',
  severity: 'warning',
  title: 'A column nearly has the name of an input',
  message: ({ column, name }) => `The column "${column}" feeds nothing; is it meant for '${name}'?`,
  help: ({ column, name }) =>
    `Write ${name} from "${column}" in braces behind the file, or rename the column.`,
});
