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
  '%': { advice: 'What is left by a division is mod(a, b); a share is a number with its unit, as in `2 %`.' },
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

const BY_WORD = new Map(Object.entries(WORDS));

export function habitOf(word: string): Habit | undefined {
  return BY_WORD.get(word);
}

const wait: Habit = { advice: 'Write `wait 5 min`, or `wait until door.open`.', text: 'wait' };
const arrive: Habit = { advice: 'Write `arrive every exponential(3 s)`.' };
const leave: Habit = { advice: 'Write `leave`, or let the process end.' };
const route: Habit = { advice: 'Write `choose 20 % -> repair, else -> leave`.' };
const use: Habit = {
  advice: 'Write `use machine for 5 s`: it takes a unit, keeps it for that time, and gives it back.',
};

/** Words that begin a step of a process elsewhere: AnyLogic, Arena, Simio, SimPy. */
const STEPS: Record<string, Habit> = {
  source: arrive,
  create: arrive,
  generate: arrive,
  sink: leave,
  dispose: leave,
  destroy: leave,
  delay: wait,
  timeout: wait,
  hold: wait,
  sleep: wait,
  service: use,
  serve: use,
  request: { advice: 'Write `seize machine`.', text: 'seize' },
  acquire: { advice: 'Write `seize machine`.', text: 'seize' },
  assign: { advice: 'Write `set weight = 3 kg`.', text: 'set' },
  decide: route,
  branch: route,
  select: route,
  route,
  if: route,
  while: { advice: 'Write `station again` and, later, `choose 20 % -> again`.' },
  conveyor: { advice: 'Write `convey belt 12 m at 0.5 m/s spacing 0.4 m`.', text: 'convey' },
  when: { advice: 'Write `wait until door.open`, or `choose level > 3 m -> full, else -> leave`.' },
  emit: { advice: 'Items change values: `set done = true`. A `when` of the asset emits what follows.' },
  free: { advice: 'Write `release machine`.', text: 'release' },
  goto: { advice: 'Write `go to scrap`.', text: 'go to' },
  fails: { advice: 'Write `breaks after weibull(1.6, 40 h)`.', text: 'breaks' },
  buffer: { advice: 'Write `queue buffer[20]`.', text: 'queue' },
  combine: { advice: 'Write `take 2 of rack`, where others stay in `store rack`.' },
  match: { advice: 'Write `take 2 of rack`, where others stay in `store rack`.' },
  separate: { advice: 'Write `unbatch` for what was batched, `split 3` for copies.' },
};

export function stepHabitOf(word: string): Habit | undefined {
  return Object.hasOwn(STEPS, word) ? STEPS[word] : undefined;
}
