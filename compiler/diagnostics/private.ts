/** PX24…: what is private. */
import { define } from './diagnostic.ts';

export const privateShown = define<{ name: string; text: string; where: 'view' | 'binding' | 'report' }>({
  code: 'PX2402',
  severity: 'error',
  title: 'Private data would leave',
  message: ({ name, text, where }) => {
    const way = { view: 'This view shows', binding: 'This binding sends', report: 'This experiment reports' }[
      where
    ];
    return text === name
      ? `${way} ${name}, which is private.`
      : `${way} ${text}, which is computed from ${name}, and that is private.`;
  },
  help: () =>
    'Leave it out, or declare a value that may be known, such as the mean of many: `released let mean = …`.',
});
