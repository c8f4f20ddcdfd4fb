/** PX1…: what lexer and parser stumble over. Reported by `compiler/1-parse`. */
import { define } from './diagnostic.ts';

export const unexpectedCharacter = define<{ character: string; instead?: string }>({
  code: 'PX1001',
  severity: 'error',
  title: 'A character that is not part of the language',
  message: ({ character }) => `'${character}' is not part of the language.`,
  help: ({ instead }) => instead,
});

export const unclosedText = define({
  code: 'PX1002',
  severity: 'error',
  title: 'A text without its closing quote',
  message: () => 'This text has no closing quote on its line.',
  help: () => 'Close it with ". A quote inside a text is written \\".',
});

export const unclosedComment = define({
  code: 'PX1003',
  severity: 'error',
  title: 'A comment without its end',
  message: () => 'This comment is never closed.',
  help: () => 'End it with */, or use // for a comment up to the end of the line.',
});

export const missing = define<{ expected: string; found: string; place?: string; help?: string }>({
  code: 'PX1101',
  severity: 'error',
  title: 'Something is missing',
  message: ({ expected, found, place }) =>
    `${capital(expected)} is missing${place === undefined ? '' : ` in ${place}`}: ${found} stands where it should be.`,
  help: ({ help }) => help,
});

export const unexpected = define<{
  found: string;
  expected: readonly string[];
  place?: string;
  suggestion?: string;
  advice?: string;
}>({
  code: 'PX1102',
  severity: 'error',
  title: 'Something that cannot stand here',
  message: ({ found, place }) =>
    `${capital(found)} cannot stand here${place === undefined ? '' : ` in ${place}`}.`,
  help: ({ expected, suggestion, advice }) => {
    if (advice !== undefined) return advice;
    if (suggestion !== undefined) return `Did you mean ${suggestion}?`;
    return expected.length === 0 ? undefined : `Here can stand ${oneOf(expected)}.`;
  },
});

export const notADeclaration = define<{ found: string }>({
  code: 'PX1103',
  severity: 'error',
  title: 'Not the start of a declaration',
  message: ({ found }) => `${capital(found)} does not start a declaration.`,
  help: () =>
    'A file holds `package`, then `use`, then declarations: asset, twin, bind, scenario, test, view, const, unit, quantity.',
});

export const unclosedBlock = define<{ place: string }>({
  code: 'PX1105',
  severity: 'error',
  title: 'A block without its closing brace',
  message: ({ place }) => `The block of ${place} is never closed.`,
  help: () => "Add a '}' where it ends.",
});

export const wordOfTheLanguage = define<{ word: string }>({
  code: 'PX1106',
  severity: 'error',
  title: 'A word of the language used as a name',
  message: ({ word }) => `'${word}' is a word of the language and cannot be a name here.`,
  help: ({ word }) => `Choose another name, such as ${word}Value.`,
});

export const anotherLanguage = define<{ word: string; advice: string }>({
  code: 'PX1108',
  severity: 'error',
  title: 'A word of another language',
  message: ({ word }) => `'${word}' is no word of the language.`,
  help: ({ advice }) => advice,
});

export const tooDeep = define<{ isChain: boolean }>({
  code: 'PX1107',
  severity: 'error',
  title: 'Nested too deeply',
  message: ({ isChain }) =>
    isChain
      ? 'Too many operators follow each other in this expression for it to be read.'
      : 'The text is nested too deeply here to be read.',
  help: ({ isChain }) =>
    isChain
      ? 'Give parts of it names with `let`, or keep its terms in an array: `sum(term[*])`.'
      : 'Split the expression with `let`, or the rows and columns of a view into several.',
});

export const constraintFromATime = define<{ time: string }>({
  code: 'PX1109',
  severity: 'error',
  title: 'A constraint that begins at a time',
  message: ({ time }) =>
    `A constraint holds in the whole run, from its warm-up on: it has no 'after ${time}'.`,
  help: ({ time }) =>
    `Let all that counts begin later, as in \`run 1 h after warmup ${time}\`, or constrain a value that is harmless before: \`let late = if time > ${time} then level else 1 m\`.`,
});

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function oneOf(choices: readonly string[]): string {
  const last = choices[choices.length - 1] ?? '';
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(', ')} or ${last}`;
}
