import { NO_UNIT } from '../../model/asset.ts';
import { BOOLEAN } from '../../model/expression.ts';
import type { DisplayUnit } from '../../model/asset.ts';
import type { Expression, ValueType } from '../../model/expression.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import type { FlatProbe, ProbeId } from '../../ir/flat-system.ts';
import { letIn } from '../../ir/lets.ts';
import { both, loopName } from '../../ir/expressions.ts';
import { allRead, doubtIn, noneIn } from '../events/doubts.ts';
import { lower } from '../expressions/lower.ts';
import { scopeOf } from '../expressions/scope.ts';
import type { Flattening } from '../flattening.ts';
import { rankOf } from '../expressions/shapes.ts';
import { sizesIn } from '../expressions/vectors.ts';
import { asDifference } from '../../../runtime/contract/difference.ts';

/** The list of values that someone outside looks at; the same value in the same unit stands in it once. */
export class Probes {
  readonly list: FlatProbe[] = [];
  private readonly known = new Map<string, ProbeId>();
  private readonly flattening: Flattening;

  constructor(flattening: Flattening) {
    this.flattening = flattening;
  }

  add(probe: FlatProbe): ProbeId {
    const key = JSON.stringify([probe.text, probe.loops, probe.value, probe.unit]);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const labels =
      probe.value.kind === 'load' ? this.flattening.variables[probe.value.variable]?.labels : undefined;
    const id = this.list.push(labels === undefined ? probe : { ...probe, labels }) - 1;
    this.known.set(key, id);
    return id;
  }

  /** A value relative to the root; each `[*]` in it makes one instance for each element. */
  value(expression: Expression, text: string, unit: DisplayUnit): ProbeId {
    const { loops, value } = this.lowered(expression);
    const labels = expression.kind === 'call' ? expression.labels : undefined;
    const { base, dimension, scale } = expression.type;
    return this.add({
      text: seenOneByOne(expression, text),
      loops,
      value,
      type: { base, dimension, scale },
      unit,
      ...(labels === undefined ? {} : { labels }),
    });
  }

  condition(expression: Expression, text: string): { condition: ProbeId; margin?: ProbeId; doubt?: ProbeId } {
    const { loops, value } = this.lowered(expression);
    const condition = this.add({ text, loops, value, type: BOOLEAN, unit: NO_UNIT });
    const by = margin(value);
    const found = { condition, ...this.doubtful(text, loops, doubtIn(value, this.flattening.tables)) };
    if (!by) return found;
    const { unit, type } = comparedUnit(this.flattening, expression);
    return {
      ...found,
      margin: this.add({ text: `margin of ${text}`, loops, value: by, type, unit }),
    };
  }

  /** Of a value: true where it is no number. */
  doubt(expression: Expression, text: string): { doubt?: ProbeId } {
    const { loops, value } = this.lowered(expression);
    return this.doubtful(text, loops, noneIn(value, this.flattening.tables));
  }

  private doubtful(text: string, loops: FlatLoop[], value: FlatExpression | undefined): { doubt?: ProbeId } {
    if (value === undefined) return {};
    const read = allRead(value);
    const own = read === undefined ? value : both(value, read);
    return { doubt: this.add({ text: `doubt of ${text}`, loops, value: own, type: BOOLEAN, unit: NO_UNIT }) };
  }

  private lowered(expression: Expression): { loops: FlatLoop[]; value: FlatExpression } {
    const stars: FlatLoop[] = [];
    const scope = { ...scopeOf(this.flattening.groups[0]!), stars };
    // A vector as a whole is seen element by element.
    const own = sizesIn(this.flattening, expression, scope).shape.map((size, axis): FlatLoop => {
      scope.used.count += 1;
      return { variable: loopName(axis), from: 0, to: size };
    });
    const at = own.map((loop) => ({ loop: loop.variable, offset: 0 }));
    const value = lower(this.flattening, expression, { ...scope, at, loops: own });
    return { loops: [...stars, ...own], value };
  }
}

/** `x` as `x[*]`, where the elements of a vector get their indexes. */
function seenOneByOne(expression: Expression, text: string): string {
  const whole = expression.kind === 'variable' && !text.endsWith(']') ? rankOf(expression) : 0;
  return text.replaceAll('[*, *]', '[*][*]') + '[*]'.repeat(whole);
}

/** By how much a condition holds; undefined where some part of it is only true or false. */
function margin(condition: FlatExpression): FlatExpression | undefined {
  switch (condition.kind) {
    case 'unary': {
      const inner = condition.operator === 'not' ? margin(condition.operand) : undefined;
      return inner && { kind: 'unary', operator: 'negate', operand: inner };
    }
    case 'binary': {
      const { left, right } = condition;
      switch (condition.operator) {
        case '<':
        case '<=':
          return { kind: 'binary', operator: '-', left: right, right: left };
        case '>':
        case '>=':
          return { kind: 'binary', operator: '-', left, right };
        case 'and':
        case 'or': {
          const a = margin(left);
          const b = margin(right);
          if (!a || !b) return undefined;
          return { kind: 'call', function: condition.operator === 'and' ? 'min' : 'max', arguments: [a, b] };
        }
        default:
          return undefined;
      }
    }
    case 'let': {
      const body = margin(condition.body);
      return body && letIn(condition.name, condition.value, body);
    }
    case 'reduction': {
      if (condition.operator !== 'any' && condition.operator !== 'all') return undefined;
      const body = margin(condition.body);
      return body && { ...condition, operator: condition.operator === 'all' ? 'min' : 'max', body };
    }
    default:
      return undefined;
  }
}

/** The unit in which the bound of the first comparison is written, else that of a variable, as that of a difference. */
function comparedUnit(
  flattening: Flattening,
  expression: Expression,
): { unit: DisplayUnit; type: ValueType } {
  const type = (found?: ValueType): ValueType => ({
    base: 'number',
    dimension: found?.dimension ?? '1',
    scale: found && found.scale !== 'either' ? 'difference' : 'either',
  });
  const search = (one: Expression): { unit: DisplayUnit; type: ValueType } | undefined => {
    switch (one.kind) {
      case 'binary':
        return search(one.left) ?? search(one.right);
      case 'unary':
        return search(one.operand);
      case 'reduction':
        return search(one.body);
      case 'let':
        return search(one.value) ?? search(one.body);
      case 'variable': {
        let group = flattening.groups[0]!;
        for (const { name } of one.reference.segments.slice(0, -1)) group = group.children.get(name) ?? group;
        const { name } = one.reference.segments.at(-1)!;
        const id = group.variables.get(name);
        const sensor = group.sensors.get(name);
        const of =
          id !== undefined
            ? flattening.variables[id]
            : sensor !== undefined
              ? flattening.sensors[sensor]
              : undefined;
        return of && { unit: asDifference(of.unit), type: type(of.type) };
      }
      default:
        return undefined;
    }
  };
  const compared = firstComparison(expression);
  const bound = [compared?.right, compared?.left].find((side) => side?.kind === 'number');
  if (bound?.kind === 'number' && bound.shown !== undefined)
    return { unit: asDifference(bound.shown), type: type(bound.type) };
  const own =
    compared && (compared.left.kind === 'variable' || compared.right.kind === 'variable')
      ? search(compared)
      : undefined;
  if (own) return own;
  const dimension = compared?.left.type.dimension ?? '1';
  const alike =
    dimension === '1' ? undefined : flattening.variables.find((one) => one.type.dimension === dimension);
  return { unit: alike ? asDifference(alike.unit) : NO_UNIT, type: type(compared?.left.type) };
}

function firstComparison(expression: Expression): Extract<Expression, { kind: 'binary' }> | undefined {
  switch (expression.kind) {
    case 'binary':
      if (expression.operator === 'and' || expression.operator === 'or')
        return firstComparison(expression.left) ?? firstComparison(expression.right);
      return expression;
    case 'unary':
      return firstComparison(expression.operand);
    case 'reduction':
    case 'let':
      return firstComparison(expression.body);
    default:
      return undefined;
  }
}
