/**
 * What in a system moves with some of its variables and matters to some of its probes, and the first thing among that whose
 * derivative is not what its symbols say: a jump, a draw, a sample. What does neither is not looked at.
 */
import type { Block, FlatHandler, FlatSystem, ProbeId, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import { children, comparisons } from '../../ir/expressions.ts';
import { substituteLocal } from '../../ir/lets.ts';
import { changes, moving } from '../events/crossings.ts';

export interface Active {
  /** Variables that move and matter. */
  variables: ReadonlySet<VariableId>;
  /** All that matters, whether it moves or not. */
  matters: ReadonlySet<VariableId>;
  moves(expression: FlatExpression): boolean;
}

export function activeIn(
  system: FlatSystem,
  chosen: ReadonlySet<VariableId>,
  probes: readonly ProbeId[],
  scenario: number | undefined,
): Active {
  const steps = stepsOf(system, scenario);
  const moved = new Set(chosen);
  for (let before = -1; before !== moved.size;) {
    before = moved.size;
    for (const { to, from } of steps) if (from.some((id) => moved.has(id))) to.forEach((id) => moved.add(id));
  }
  const matters = new Set(probes.flatMap((probe) => readsOf(system, system.probes[probe]!.value)));
  for (let before = -1; before !== matters.size;) {
    before = matters.size;
    for (const { to, from } of steps)
      if (to.some((id) => matters.has(id))) from.forEach((id) => matters.add(id));
  }
  const variables = new Set([...moved].filter((id) => matters.has(id)));
  const moves = (expression: FlatExpression): boolean =>
    readsOf(system, expression).some((id) => moved.has(id));
  return { variables, matters, moves };
}

interface Step {
  from: readonly VariableId[];
  to: readonly VariableId[];
}

/** Who is computed from whom, by whatever way. */
function stepsOf(system: FlatSystem, scenario: number | undefined): Step[] {
  const { variables, sensors, delays } = system;
  const read = (...values: (FlatExpression | undefined)[]): VariableId[] =>
    values.flatMap((value) => (value === undefined ? [] : readsOf(system, value)));
  return [
    ...blocksOf(system).map((block): Step =>
      block.kind === 'assign'
        ? { from: read(block.value), to: [block.target.variable] }
        : { from: read(...block.residuals), to: block.unknowns.map(({ variable }) => variable) },
    ),
    ...variables.flatMap(({ role, partner }, id): Step[] =>
      role === 'derivative' ? [{ from: [id], to: [partner!] }] : [],
    ),
    ...handlersIn(system, scenario).flatMap((handler) =>
      handler.actions.map(({ target, value, guard }): Step => ({
        from: read(value, guard, ...whenOf(handler)),
        to: [target.variable],
      })),
    ),
    ...sensors.map(({ target, noise, period, measured, predicted, stale }): Step => ({
      from: read(target, noise, period),
      to: [measured, predicted, stale],
    })),
    ...delays.map(({ value, most, times, values, count }): Step => ({
      from: read(value, most),
      to: [times, values, count],
    })),
  ];
}

const blocksOf = (system: FlatSystem): Block[] => [
  ...system.parameters,
  ...system.start,
  ...system.guesses,
  ...system.initial,
  ...system.dynamics,
  ...system.outputs,
  ...system.projection,
];

/** Those that may fire in a run of the scenario. */
export const handlersIn = ({ handlers }: FlatSystem, scenario: number | undefined): FlatHandler[] =>
  handlers.filter(({ scheduled }) => scheduled === undefined || scheduled.scenario === scenario);

/** All that says when a handler fires. */
export const whenOf = ({ condition, guard, duration, period, offset }: FlatHandler): FlatExpression[] =>
  [condition, guard, duration, period, offset].filter((one) => one !== undefined);

function readsOf(system: FlatSystem, expression: FlatExpression): VariableId[] {
  const own =
    expression.kind === 'load'
      ? [expression.variable]
      : expression.kind === 'quantile'
        ? [expression.histogram]
        : expression.kind === 'delayed'
          ? [system.delays[expression.delay]!.values]
          : expression.kind === 'sampled'
            ? [system.sensors[expression.sensor]!.measured]
            : [];
  return [...own, ...children(expression).flatMap((child) => readsOf(system, child))];
}

/** In words of the modeller, after “because”; undefined where all is smooth but for what changes at events. */
export function firstJump(
  system: FlatSystem,
  { variables, moves }: Active,
  probes: readonly ProbeId[],
  scenario: number | undefined,
): string | undefined {
  if (system.flow !== undefined) return 'items go through its processes one by one';
  const nameOf = (id: VariableId): string => system.variables[id]!.name.replaceAll('[]', '[*]');
  for (const { measured, predicted, stale, name } of system.sensors)
    if ([measured, predicted, stale].some((id) => variables.has(id)))
      return `it depends on what the sensor ${name.replaceAll('[]', '[*]')} last measured`;
  for (const id of variables) {
    const driven = system.scenarios[scenario ?? -1]?.drives.some(({ variable }) => variable === id);
    if (driven === true) return `${nameOf(id)} follows the scenario`;
  }
  const running = [...system.dynamics, ...system.outputs];
  const flows = moving(system, running);
  const flowing = new Set<Block>([...running, ...system.initial, ...system.projection]);
  for (const block of blocksOf(system)) {
    const targets = block.kind === 'assign' ? [block.target] : block.unknowns;
    const first = targets.find(({ variable }) => variables.has(variable));
    if (first === undefined) continue;
    const values = block.kind === 'assign' ? [block.value] : block.residuals;
    for (const value of values) {
      const jump = jumpIn(system, value, moves, flowing.has(block) ? flows : undefined);
      if (jump !== undefined) return `the equation of ${nameOf(first.variable)} ${jump}`;
    }
  }
  for (const block of system.initial)
    if (
      block.residuals.length < block.unknowns.length &&
      block.unknowns.some(({ variable }) => variables.has(variable))
    )
      return `${block.name} starts as near as its equations allow`;
  for (const handler of handlersIn(system, scenario)) {
    const set = handler.actions.find(({ target }) => variables.has(target.variable));
    if (set === undefined) continue;
    const name = nameOf(set.target.variable);
    const own = handler.name.replaceAll('[]', '[*]');
    const waits = [handler.duration, handler.period, handler.offset].filter((one) => one !== undefined);
    if (waits.some(moves)) return `when ${name} is set (${own}) waits for as long as is chosen`;
    if (handler.duration !== undefined && whenOf(handler).some(moves))
      return `when ${name} is set (${own}) waits from a time that depends on what is chosen`;
    for (const { value, target } of handler.actions) {
      if (!variables.has(target.variable)) continue;
      const jump = jumpIn(system, value, moves, undefined);
      if (jump !== undefined) return `what sets ${nameOf(target.variable)} ${jump}`;
    }
  }
  for (const probe of probes) {
    const { text, value } = system.probes[probe]!;
    const jump = jumpIn(system, value, moves, flows);
    if (jump !== undefined) return `${text} ${jump}`;
  }
  return undefined;
}

const STEPS: ReadonlySet<string> = new Set([
  'sign',
  'floor',
  'ceil',
  'round',
  'trunc',
  'mod',
  'most',
  'atan2',
]);

/** What makes the value jump, or unknown beforehand; where it is computed all the time, `flows` is what moves with that. */
function jumpIn(
  system: FlatSystem,
  expression: FlatExpression,
  moves: (expression: FlatExpression) => boolean,
  flows: ReadonlySet<VariableId> | undefined,
): string | undefined {
  // A value by name moves as the value does.
  if (expression.kind === 'let')
    return (
      jumpIn(system, expression.value, moves, flows) ??
      jumpIn(system, substituteLocal(expression.body, expression.name, expression.value), moves, flows)
    );
  if (!moves(expression)) return undefined;
  switch (expression.kind) {
    case 'conditional':
      if (flows !== undefined && switches(expression.condition, moves, flows))
        return 'has an if that what is chosen decides';
      break;
    case 'call':
      if (expression.steep) return 'has a root that is zero where a sign changes, infinitely steep';
      if (STEPS.has(expression.function) && expression.smooth !== true)
        return `has a ${expression.function}, which jumps`;
      break;
    case 'lookup':
      if (system.tables[expression.table]!.between === 'previous' && expression.smooth !== true)
        return `looks up ${system.tables[expression.table]!.name}, which jumps`;
      break;
    case 'draw':
      return 'has a draw that what is chosen moves';
    case 'delayed':
      return 'looks back by a delay';
    case 'window':
      return 'has a statistic over time';
    case 'quantile':
    case 'sampled':
      return 'counts events';
    default:
  }
  for (const child of children(expression)) {
    const jump = jumpIn(system, child, moves, flows);
    if (jump !== undefined) return jump;
  }
  return undefined;
}

/** Whether what is chosen moves the time at which a comparison changes, that is not said to be smooth. */
function switches(
  condition: FlatExpression,
  moves: (expression: FlatExpression) => boolean,
  flows: ReadonlySet<VariableId>,
): boolean {
  if (!moves(condition)) return false;
  if (
    condition.kind === 'binary' &&
    (comparisons.has(condition.operator) || isEquality(condition.operator))
  ) {
    const { left, right } = condition;
    return (
      (condition.smooth !== true || condition.steep === true) &&
      changes({ kind: 'binary', operator: '-', left, right }, flows)
    );
  }
  return children(condition).some((child) => switches(child, moves, flows));
}

const isEquality = (operator: string): boolean => operator === '==' || operator === '!=';
