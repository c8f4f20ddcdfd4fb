/** PX61…: diagrams and histograms in views. */
import { define } from './diagnostic.ts';

export const notDrawable = define<{
  widget: 'modes' | 'process';
  text: string;
  what: string;
  known: string[];
}>({
  code: 'PX6122',
  severity: 'error',
  title: 'There is no diagram of this',
  message: ({ widget, text, what }) =>
    widget === 'modes'
      ? `A diagram of modes shows a modes block, and '${text}' is ${what}.`
      : `Items go through a process, and '${text}' is ${what}.`,
  help: ({ widget, known }) =>
    known.length > 0
      ? `Name one of ${known.join(', ')}.`
      : widget === 'modes'
        ? 'Name what stands behind modes in the asset, or show it with a chart or a number.'
        : 'Name what stands behind process in the asset, or show it with a chart or a number.',
});

export const wrongRuns = define<{ text: string; most: number }>({
  code: 'PX6123',
  severity: 'error',
  title: 'So many runs make no histogram',
  message: ({ text, most }) =>
    `A histogram is made of 2 to ${most} runs, which the preview carries out itself, and not of ${text}.`,
  help: () => 'For more, or with other parameters in each, write an experiment.',
});
