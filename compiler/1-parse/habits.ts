/** What people write who come from other languages, and what is written here. */

export interface Habit {
  advice: string;
  /** What takes its place, where that is plain. */
  text?: string;
}

/** Characters that the lexer does not know. */
export const CHARACTERS: Record<string, Habit> = {
  ';': { advice: 'A line needs no terminator; a second statement stands on a line of its own.', text: '' },
  '&': { advice: 'Write `and`.', text: 'and' },
  '&&': { advice: 'Write `and`.', text: 'and' },
  '|': { advice: 'Write `or`.', text: 'or' },
  '||': { advice: 'Write `or`.', text: 'or' },
  '!': { advice: 'Write `not`.', text: 'not ' },
  '?': { advice: 'Write `if … then … else …`.' },
  '#': { advice: 'A comment begins with //.', text: '//' },
  '@': { advice: 'Names are made of letters, digits and _.' },
  "'": { advice: 'A text stands in double quotes.' },
  '×': { advice: 'Write `*`.', text: '*' },
  '·': { advice: 'Write `*`.', text: '*' },
  '−': { advice: 'Write `-`.', text: '-' },
  '≤': { advice: 'Write `<=`.', text: '<=' },
  '≥': { advice: 'Write `>=`.', text: '>=' },
  '≠': { advice: 'Write `!=`.', text: '!=' },
  '²': { advice: 'Write `^2`.', text: '^2' },
  '³': { advice: 'Write `^3`.', text: '^3' },
};

const declare: Habit = {
  advice:
    'Write `param` for what is chosen, `input` for what comes from outside, `state` for what is remembered, `let` for the rest.',
};
const asset: Habit = { advice: 'Write `asset`.', text: 'asset' };
const equations: Habit = { advice: 'Equations stand in the asset itself, without a heading.' };
const join: Habit = { advice: 'Write `join a, b`.' };
const requirement: Habit = {
  advice: 'In a test write `require always …` or `expect …`, in an asset `alarm`.',
};

/** Words that begin a statement elsewhere: Modelica, SysML, Simulink, Python and their kin. */
const WORDS: Record<string, Habit> = {
  parameter: { advice: 'Write `param`.', text: 'param' },
  Parameter: { advice: 'Write `param`.', text: 'param' },
  constant: { advice: 'Write `fixed` in an asset, `const` in a file.', text: 'fixed' },
  Real: declare,
  real: declare,
  Integer: declare,
  integer: declare,
  int: declare,
  float: declare,
  double: declare,
  number: declare,
  Boolean: declare,
  boolean: declare,
  bool: declare,
  var: declare,
  variable: declare,
  attribute: declare,
  attr: declare,
  model: asset,
  class: asset,
  block: asset,
  component: asset,
  entity: asset,
  agent: asset,
  interface: { advice: 'What flows where assets are joined is a `port`.', text: 'port' },
  connector: { advice: 'What flows where assets are joined is a `port`.', text: 'port' },
  equation: equations,
  equations: equations,
  algorithm: equations,
  begin: equations,
  end: { advice: 'A block ends with }.' },
  connect: join,
  connection: join,
  import: { advice: 'Write `use package.name`.', text: 'use' },
  include: { advice: 'Write `use package.name`.', text: 'use' },
  using: { advice: 'Write `use package.name`.', text: 'use' },
  from: { advice: 'Write `use package.name: Name`.' },
  assert: requirement,
  requirement,
  constraint: requirement,
  reinit: { advice: 'To change a state at an event, write `set x = …` in a `when`.' },
  while: { advice: 'What is done again and again stands in `every 1 s { … }`.', text: 'every' },
  loop: { advice: 'What is done again and again stands in `every 1 s { … }`.', text: 'every' },
  enum: { advice: 'States that exclude each other are `modes`.', text: 'modes' },
  statemachine: { advice: 'States that exclude each other are `modes`.', text: 'modes' },
  transition: { advice: 'A transition stands in its mode: `when level > 3 m -> Full`.' },
  signal: declare,
  plot: { advice: 'What is shown stands in a `view`: `chart a, b`.' },
  simulate: { advice: 'A run is a `scenario`.', text: 'scenario' },
  simulation: { advice: 'A run is a `scenario`.', text: 'scenario' },
  instance: { advice: 'An asset inside another is a `part`, one by itself a `twin`.', text: 'part' },
  def: { advice: 'Write `function name(x: Quantity) = …`.', text: 'function' },
};

export function habitOf(word: string): Habit | undefined {
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}
