/** What processes, queues and resources tell of themselves as variables, and statistics of it. */
import { NUMBER } from '../../model/expression.ts';
import { NO_UNIT } from '../../model/asset.ts';
import type { StatisticExpression } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import type { FlatExpression, FlatIndex } from '../../ir/flat-expression.ts';
import type { VariableId } from '../../ir/flat-system.ts';
import type { FlatLevel, FlatTally } from '../../ir/process.ts';
import { BUCKETS } from '../../ir/histogram.ts';
import { number } from '../../ir/expressions.ts';
import { join } from './instances.ts';
import type { Group } from './instances.ts';
import { lower } from '../expressions/lower.ts';
import { placeOf } from '../expressions/places.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from '../expressions/scope.ts';

/** Statistics that somebody asks for, by the variable or the process or queue that they are of. */
export interface Statistics {
  levels: Map<VariableId, FlatLevel>;
  tallies: Map<string, Omit<FlatTally, 'of'>>;
}

/** Each queue, process and resource as variables of its asset: `bottle.left` is found by that name in the group. */
export function declareMeasures(flattening: Flattening): void {
  for (const group of flattening.groups) {
    const declare = (of: string, fields: readonly string[], source: SourceRange, doc = ''): void => {
      for (const field of fields) {
        const name = `${of}.${field}`;
        group.variables.set(name, hidden(flattening, group, name, [], source, true, doc));
      }
    };
    for (const { name, breaks, shifts, source } of group.type.resources)
      declare(
        name,
        ['busy', 'blocked', 'waiting', ...(breaks ? ['down'] : []), ...(shifts ? ['onDuty'] : [])],
        source,
      );
    for (const { name, steps, source } of group.type.processes) {
      const full = steps.some((step) => step.kind === 'queue' && step.full === 'balk');
      const patient = steps.some((step) => step.kind === 'queue' && step.patience);
      declare(name, ['arrived', 'left', 'inside'], source);
      if (full) declare(name, ['balked'], source);
      if (patient) declare(name, ['reneged'], source);
      for (const step of steps) {
        if (step.kind === 'queue' || step.kind === 'convey') declare(step.name, ['length'], step.source);
        if (step.kind === 'exit') declare(name, [step.name], step.source);
      }
    }
  }
}

function hidden(
  flattening: Flattening,
  group: Group,
  name: string,
  cells: readonly number[],
  source: SourceRange,
  visible: boolean,
  doc = '',
): VariableId {
  return (
    flattening.variables.push({
      name: join(group.path, name) + cells.map(() => '[]').join(''),
      role: 'discrete',
      dims: [...group.dims, ...cells],
      type: { ...NUMBER, base: cells.length === 0 ? 'integer' : 'number' },
      quantity: cells.length === 0 ? 'Integer' : 'Number',
      unit: NO_UNIT,
      doc,
      visible,
      final: false,
      source,
    }) - 1
  );
}

/** A measure's variable; one that nothing changes, such as the broken units of what never breaks, is 0. */
export function measure(group: Group, name: string, index: FlatIndex[]): FlatExpression {
  const id = group.variables.get(name);
  return id === undefined ? number(0) : { kind: 'load', variable: id, index };
}

export function statistic(
  flattening: Flattening,
  { operator, reference, share, source }: StatisticExpression,
  scope: Scope,
): FlatExpression {
  const { group, name, index } = placeOf(flattening, reference, scope, source);
  const field = reference.target.kind === 'measure' ? reference.target.field : '';
  if (operator === 'utilisation') {
    const { size, shifts } = group.type.resources.find((one) => one.name === name) ?? {};
    const there: Scope = { ...scope, group, index, named: new Map() };
    const ofTime = (field: string): FlatExpression =>
      mean(flattening, group, `${name}.${field}`, index, source);
    const works = minus(ofTime('busy'), ofTime('blocked'));
    if (shifts !== undefined) return divided(works, atLeast(ofTime('onDuty'), 1e-9));
    if (size === undefined) return works;
    const units = lower(flattening, size, there);
    const areSome = units.kind === 'number' && units.value >= 1;
    // Of no units none work.
    return divided(works, areSome ? units : atLeast(units, 1e-9));
  }
  if (field === 'stay' || field === 'wait') {
    const tally = tallyOf(flattening, group, name, operator === 'quantile', source);
    const cell = (at: number): FlatExpression => ({
      kind: 'load',
      variable: tally.statistic,
      index: [...index, at],
    });
    if (operator === 'quantile')
      return {
        kind: 'quantile',
        histogram: tally.histogram!,
        index,
        share: share ? lower(flattening, share, scope) : number(0.5),
      };
    return operator === 'max' ? cell(4) : divided(cell(1), atLeast(cell(0), 1));
  }
  const key = `${name}.${field}`;
  const variable = group.variables.get(key);
  if (variable === undefined) return number(0);
  if (operator === 'mean') return mean(flattening, group, key, index, source);
  const level = levelOf(flattening, group, key, source);
  const cell = (at: number): FlatExpression => ({ kind: 'load', variable: level, index: [...index, at] });
  if (operator === 'max') return cell(2);
  const now: FlatExpression = { kind: 'load', variable, index };
  return divided(minus(now, cell(4)), elapsed(cell(3)));
}

/** Time-weighted, up to now. */
function mean(
  flattening: Flattening,
  group: Group,
  key: string,
  index: FlatIndex[],
  source: SourceRange,
): FlatExpression {
  const variable = group.variables.get(key);
  if (variable === undefined) return number(0);
  const level = levelOf(flattening, group, key, source);
  const cell = (at: number): FlatExpression => ({ kind: 'load', variable: level, index: [...index, at] });
  const now: FlatExpression = { kind: 'load', variable, index };
  const since: FlatExpression = {
    kind: 'binary',
    operator: '*',
    left: now,
    right: minus({ kind: 'time' }, cell(1)),
  };
  return divided({ kind: 'binary', operator: '+', left: cell(0), right: since }, elapsed(cell(3)));
}

const minus = (left: FlatExpression, right: FlatExpression): FlatExpression => ({
  kind: 'binary',
  operator: '-',
  left,
  right,
});
const divided = (left: FlatExpression, right: FlatExpression): FlatExpression => ({
  kind: 'binary',
  operator: '/',
  left,
  right,
});
const atLeast = (value: FlatExpression, least: number): FlatExpression => ({
  kind: 'call',
  function: 'max',
  arguments: [value, number(least)],
});
/** At the very start nothing has been counted yet, so any short time serves. */
const elapsed = (start: FlatExpression): FlatExpression => atLeast(minus({ kind: 'time' }, start), 1e-9);

function levelOf(flattening: Flattening, group: Group, key: string, source: SourceRange): VariableId {
  const variable = group.variables.get(key)!;
  const known = flattening.statistics.levels.get(variable);
  if (known) return known.statistic;
  const made = hidden(flattening, group, `${key} over time`, [5], source, false);
  flattening.statistics.levels.set(variable, { variable, statistic: made });
  return made;
}

export const tallyKey = (group: Group, name: string): string => `${group.path}/${name}`;

function tallyOf(
  flattening: Flattening,
  group: Group,
  name: string,
  quantiles: boolean,
  source: SourceRange,
): Omit<FlatTally, 'of'> {
  const key = tallyKey(group, name);
  const { tallies } = flattening.statistics;
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = { statistic: hidden(flattening, group, `${name} times`, [5], source, false) };
    tallies.set(key, tally);
  }
  if (quantiles && tally.histogram === undefined)
    tally.histogram = hidden(flattening, group, `${name} times by size`, [BUCKETS], source, false);
  return tally;
}
