/** Whether a request brings what it needs: what a client leaves out is said in its words, and nothing falls over. */

type Kind = 'string' | 'number' | 'objects' | 'strings' | 'object';

/** What requests cannot do without; `?` marks what may be left out. */
const NEEDS: Readonly<Record<string, Readonly<Record<string, Kind | `${Kind}?`>>>> = {
  launch: {
    program: 'string',
    root: 'string?',
    scenario: 'string?',
    test: 'string?',
    params: 'object?',
    seed: 'number?',
  },
  setBreakpoints: {
    source: 'object',
    'source.path': 'string?',
    breakpoints: 'objects?',
    'breakpoints.line': 'number',
  },
  setFunctionBreakpoints: { breakpoints: 'objects', 'breakpoints.name': 'string' },
  setDataBreakpoints: { breakpoints: 'objects', 'breakpoints.dataId': 'string' },
  setExceptionBreakpoints: { filters: 'strings', filterOptions: 'objects?' },
  breakpointLocations: { source: 'object', 'source.path': 'string?', line: 'number', endLine: 'number?' },
  scopes: { frameId: 'number' },
  variables: { variablesReference: 'number', start: 'number?', count: 'number?' },
  evaluate: { expression: 'string', frameId: 'number?' },
  completions: { text: 'string', column: 'number', frameId: 'number?' },
  setVariable: { variablesReference: 'number', name: 'string', value: 'string' },
  setExpression: { expression: 'string', value: 'string', frameId: 'number?' },
  dataBreakpointInfo: { name: 'string', variablesReference: 'number?', frameId: 'number?' },
  gotoTargets: { source: 'object', 'source.path': 'string?', line: 'number' },
  goto: { targetId: 'number' },
  'pollux/why': { name: 'string?', frameId: 'number?' },
  'pollux/lineValues': { path: 'string', frameId: 'number?' },
  'pollux/goToTime': { time: 'number' },
};

/** Texts of breakpoints, which all may be left out. */
const TEXTS = ['condition', 'hitCondition', 'logMessage'] as const;

/** What is missing or of the wrong kind, in words. */
export function wrongArguments(command: string, args: unknown): string | undefined {
  const needs = Object.hasOwn(NEEDS, command) ? NEEDS[command]! : {};
  if (!isObject(args)) return `${command} needs its arguments as an object.`;
  for (const [path, wanted] of Object.entries(needs)) {
    const kind = wanted.replace('?', '') as Kind;
    const [name = '', inner] = path.split('.');
    const values =
      inner === undefined
        ? [args[name]]
        : list(args[name]).map((one) => (isObject(one) ? one[inner] : undefined));
    for (const value of values) {
      if (value === undefined && wanted.endsWith('?')) continue;
      if (!isOf(kind, value)) return `${command} needs ${path}: ${WORDS[kind]}.`;
    }
  }
  for (const one of list(args['breakpoints']))
    for (const name of TEXTS)
      if (isObject(one) && one[name] !== undefined && typeof one[name] !== 'string')
        return `${command} needs breakpoints.${name}: a text.`;
  return undefined;
}

const WORDS: Record<Kind, string> = {
  string: 'a text',
  number: 'a number',
  objects: 'a list of objects',
  strings: 'a list of texts',
  object: 'an object',
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function isOf(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case 'string':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'object':
      return isObject(value);
    case 'objects':
      return Array.isArray(value) && value.every(isObject);
    case 'strings':
      return Array.isArray(value) && value.every((one) => typeof one === 'string');
  }
}
