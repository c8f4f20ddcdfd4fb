/** PX62…: experiments and calibrations. */
import { define } from './diagnostic.ts';

export const experimentWithoutLength = define<{ name: string }>({
  code: 'PX6201',
  severity: 'error',
  title: 'An experiment does not say how long a run is',
  message: ({ name }) => `The experiment '${name}' does not say how long each run is.`,
  help: () => 'Add a line such as run 8 h after warmup 1 h, or put it on a scenario, which says so.',
});

export const nothingReported = define<{ name: string }>({
  code: 'PX6202',
  severity: 'error',
  title: 'An experiment reports nothing',
  message: ({ name }) => `The experiment '${name}' reports nothing, so its runs would leave no result.`,
  help: () => 'Add a line such as report max of temperature at 95 %.',
});

export const rangeWithoutPoints = define<{ target: string }>({
  code: 'PX6203',
  severity: 'error',
  title: 'A range to vary over says neither step nor sample',
  message: ({ target }) =>
    `'${target}' is varied over a range, and nothing says at which of its values to run.`,
  help: () => 'Add step …, write a list of values, or sample all such ranges: sample 64 by sobol.',
});

export const notVariable = define<{ target: string; what: string }>({
  code: 'PX6204',
  severity: 'error',
  title: 'An experiment varies what is given before a run',
  message: ({ target, what }) => `'${target}' is ${what}, so an experiment cannot vary it.`,
  help: () => 'Vary a parameter, an input, a start value, or a fixed value.',
});

export const countNotWhole = define<{ what: string; text: string; most: number }>({
  code: 'PX6205',
  severity: 'error',
  title: 'A number of runs is a whole number',
  message: ({ what, text, most }) => `${what} is a whole number from 1 to ${most}, not ${text}.`,
});

export const unknownChoice = define<{ what: string; name: string; known: string[]; suggestions: string[] }>({
  code: 'PX6206',
  severity: 'error',
  title: 'There is no such method or statistic',
  message: ({ what, name, suggestions }) =>
    `There is no ${what} '${name}'${suggestions.length > 0 ? `; did you mean ${suggestions.join(' or ')}?` : '.'}`,
  help: ({ known }) => `Write one of ${known.join(', ')}.`,
});

export const statisticProblem = define<{ problem: string; help: string }>({
  code: 'PX6207',
  severity: 'error',
  title: 'A statistic does not fit what it is taken of',
  message: ({ problem }) => problem,
  help: ({ help }) => help,
});

export const shareOutside = define<{ what: string; text: string }>({
  code: 'PX6208',
  severity: 'error',
  title: 'A share lies between 0 and 1',
  message: ({ what, text }) => `${what} lies between 0 % and 100 %, and '${text}' does not.`,
  help: () => 'Usual are 90 %, 95 % and 99 %.',
});

export const saidTwice = define<{ what: string }>({
  code: 'PX6209',
  severity: 'error',
  title: 'An experiment says the same thing twice',
  message: ({ what }) => `${what} stands twice in this experiment.`,
  help: () => 'Keep one of them.',
});

export const stepProblem = define<{ problem: string }>({
  code: 'PX6210',
  severity: 'error',
  title: 'The steps of a range do not lead from one end to the other',
  message: ({ problem }) => problem,
  help: () => 'A step is a length above 0 and at most that of the range: 5..40 step 5.',
});

export const tooManyRuns = define<{ runs: number; most: number }>({
  code: 'PX6211',
  severity: 'error',
  title: 'An experiment has too many runs',
  message: ({ runs, most }) => `This experiment would run ${runs} times; ${most} is the most.`,
  help: () => 'Vary over fewer values, or sample the space: ranges without step, and sample 256 by sobol.',
});

export const sampleWithoutRange = define({
  code: 'PX6212',
  severity: 'error',
  title: 'Nothing is there to sample',
  message: () => 'Samples are points of ranges without a step, and no range here is without one.',
  help: () => 'Remove step from what shall be sampled, or remove this line.',
});

export const structuralRange = define<{ target: string }>({
  code: 'PX6213',
  severity: 'error',
  title: 'A fixed value is varied over single values',
  message: ({ target }) =>
    `'${target}' is fixed: each of its values is compiled anew, so it cannot be sampled from a range.`,
  help: ({ target }) => `Write its values: vary ${target} in [2, 4, 8].`,
});

export const tooManyDimensions = define<{ count: number; most: number }>({
  code: 'PX6214',
  severity: 'error',
  title: 'Sobol points have too many dimensions',
  message: ({ count, most }) =>
    `${count} ranges are sampled here, and Sobol points have at most ${most} dimensions.`,
  help: () => 'Sample by latinHypercube, which has any number of them.',
});

export const calibrationIncomplete = define<{ missing: string }>({
  code: 'PX6215',
  severity: 'error',
  title: 'A calibration fits something by comparing something',
  message: ({ missing }) => `This calibration ${missing} nothing.`,
  help: () => 'Write both: fit cooling in 10..200 W/K, and compare with a sensor or a column.',
});

export const notFittable = define<{ text: string; what: string }>({
  code: 'PX6216',
  severity: 'error',
  title: 'A fitted parameter is a number that is given before a run',
  message: ({ text, what }) => `'${text}' is ${what}, so it cannot be fitted.`,
  help: () => 'Fit a parameter, an input that stays, or a start value.',
});

export const notComparable = define<{ text: string; what: string }>({
  code: 'PX6217',
  severity: 'error',
  title: 'Numbers are compared with a recording',
  message: ({ text, what }) => `'${text}' is ${what}, so there is no distance to a recording.`,
});

export const columnMissing = define<{ text: string }>({
  code: 'PX6218',
  severity: 'error',
  title: 'Nothing says which column a value is compared with',
  message: ({ text }) => `'${text}' is no sensor, so no column of a recording has its name.`,
  help: ({ text }) => `Write the column: compare ${text} with "T1" as degC, or compare a sensor.`,
});

export const notAnInput = define<{ text: string; what: string }>({
  code: 'PX6219',
  severity: 'error',
  title: 'Columns of a recording feed inputs',
  message: ({ text, what }) => `'${text}' is ${what}, so no column can feed it.`,
  help: ({ text }) => `To compare it write compare ${text} with "…".`,
});

export const searchIncomplete = define<{ problem: string }>({
  code: 'PX6220',
  severity: 'error',
  title: 'A search chooses something to reach one goal',
  message: ({ problem }) => problem,
  help: () =>
    'Write choose x in 0..1, and maximise or minimise one value; what is varied is for another experiment.',
});

export const constraintWithoutMargin = define<{ text: string }>({
  code: 'PX6221',
  severity: 'error',
  title: 'A constraint compares numbers',
  message: ({ text }) => `'${text}' is true or false, and says nothing of how far it is from holding.`,
  help: () => 'Compare numbers with < or >: a search has to see in which direction things get better.',
});
