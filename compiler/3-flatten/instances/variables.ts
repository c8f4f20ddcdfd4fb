import { hiddenVariable } from '../../ir/hidden.ts';
import { NO_UNIT } from '../../model/asset.ts';
import { BOOLEAN } from '../../model/expression.ts';
import type { Expression } from '../../model/expression.ts';
import type { Variable } from '../../model/asset.ts';
import type { FlatRole, FlatVariable, VariableId } from '../../ir/flat-system.ts';
import { draws } from '../expressions/draws.ts';
import { constant, join, nameOf } from './instances.ts';
import type { Group } from './instances.ts';
import type { Flattening } from '../flattening.ts';

/** Gives every variable of every group its role and its place in the list. */
export function declareVariables(flattening: Flattening): void {
  const { defined, derived } = scan(flattening.groups);
  for (const group of flattening.groups) {
    for (const variable of group.type.variables) {
      const whole = !group.sizes.has(variable.name);
      if (variable.role === 'fixed' && whole) continue;
      const key = `${group.path}/${variable.name}`;
      const id = add(
        flattening,
        group,
        variable,
        roleOf(group, variable, defined.has(key), derived.has(key)),
      );
      if (!derived.has(key)) continue;
      const state = flattening.variables[id]!;
      state.partner = flattening.variables.length;
      flattening.variables.push({
        ...withoutRange(state),
        name: `der(${state.name})`,
        role: 'derivative',
        quantity: '',
        unit: perSecond(state.unit),
        doc: '',
        partner: id,
        visible: false,
        final: false,
      });
    }
    for (const sensor of group.type.sensors) {
      const name = nameOf(group, sensor.name);
      const dims = [...group.dims, ...(group.sizes.get(sensor.name) ?? [])];
      const make = (field: string, boolean: boolean): VariableId =>
        flattening.variables.push(
          hiddenVariable({
            name: `${name}.${field}`,
            role: 'discrete',
            dims,
            type: boolean ? BOOLEAN : sensor.type,
            quantity: boolean ? 'Boolean' : sensor.quantity,
            unit: boolean ? NO_UNIT : sensor.unit,
            doc: sensor.doc,
            source: sensor.source,
          }),
        ) - 1;
      const range = boundsOf(sensor.range, group);
      group.sensors.set(sensor.name, flattening.sensors.length);
      flattening.sensors.push({
        name,
        dims,
        loops: [],
        target: { kind: 'number', value: 0 },
        ...range,
        measured: make('measured', false),
        predicted: make('predicted', false),
        stale: make('stale', true),
        type: sensor.type,
        quantity: sensor.quantity,
        unit: sensor.unit,
        doc: sensor.doc,
        source: sensor.source,
      });
    }
    for (const alarm of group.type.alarms) {
      group.alarms.set(alarm.name, flattening.alarms.length);
      flattening.alarms.push({
        name: join(group.path, alarm.name),
        dims: group.dims,
        severity: alarm.severity,
        message: alarm.message,
        active: flattening.variables.length,
        doc: alarm.doc,
        source: alarm.source,
      });
      flattening.variables.push(
        hiddenVariable({
          name: `${join(group.path, alarm.name)}.active`,
          role: 'discrete',
          dims: group.dims,
          type: BOOLEAN,
          quantity: 'Boolean',
          doc: alarm.doc,
          source: alarm.source,
        }),
      );
    }
  }
}

/** Of a state in degC the derivative is in K/s. */
export function perSecond({ text, label, factor, offset }: FlatVariable['unit']): FlatVariable['unit'] {
  if (offset !== 0) return { text: 'K/s', label: 'K/s', factor: 1, offset: 0 };
  return { text: `${text || '1'}/s`, label: `${label || '1'}/s`, factor, offset: 0 };
}

function add(flattening: Flattening, group: Group, variable: Variable, role: FlatRole): VariableId {
  const id = flattening.variables.length;
  const bounds = boundsOf(variable.range, group);
  const flat: FlatVariable = {
    name: nameOf(group, variable.name),
    role,
    dims: [...group.dims, ...(group.sizes.get(variable.name) ?? [])],
    type: variable.type,
    quantity: variable.quantity,
    unit: variable.unit,
    doc: variable.doc,
    ...bounds,
    visible: variable.hidden !== true,
    ...(variable.kpi ? { kpi: true as const } : {}),
    ...(variable.exposure === undefined ? {} : { exposure: variable.exposure }),
    ...(variable.labels === undefined ? {} : { labels: variable.labels }),
    ...(variable.flows ? { flows: variable.flows } : {}),
    final: variable.final || variable.role === 'fixed',
    source: group.part?.port ? group.part.source : variable.source,
  };
  flattening.variables.push(flat);
  group.variables.set(variable.name, id);
  return id;
}

function boundsOf(
  range: { low: Expression; high: Expression } | undefined,
  group: Group,
): { low?: number; high?: number } {
  if (!range) return {};
  const low = constant(range.low, group);
  const high = constant(range.high, group);
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}

function withoutRange(variable: FlatVariable): FlatVariable {
  const { low: _low, high: _high, ...rest } = variable;
  return rest;
}

function roleOf(group: Group, variable: Variable, defined: boolean, derived: boolean): FlatRole {
  switch (variable.role) {
    // One with a guess is found at the start, with the states, and stays as it is found.
    case 'param':
      return variable.start ? 'discrete' : 'parameter';
    case 'fixed':
      return 'parameter';
    case 'state':
      return derived ? 'state' : 'discrete';
    case 'let':
      return 'algebraic';
    case 'input':
      return defined || bindings(group, variable.name).length > 0 ? 'algebraic' : 'input';
  }
}

/** Overrides that tie an input to something that can change; plain values and drawn ones are where it starts. */
export function bindings(group: Group, name: string) {
  return (group.overrides.get(name) ?? []).filter(
    (one) => constant(one.value, one.writer) === undefined && !draws(one.value),
  );
}

/** Which inputs stand alone on the left of an equation, and which states have a derivative in one. */
function scan(groups: Group[]): { defined: Set<string>; derived: Set<string> } {
  const defined = new Set<string>();
  const derived = new Set<string>();
  for (const group of groups)
    for (const { left, right } of group.type.equations) {
      const place = left.kind === 'variable' && left.modifier === undefined ? find(group, left) : undefined;
      if (place) defined.add(place);
      for (const side of [left, right])
        each(side, (one) => {
          if (one.modifier === 'der') derived.add(find(group, one));
        });
    }
  return { defined, derived };
}

function find(group: Group, { reference }: Extract<Expression, { kind: 'variable' }>): string {
  let place = group;
  for (const { name } of reference.segments.slice(0, -1)) {
    const part = place.children.get(name);
    // What a link leads to is defined where it belongs.
    if (!part) return '';
    place = part;
  }
  return `${place.path}/${reference.segments.at(-1)!.name}`;
}

function each(expression: Expression, see: (one: Extract<Expression, { kind: 'variable' }>) => void): void {
  switch (expression.kind) {
    case 'variable':
      return see(expression);
    case 'unary':
      return each(expression.operand, see);
    case 'binary':
      each(expression.left, see);
      return each(expression.right, see);
    case 'conditional':
      each(expression.condition, see);
      each(expression.then, see);
      return each(expression.else, see);
    case 'window':
      return [expression.input, ...expression.parameters].forEach((one) => each(one, see));
    case 'call':
    case 'draw':
    case 'lookup':
    case 'linear':
      return expression.arguments.forEach((one) => each(one, see));
    case 'reduction':
      return each(expression.body, see);
    case 'delay':
      each(expression.value, see);
      each(expression.duration, see);
      return expression.most === undefined ? undefined : each(expression.most, see);
    case 'let':
      each(expression.value, see);
      return each(expression.body, see);
    default:
      return;
  }
}
