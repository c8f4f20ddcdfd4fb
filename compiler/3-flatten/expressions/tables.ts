/**
 * Tables of the model that a system looks up, and where they bend: a table of values has a kink at each point, or a jump.
 * Where its argument is the time itself a step ends at each; elsewhere a crossing function finds them.
 */
import type { Block } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLimit, FlatLoop, FlatTable, TableAsk } from '../../ir/flat-expression.ts';
import { letIn } from '../../ir/lets.ts';
import type { Let } from '../../ir/lets.ts';
import { monotoneSlopes } from '../../ir/tables.ts';
import { loads, loopsIn, number, some, visit } from '../../ir/expressions.ts';
import type { Expression } from '../../model/expression.ts';
import { timeDerivative } from '../causality/index-reduction.ts';
import type { Flattening } from '../flattening.ts';
import { wrap } from '../../ir/lets.ts';

export type Lookup = Extract<FlatExpression, { kind: 'lookup' }>;

export function lowerLookup(
  flattening: Flattening,
  expression: Extract<Expression, { kind: 'lookup' }>,
  given: FlatExpression[],
): FlatExpression {
  const { tables, model } = flattening;
  let id = tables.findIndex(({ name }) => name === expression.table);
  if (id < 0) {
    const { parameters: _, ...points } = model.tables[expression.table]!;
    const slopes = points.between === 'cubic' ? { slopes: monotoneSlopes(points.x, points.values) } : {};
    id = tables.push({ ...points, ...slopes }) - 1;
  }
  return { kind: 'lookup', table: id, ask: { of: 'value', orders: given.map(() => 0) }, arguments: given };
}

/** The derivative by one of the arguments. */
export function steeper(lookup: Lookup, axis: number): FlatExpression {
  const { ask } = lookup;
  if (ask.of !== 'value') return number(0);
  const orders = ask.orders.map((order, at) => order + (at === axis ? 1 : 0));
  return { ...lookup, ask: { of: 'value', orders } };
}

/** A function whose sign changes at the kinks or jumps of what is looked up, and what is looked up by. */
export interface Bend {
  value: FlatExpression;
  argument: FlatExpression;
}

/** Those of a lookup, by each of its arguments. */
export function bendsOf(
  flattening: Flattening,
  lookup: Lookup,
  lets: readonly Let[],
  changes: (value: FlatExpression) => boolean,
): Bend[] {
  if (lookup.ask.of !== 'value' || lookup.smooth) return [];
  return lookup.arguments.flatMap((argument, axis) => {
    const value = wrap(lets, argument);
    if (!changes(value) || isClock(flattening, value)) return [];
    return bendsAt(flattening, lookup, axis, value);
  });
}

/** The same by one argument, that has this value. */
function bendsAt({ tables }: Flattening, lookup: Lookup, axis: number, value: FlatExpression): Bend[] {
  const table = tables[lookup.table]!;
  if (table.between === 'cubic')
    return table.outside === 'linear'
      ? []
      : endsOf(table, value).map((end) => ({ value: end, argument: value }));
  const ask: TableAsk = { of: 'bend', axis };
  // The other argument does not matter, but has its place.
  const given = lookup.arguments.map((_, at) => (at === axis ? value : number(0)));
  return [{ value: { kind: 'lookup', table: lookup.table, ask, arguments: given }, argument: value }];
}

/** Whether it bends and does not jump. */
export const isContinuous = ({ tables }: Flattening, { table, ask }: Lookup): boolean =>
  ask.of === 'value' &&
  ask.orders.every((order) => order === 0) &&
  tables[table]!.between !== 'previous' &&
  tables[table]!.outside !== 'error';

function endsOf({ x }: FlatTable, value: FlatExpression): FlatExpression[] {
  return [x[0]!, x.at(-1)!].map((end) => ({
    kind: 'binary',
    operator: '-',
    left: value,
    right: number(end),
  }));
}

/** Times beyond which no step goes, as what is looked up by the time bends there. */
export function limitsOf(flattening: Flattening, blocks: readonly Block[]): FlatLimit[] {
  const found = new Map<string, FlatLimit>();
  const add = ({ loops, value }: FlatLimit): void => {
    const used = loopsIn(value);
    const limit = { loops: loops.filter(({ variable }) => used.has(variable)), value };
    found.set(JSON.stringify(limit), limit);
  };
  const look = (expression: FlatExpression, loops: readonly FlatLoop[]): void =>
    visit(expression, (node, inner, lets) => {
      if (node.kind === 'delayed') {
        // No step is longer than what it looks back over, so that all it recalls has been.
        const value: FlatExpression = {
          kind: 'binary',
          operator: '+',
          left: { kind: 'time' },
          right: wrap(lets, node.duration),
        };
        add({ loops: [...loops, ...inner], value });
      }
      if (node.kind !== 'lookup' || node.ask.of !== 'value' || node.arguments.length !== 1) return;
      const argument = wrap(lets, node.arguments[0]!);
      if (!isClock(flattening, argument)) return;
      const value = limitAt(node.table, argument, flattening.tables[node.table]!);
      add({ loops: [...loops, ...inner], value });
    });
  for (const block of blocks) {
    if (block.kind === 'assign') look(block.value, block.loops);
    else block.residuals.forEach((residual) => look(residual, block.loops));
  }
  return [...found.values()];
}

const minus = (left: FlatExpression, right: FlatExpression): FlatExpression => ({
  kind: 'binary',
  operator: '-',
  left,
  right,
});

function limitAt(table: number, argument: FlatExpression, { between }: FlatTable): FlatExpression {
  const time: FlatExpression = { kind: 'time' };
  const knot: FlatExpression = { kind: 'lookup', table, ask: { of: 'next' }, arguments: [argument] };
  const at: FlatExpression =
    argument.kind === 'time'
      ? knot
      : { kind: 'binary', operator: '+', left: time, right: minus(knot, argument) };
  if (between !== 'previous') return at;
  // A step that ends on a jump would see both sides of it: one ends just before, and a tiny one leads across.
  const name = 'limit';
  const local: FlatExpression = { kind: 'local', name };
  const gap: FlatExpression = {
    kind: 'binary',
    operator: '*',
    left: number(16 * Number.EPSILON),
    right: { kind: 'call', function: 'abs', arguments: [local] },
  };
  const before = minus(local, gap);
  const isAhead: FlatExpression = { kind: 'binary', operator: '>', left: before, right: time };
  return letIn(name, at, { kind: 'conditional', condition: isAhead, then: before, else: local });
}

/** Whether a value runs with the time, second by second, and depends on nothing else that changes continuously. */
function isClock(flattening: Flattening, value: FlatExpression): boolean {
  const still = loads(value).every(({ load }) => {
    const { role, driven } = flattening.variables[load.variable]!;
    return ['parameter', 'input', 'discrete'].includes(role) && driven?.line === undefined;
  });
  if (!still || !some(value, ({ kind }) => kind === 'time')) return false;
  if (some(value, ({ kind }) => kind === 'conditional' || kind === 'lookup' || kind === 'reduction'))
    return false;
  const rate = timeDerivative(flattening, value, (variable) => variable);
  return rate.kind === 'number' && rate.value === 1;
}

/** Tells a reader of a run why a value is missing: where the tables that it looks up have none. */
export function sayWhereTablesEnd(flattening: Flattening, blocks: readonly Block[]): void {
  for (const block of blocks) {
    const values = block.kind === 'assign' ? [block.value] : block.residuals;
    const targets = block.kind === 'assign' ? [block.target] : block.unknowns;
    const texts = new Set<string>();
    for (const value of values)
      visit(value, (node) => {
        if (node.kind === 'lookup') rangeTexts(flattening, node.table).forEach((text) => texts.add(text));
      });
    if (texts.size === 0) continue;
    for (const { variable } of targets) {
      const flat = flattening.variables[variable]!;
      flat.lookedUp = [flat.lookedUp, ...texts].filter((text) => text !== undefined).join('; ');
    }
  }
}

/** `powerCurve has values for v from 3 m/s to 25 m/s`. */
function rangeTexts(flattening: Flattening, id: number): string[] {
  const { name, x, y, outside } = flattening.tables[id]!;
  if (outside !== 'error') return [];
  const short = name.slice(name.lastIndexOf('.') + 1);
  return flattening.model.tables[name]!.parameters.map(({ name: parameter, unit }, axis) => {
    const knots = axis === 0 ? x : y!;
    const [low, high] = [knots[0]!, knots.at(-1)!].map((end) =>
      Number((end / unit.factor - unit.offset).toPrecision(6)),
    );
    const label = unit.label === '' ? '' : ` ${unit.label}`;
    return `${short} has values for ${parameter} from ${low}${label} to ${high}${label}`;
  });
}
