/** Hybrid models as data: what a maker of models draws, a plain simulation walks, and Pollux gets as text. */

export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'name'; name: string }
  | { kind: 'time' }
  | { kind: 'binary'; operator: '+' | '-' | '*'; left: Expression; right: Expression }
  | { kind: 'call'; of: string; arguments: readonly Expression[] }
  | { kind: 'choice'; condition: Condition; yes: Expression; no: Expression };

export type Condition =
  | { kind: 'compare'; operator: '<' | '<=' | '>' | '>='; left: Expression; right: Expression }
  | { kind: 'and' | 'or'; left: Condition; right: Condition }
  | { kind: 'not'; of: Condition }
  | { kind: 'mode'; mode: Mode }
  | { kind: 'memory'; memory: Memory };

export interface Setting {
  name: string;
  value: Expression;
}

export interface Reaction {
  kind: 'when' | 'at' | 'every' | 'on' | 'after';
  id: number;
  condition?: Condition;
  direction?: 'rising' | 'falling' | '';
  /** s: of `for` and `after`. */
  wait?: number;
  /** s: of `every`. */
  period?: number;
  phase?: number;
  /** What `on` is for, and what is emitted. */
  event?: string;
  emits?: string;
  sets: readonly Setting[];
  goesTo?: Mode;
  history?: 'history' | 'deep history';
  /** `else when` of this one. */
  elseOf?: number;
  mode?: Mode;
}

export interface Mode {
  name: string;
  region: Region;
  entry: Setting[];
  exit: Setting[];
  regions: Region[];
  reactions: Reaction[];
  /** Of the let that each mode of the outermost block defines. */
  own?: Expression;
}

export interface Region {
  name: string;
  modes: Mode[];
  around?: Mode;
}

/** What looks back over time. */
export interface Memory {
  name: string;
  kind: 'hysteresis' | 'once' | 'historically' | 'since' | 'since within';
  value?: Expression;
  on: number;
  off: number;
  condition?: Condition;
  start?: Condition;
  /** s */
  window: number;
}

export interface Clocked {
  name: string;
  of: Expression;
  /** s */
  period: number;
}

export interface Alarm {
  name: string;
  raise: Condition;
  raiseWait: number;
  clear?: Condition;
  clearWait: number;
}

export interface Model {
  states: (Setting & { start: number })[];
  discretes: { name: string; start: number }[];
  lets: Setting[];
  delays: { name: string; of: string; by: number }[];
  memories: Memory[];
  sensors: Clocked[];
  means: (Clocked & { values: number })[];
  events: string[];
  reactions: Reaction[];
  block?: Region;
  /** The let that the modes define. */
  modal?: string;
  alarms: Alarm[];
}

export const modesOf = (region: Region | undefined): Mode[] =>
  (region?.modes ?? []).flatMap((mode) => [mode, ...mode.regions.flatMap(modesOf)]);

export const reactionsOf = ({ reactions, block }: Model): Reaction[] => [
  ...reactions,
  ...modesOf(block).flatMap((mode) => mode.reactions),
];

/** `Running.Fast`, as it stands behind `==`. */
function pathOf(mode: Mode): string {
  const { around, name } = mode.region;
  if (around === undefined) return mode.name;
  return [pathOf(around), ...(around.regions.length > 1 ? [name] : []), mode.name].join('.');
}

const signed = (value: number): string => (value < 0 ? `(${value})` : `${value}`);

function text(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return signed(expression.value);
    case 'name':
      return expression.name;
    case 'time':
      return '(time / 1 s)';
    case 'binary':
      return `(${text(expression.left)} ${expression.operator} ${text(expression.right)})`;
    case 'call':
      return `${expression.of}(${expression.arguments.map(text).join(', ')})`;
    case 'choice':
      return `(if ${textOf(expression.condition)} then ${text(expression.yes)} else ${text(expression.no)})`;
  }
}

function textOf(condition: Condition): string {
  switch (condition.kind) {
    case 'compare':
      return `${text(condition.left)} ${condition.operator} ${text(condition.right)}`;
    case 'and':
    case 'or':
      return `(${textOf(condition.left)} ${condition.kind} ${textOf(condition.right)})`;
    case 'not':
      return `(not (${textOf(condition.of)}))`;
    case 'mode':
      return `(m == ${pathOf(condition.mode)})`;
    case 'memory':
      return condition.memory.name;
  }
}

function memoryText({ kind, value, on, off, condition, start, window }: Memory): string {
  if (kind === 'hysteresis') return `hysteresis(${text(value!)}, ${on}, ${off})`;
  if (kind === 'once') return `once(${textOf(condition!)} within ${window} s)`;
  if (kind === 'historically') return `historically(${textOf(condition!)} for ${window} s)`;
  const within = kind === 'since' ? '' : ` within ${window} s`;
  return `since(${textOf(condition!)}, ${textOf(start!)}${within})`;
}

const settings = (list: readonly Setting[]): string =>
  list.map(({ name, value }) => `set ${name} = ${text(value)}`).join('\n');

/** Each counts itself and notes its time, so that all of what happens is among the values. */
function reactionText(reaction: Reaction): string {
  const { kind, id, condition, direction, wait, period, phase, event, emits, goesTo, history } = reaction;
  const target = goesTo === undefined ? '' : `-> ${history ? `${history}(${goesTo.name})` : goesTo.name} `;
  const emit = emits === undefined ? '' : `\nemit ${emits}`;
  const body = `${target}{\n${settings(reaction.sets)}\nset n${id} = n${id} + 1\nset t${id} = time / 1 s${emit}\n}`;
  const held = wait === undefined ? '' : ` for ${wait} s`;
  switch (kind) {
    case 'when':
      return `${reaction.elseOf === undefined ? '' : 'else '}when ${textOf(condition!)}${held} ${body}`;
    case 'at':
      return `at ${textOf(condition!)} ${direction} ${body}`;
    case 'every':
      return `every ${period} s${phase === undefined ? '' : ` after ${phase} s`} ${body}`;
    case 'after':
      return `after ${wait} s ${body}`;
    case 'on':
      return `on ${event}${condition === undefined ? '' : ` when ${textOf(condition)}`} ${body}`;
  }
}

function regionText({ modes }: Region, modal: string | undefined): string {
  return modes
    .map(({ name, entry, exit, regions, reactions, own }, at) =>
      [
        `${at === 0 ? 'initial ' : ''}${name} {`,
        own === undefined ? '' : `${modal} = ${text(own)}`,
        entry.length === 0 ? '' : `entry {\n${settings(entry)}\n}`,
        exit.length === 0 ? '' : `exit {\n${settings(exit)}\n}`,
        ...reactions.map(reactionText),
        ...regions.map((region) =>
          regions.length === 1
            ? regionText(region, modal)
            : `modes ${region.name} {\n${regionText(region, modal)}\n}`,
        ),
        '}',
      ].join('\n'),
    )
    .join('\n');
}

export function modelText(model: Model): string {
  const shown = (name: string, condition: string): string =>
    `let shown_${name} = if ${condition} then 1 else 0`;
  const held = (wait: number): string => (wait === 0 ? '' : ` for ${wait} s`);
  const lines = [
    ...[...model.states, ...model.discretes].map(({ name, start }) => `state ${name} = ${start}`),
    ...model.sensors.map(({ name, of, period }) => `sensor ${name} measures ${text(of)} every ${period} s`),
    ...model.means.map(
      ({ name, of, period, values }) =>
        `let ${name} = mean(${text(of)} over ${Number((values * period).toFixed(9))} s every ${period} s)`,
    ),
    ...model.delays.map(({ name, of, by }) => `let ${name} = delay(${of}, ${by} s)`),
    ...model.lets.map(({ name, value }) => `let ${name} = ${text(value)}`),
    ...(model.modal === undefined ? [] : [`let ${model.modal}: Number`]),
    ...model.memories.map((memory) => `let ${memory.name} = ${memoryText(memory)}`),
    ...model.events.map((name) => `event ${name}`),
    ...model.states.map(({ name, value }) => `der(${name}) = ${text(value)} / 1 s`),
    ...model.alarms.map(
      ({ name, raise, raiseWait, clear, clearWait }) =>
        `alarm ${name}: warning "w" {\nraise when ${textOf(raise)}${held(raiseWait)}\n${
          clear === undefined ? '' : `clear when ${textOf(clear)}${held(clearWait)}`
        }\n}`,
    ),
    ...reactionsOf(model).map(({ id }) => `state n${id} = 0\nstate t${id} = -1`),
    ...[...model.memories, ...model.alarms].map(({ name }) => shown(name, name)),
    ...modesOf(model.block).map((mode) => shown(mode.name, textOf({ kind: 'mode', mode }))),
    ...model.reactions.map(reactionText),
    model.block === undefined ? '' : `modes m {\n${regionText(model.block, model.modal)}\n}`,
  ];
  return `asset A {\n${lines.join('\n')}\n}\n`;
}
