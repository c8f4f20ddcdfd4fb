/** What is read by a name: a variable or its derivative, a field of a sensor, a measure, an alarm, what an item carries. */
import type { Expression } from '../../model/expression.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { derivativeMissing } from '../../diagnostics/flattening.ts';
import { measure } from '../instances/measures.ts';
import { nameOf } from '../instances/instances.ts';
import { number } from '../../ir/expressions.ts';
import type { Scope } from './scope.ts';
import type { Flattening } from '../flattening.ts';
import { readDeviation, readSurprise } from '../studies/estimated.ts';
import { placeOf } from './places.ts';
import { lower } from './lower.ts';

export function lowerRead(
  flattening: Flattening,
  expression: Extract<Expression, { kind: 'variable' }>,
  scope: Scope,
): FlatExpression {
  const { reference, source } = expression;
  if (reference.target.kind === 'item') {
    const slot = scope.items?.get(reference.segments.at(-1)!.name);
    if (slot === undefined) throw new Error('The checked model reads an item outside of a process');
    return { kind: 'attribute', slot };
  }
  const { group, name, index } = placeOf(flattening, reference, scope, source);
  const load = (id: number): FlatExpression => ({ kind: 'load', variable: id, index });
  if (reference.target.kind === 'measure') return measure(group, `${name}.${reference.target.field}`, index);
  if (reference.target.kind === 'alarm') return load(flattening.alarms[group.alarms.get(name)!]!.active);
  if (reference.target.kind === 'sensor') {
    const sensor = flattening.sensors[group.sensors.get(name)!]!;
    const declared = group.type.sensors.find((one) => one.name === name)!;
    switch (reference.target.field) {
      case 'measured':
        return load(sensor.measured);
      case 'predicted':
        return load(sensor.predicted);
      case 'stale':
        return load(sensor.stale);
      case 'age': {
        const when: FlatExpression = { kind: 'sampled', sensor: group.sensors.get(name)!, index };
        // Before the first sample: as long as the run has lasted.
        const known: FlatExpression = { kind: 'binary', operator: '==', left: when, right: when };
        const last: FlatExpression = { kind: 'conditional', condition: known, then: when, else: number(0) };
        return { kind: 'binary', operator: '-', left: { kind: 'time' }, right: last };
      }
      case 'surprise':
        return load(readSurprise(flattening, group.sensors.get(name)!, index, source));
      case 'residual':
        return { kind: 'binary', operator: '-', left: load(sensor.measured), right: load(sensor.predicted) };
      case 'outOfRange': {
        if (!declared.range) return number(0);
        const there: Scope = {
          group,
          index: index.slice(0, group.dims.length),
          named: new Map(),
          loops: scope.loops,
          used: scope.used,
        };
        return outside(
          load(sensor.measured),
          lower(flattening, declared.range.low, there),
          lower(flattening, declared.range.high, there),
        );
      }
    }
  }
  const fixed = group.fixed.get(name);
  const sizes = group.sizes.get(name) ?? [];
  const own = index.slice(index.length - sizes.length);
  if (fixed && own.every((one) => typeof one === 'number'))
    return number(fixed[own.reduce((position, at, axis) => position * sizes[axis]! + at, 0)]!);
  const id = group.variables.get(name);
  if (id === undefined) throw new Error(`The checked model lacks ${group.type.name}.${name}`);
  if (reference.target.kind === 'deviation') return load(readDeviation(flattening, id, index, source));
  if (expression.modifier !== 'der') return load(id);
  const { partner } = flattening.variables[id]!;
  if (partner !== undefined) return load(partner);
  flattening.diagnostics.push(report(derivativeMissing, { name: nameOf(group, name) }, source));
  return number(0);
}

/** Whether a value is not between two others. */
export function outside(value: FlatExpression, low: FlatExpression, high: FlatExpression): FlatExpression {
  return {
    kind: 'binary',
    operator: 'or',
    left: { kind: 'binary', operator: '<', left: value, right: low },
    right: { kind: 'binary', operator: '>', left: value, right: high },
  };
}
