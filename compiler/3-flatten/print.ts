import type { Block, FlatHandler, FlatSystem } from '../ir/flat-system.ts';
import type { FlatDraw, FlatExpression, FlatIndex, FlatLoop, FlatTarget } from '../ir/flat-expression.ts';
import type { FlatWidget } from '../ir/flat-shown.ts';
import { elementName } from './names.ts';

/** The whole system as text, in the modeller's names; numbers are in SI units, indexes one-based. */
export function printFlat(system: FlatSystem): string {
  const names = new Printer(system);
  const lines: string[] = [`system ${system.name}`];
  const section = (title: string, content: string[]) => {
    if (content.length > 0) lines.push('', title, ...content.map((line) => (line === '' ? '' : `  ${line}`)));
  };
  section(
    'variables',
    system.variables.map(({ name, role, dims, unit, type, low, high, visible }) => {
      const sizes = dims.length > 0 ? ` × ${dims.join(' × ')}` : '';
      const kind = type.base === 'number' ? unit.text || '1' : type.base;
      const range = low === undefined && high === undefined ? '' : ` in ${low ?? ''}..${high ?? ''}`;
      return `${role} ${name}${sizes}: ${kind}${range}${visible ? '' : ' (hidden)'}`;
    }),
  );
  section(
    'parameters',
    system.parameters.flatMap((block) => names.block(block)),
  );
  section(
    'start',
    system.start.flatMap((block) => names.block(block)),
  );
  section(
    'dynamics',
    system.dynamics.flatMap((block) => names.block(block)),
  );
  section(
    'outputs',
    system.outputs.flatMap((block) => names.block(block)),
  );
  section(
    'initially',
    [...system.guesses, ...system.initial].flatMap((block) => names.block(block)),
  );
  section(
    'projection',
    system.projection.flatMap((block) => names.block(block)),
  );
  section(
    'crossings',
    system.crossings.map(({ loops, value }) => `${names.expression(value)}${names.loops(loops)}`),
  );
  section(
    'poles',
    system.poles.map(({ loops, value }) => `${names.expression(value)}${names.loops(loops)}`),
  );
  section(
    'handlers',
    system.handlers.flatMap((handler) => names.handler(handler)),
  );
  section(
    'alarms',
    system.alarms.map(({ name, severity, message }) => `${name}: ${severity} ${JSON.stringify(message)}`),
  );
  section(
    'sensors',
    system.sensors.map(({ name, target, period, noise, low, high, loops }) => {
      const every = period ? ` every ${names.expression(period)} s` : '';
      const error = noise ? ` noise ${names.expression(noise).replace(/^draw /, '')}` : '';
      const range = low === undefined && high === undefined ? '' : ` range ${low ?? ''}..${high ?? ''}`;
      return `${name} measures ${names.expression(target)}${every}${error}${range}${names.loops(loops)}`;
    }),
  );
  section(
    'streams',
    system.streams.map(({ name, dims }) => `${name}${dims.length > 0 ? ` × ${dims.join(' × ')}` : ''}`),
  );
  section(
    'probes',
    system.probes.map(
      ({ text, value, unit, loops }, at) =>
        `${at}: ${text} = ${names.expression(value)}${unit.text === '' ? '' : ` as ${unit.text}`}${names.loops(loops)}`,
    ),
  );
  section(
    'scenarios',
    system.scenarios.flatMap(({ name, duration, method, seed, settings }) => [
      `${name}: ${duration} s, ${method.name} ${'tolerance' in method ? method.tolerance : method.step}, seed ${seed}`,
      ...settings.map(
        ({ variable, index, value }) =>
          `  ${index ? names.target({ variable, index }) : system.variables[variable]!.name} = ${value}`,
      ),
    ]),
  );
  section(
    'tests',
    system.tests.flatMap(({ name, scenario, requirements }) => [
      `${JSON.stringify(name)} on ${system.scenarios[scenario]?.name}`,
      ...requirements.map(
        (one) =>
          `  ${one.kind} ${one.condition}${one.margin === undefined ? '' : ` margin ${one.margin}`}: ${one.text}`,
      ),
    ]),
  );
  for (const view of system.views)
    section(
      `view ${JSON.stringify(view.title)}${view.derived ? ' (derived)' : ''}`,
      view.widgets.flatMap((one) => names.widget(one)),
    );
  section(
    'bindings',
    system.bindings.map(({ target, direction, protocol, arguments: given, unit }) => {
      const what =
        target.kind === 'sensor'
          ? indexed(system.sensors[target.sensor]!.name, target.index)
          : target.kind === 'command'
            ? indexed(system.events[target.command]!.name, target.index)
            : target.kind === 'alarm'
              ? indexed(system.alarms[target.alarm]!.name, target.index)
              : target.kind === 'input'
                ? names.target(target.target)
                : `probe ${target.probe}`;
      const values = Object.entries(given).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
      return `${what} ${direction} ${protocol}(${values.join(', ')})${unit.text ? ` as ${unit.text}` : ''}`;
    }),
  );
  return `${lines.join('\n')}\n`;
}

/** An expression in the modeller's names. */
export const expressionText = (system: FlatSystem, expression: FlatExpression): string =>
  new Printer(system).expression(expression);

function indexed(name: string, index: readonly number[]): string {
  let at = 0;
  return name.replaceAll('[]', () => {
    at += 1;
    return `[${index[at - 1]! + 1}]`;
  });
}

const binding: Record<string, number> = {
  or: 1,
  and: 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '^': 8,
};

class Printer {
  private readonly system: FlatSystem;

  constructor(system: FlatSystem) {
    this.system = system;
  }

  target({ variable, index }: FlatTarget): string {
    return elementName(this.system.variables[variable]!, index);
  }

  loops(loops: readonly FlatLoop[]): string {
    const texts = loops.map(({ variable, from, to, descending }) =>
      descending ? `${variable} in ${to}..${from + 1} down` : `${variable} in ${from + 1}..${to}`,
    );
    return texts.length === 0 ? '' : `  for ${texts.join(', ')}`;
  }

  block(block: Block): string[] {
    if (block.kind === 'assign')
      return [`${this.target(block.target)} := ${this.expression(block.value)}${this.loops(block.loops)}`];
    return [
      `solve ${block.unknowns.map((unknown) => this.target(unknown)).join(', ')}${this.loops(block.loops)}`,
      ...block.residuals.map((residual) => `  0 = ${this.expression(residual)}`),
      ...block.jacobian.map(
        ({ row, column, value }) => `  J[${row + 1}, ${column + 1}] = ${this.expression(value)}`,
      ),
    ];
  }

  handler(handler: FlatHandler): string[] {
    const { kind, name, condition, guard, duration, period, offset, turn, scheduled, edge, loops, actions } =
      handler;
    const parts = [
      condition ? ` when ${this.expression(condition)}` : '',
      edge === 'any' || edge === 'change' ? ' (each change)' : '',
      guard ? ` while ${this.expression(guard)}` : '',
      duration ? ` for ${this.expression(duration)} s` : '',
      period ? ` every ${this.expression(period)} s${handler.renewed ? ', renewed' : ''}` : '',
      offset ? ` after ${this.expression(offset)} s` : '',
      turn ? `, turn ${turn}` : '',
      scheduled ? ` at ${scheduled.time} s of scenario ${scheduled.scenario}` : '',
    ];
    return [
      `${kind} ${name}:${parts.join('')}${this.loops(loops)}`,
      ...actions.map(
        ({ target, value, guard: only }) =>
          `  set ${this.target(target)} = ${this.expression(value)}${only ? ` if ${this.expression(only)}` : ''}`,
      ),
    ];
  }

  widget(widget: FlatWidget): string[] {
    switch (widget.kind) {
      case 'row':
      case 'column':
        return [
          `${widget.kind}${widget.title ? ` ${JSON.stringify(widget.title)}` : ''}`,
          ...widget.widgets.flatMap((inner) => this.widget(inner)).map((line) => `  ${line}`),
        ];
      case 'gauge':
        return [`gauge ${widget.value} in ${widget.low ?? ''}..${widget.high ?? ''}`];
      case 'number':
        return [`number ${widget.value}`];
      case 'chart': {
        const series = widget.series.map(
          ({ probe, sensor, deviation }) =>
            `${probe}${sensor === undefined ? '' : ` (sensor ${sensor})`}${deviation === undefined ? '' : ` (sd ${deviation})`}`,
        );
        return [
          `chart ${JSON.stringify(widget.title)} ${series.join(', ')}${widget.window === undefined ? '' : ` over ${widget.window} s`}`,
        ];
      }
      case 'phase': {
        const over = widget.window === undefined ? '' : ` over ${widget.window} s`;
        return [`phase ${JSON.stringify(widget.title)} ${widget.value} against ${widget.base}${over}`];
      }
      case 'histogram':
        return [
          `histogram ${JSON.stringify(widget.title)} ${widget.series.join(', ')} over ${widget.runs} runs`,
        ];
      case 'modes':
        return [`modes ${widget.chart} ${widget.instance}`];
      case 'process':
        return [`process ${widget.process} ${widget.instance}`];
      case 'button':
        return [`button ${widget.command} ${widget.values.map((value) => value ?? '?').join(' ')}`.trimEnd()];
      case 'slider':
        return [`slider ${this.target(widget.target)} in ${widget.low}..${widget.high}`];
      case 'text':
        return [`text ${JSON.stringify(widget.content)}`];
      default:
        return [widget.kind];
    }
  }

  expression(expression: FlatExpression, around = 0): string {
    const wrap = (text: string, own: number) => (own < around ? `(${text})` : text);
    switch (expression.kind) {
      case 'number':
        return expression.value < 0 || Object.is(expression.value, -0)
          ? wrap(Object.is(expression.value, -0) ? '-0' : String(expression.value), 7)
          : String(expression.value);
      case 'time':
        return 'time';
      case 'position':
        return expression.offset === 1
          ? expression.loop
          : `(${expression.loop} ${expression.offset < 1 ? '-' : '+'} ${Math.abs(expression.offset - 1)})`;
      case 'load':
        return this.target(expression);
      case 'unary':
        return wrap(
          `${expression.operator === 'not' ? 'not ' : '-'}${this.expression(expression.operand, 7)}`,
          7,
        );
      case 'binary': {
        const own = binding[expression.operator]!;
        const power = expression.operator === '^';
        const left = this.expression(expression.left, power ? own + 1 : own);
        const right = this.expression(expression.right, power ? own : own + 1);
        return wrap(`${left} ${expression.operator} ${right}`, own);
      }
      case 'conditional': {
        const { condition, then, else: other } = expression;
        return wrap(
          `if ${this.expression(condition)} then ${this.expression(then)} else ${this.expression(other)}`,
          0.5,
        );
      }
      case 'call':
        return `${expression.function}(${expression.arguments.map((one) => this.expression(one)).join(', ')})`;
      case 'window': {
        const { statistic, capacity } = this.system.windows[expression.window]!;
        const given = [expression.input, ...expression.parameters].map((one) => this.expression(one));
        return `${statistic}(${given.join(', ')}${capacity > 0 ? ` over ${capacity}` : ''})`;
      }
      case 'blur':
        return `blur(${this.target(expression)})`;
      case 'sampled':
        return `sampled(${elementName(this.system.sensors[expression.sensor]!, expression.index)})`;
      case 'draw':
        return this.draw(expression);
      case 'delayed': {
        const { value, index } = this.system.delays[expression.delay]!;
        const at =
          index.length === 0
            ? ''
            : `[${expression.index.map((one) => (typeof one === 'number' ? one + 1 : one.loop)).join(', ')}]`;
        return `delay(${this.expression(value)}, ${this.expression(expression.duration)})${at}`;
      }
      case 'lookup': {
        const { ask, table } = expression;
        const what =
          ask.of === 'value' ? ask.orders.map((order) => "'".repeat(order)).join(',') : ` ${ask.of}`;
        const given = expression.arguments.map((one) => this.expression(one)).join(', ');
        return `${this.system.tables[table]!.name}${what.replace(/^,$/, '')}(${given})`;
      }
      case 'local':
        return expression.name;
      case 'let':
        return wrap(
          `let ${expression.name} = ${this.expression(expression.value)} in ${this.expression(expression.body)}`,
          0,
        );
      case 'attribute':
        return expression.slot < 0 ? 'age' : expression.slot === 0 ? 'priority' : `item.${expression.slot}`;
      case 'quantile':
        return `quantile(${this.system.variables[expression.histogram]!.name}, ${this.expression(expression.share)})`;
      case 'reduction': {
        const over = expression.loops.map(
          ({ variable, from, to }: FlatLoop) => `${variable} in ${from + 1}..${to}`,
        );
        return `${expression.operator}(${this.expression(expression.body)} for ${over.join(', ')})`;
      }
    }
  }

  draw({ distribution, arguments: given, within, score }: FlatDraw): string {
    const parameters = given.map((one) => this.expression(one)).join(', ');
    const bounds = within ? ` in ${this.expression(within.low)}..${this.expression(within.high)}` : '';
    return `draw ${distribution}(${parameters})${bounds}${score ? ` at score ${this.expression(score)}` : ''}`;
  }

  index(index: FlatIndex): string {
    return typeof index === 'number' ? String(index + 1) : index.loop;
  }
}
