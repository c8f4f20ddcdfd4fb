/** Which variables may have no value before all sensors have measured, or samples have corrected states; in all others one that is no number is a fault at any time. */
import type { FlatExpression, FlatIndex } from './flat-expression.ts';
import { BOOLEAN } from '../model/expression.ts';
import { hiddenVariable } from './hidden.ts';
import { both, loopName, number } from './expressions.ts';
import { readsOf } from './reads.ts';
import type { FlatAction, FlatHandler, FlatSystem, VariableId } from './flat-system.ts';

type Parts = Pick<FlatSystem, 'sensors' | 'variables' | 'dynamics' | 'outputs' | 'handlers'>;

export function unmeasured(system: Parts): ReadonlySet<VariableId> {
  return closure(system, (id) => isHidden(system, id));
}

/**
 * Statistics of what may have no value yet look at it from its first value on, and have none themselves before. Changes the actions and start
 * values of such windows. What first has a value crosses nothing: an `at` of it waits for that.
 */
export function awaitMeasured(system: Parts & Pick<FlatSystem, 'start'>): void {
  const missing = closure(system, () => false);
  if (missing.size === 0) return;
  const isMissing = (one: FlatExpression): boolean =>
    [...readsOf(one)].some((read) => read === 'past' || missing.has(read));
  for (const handler of [...system.handlers])
    if (handler.kind === 'at' && isMissing(handler.condition!)) awaitSides(system, handler);
  for (const action of system.handlers.flatMap(({ actions }) => actions)) {
    const { value, guard, target } = action;
    if (value.kind !== 'window' || guard !== undefined) continue;
    if (!isMissing(value.input)) continue;
    action.guard = { kind: 'binary', operator: '==', left: value.input, right: value.input };
    for (const block of system.start)
      if (block.kind === 'assign' && block.target.variable === target.variable) block.value = number(NaN);
  }
}

/** Its changes count from the moment after both of its sides have a value: until then it is not known where it stands. */
function awaitSides(
  { variables, handlers, start }: Parts & Pick<FlatSystem, 'start'>,
  handler: FlatHandler,
): void {
  const { condition, guard, loops, source, name } = handler;
  if (condition?.kind !== 'binary') return;
  const dims = loops.map(({ to }) => to);
  const known = variables.push(
    hiddenVariable({
      name: `${name}: known`,
      role: 'discrete',
      dims,
      type: BOOLEAN,
      quantity: 'Boolean',
      source,
    }),
  );
  const target = {
    variable: known - 1,
    index: loops.map(({ variable }): FlatIndex => ({ loop: variable, offset: 0 })),
  };
  const all = dims.map((to, at) => ({ variable: loopName(at), from: 0, to }));
  const place = { ...target, index: all.map(({ variable }): FlatIndex => ({ loop: variable, offset: 0 })) };
  start.push({ kind: 'assign', loops: all, target: place, value: number(0), source });
  const isKnown: FlatExpression = { kind: 'load', ...target };
  handler.guard = guard === undefined ? isKnown : both(guard, isKnown);
  const difference: FlatExpression = { ...condition, operator: '-' };
  handlers.push({
    kind: 'when',
    name: `${name}: known`,
    loops: [...loops],
    condition: { kind: 'binary', operator: '==', left: difference, right: difference },
    edge: 'true',
    firesAtStart: true,
    actions: [{ target, value: number(1), source }],
    source,
  });
}

function closure(
  { sensors, variables, dynamics, outputs, handlers }: Parts,
  alsoMissing: (id: VariableId) => boolean,
): ReadonlySet<VariableId> {
  const found = new Set(sensors.flatMap(({ measured, predicted }) => [measured, predicted]));
  variables.forEach(({ estimated }, id) => {
    if (estimated === true) found.add(id);
  });
  if (found.size === 0) return found;
  const blocks = [...dynamics, ...outputs].map((block) =>
    block.kind === 'assign'
      ? { reads: readsOf(block.value), writes: [block.target.variable] }
      : { reads: readsOf(block.residuals), writes: block.unknowns.map(({ variable }) => variable) },
  );
  // What is remembered over time lies in hidden variables; those that a text names must always be numbers.
  const remembered = handlers
    .flatMap(({ actions }): FlatAction[] => actions)
    .filter(({ target }) => isHidden({ variables }, target.variable))
    .map(({ value, target }) => ({ reads: readsOf(value), writes: [target.variable] }));
  const isMissing = (read: VariableId | 'past'): boolean =>
    read === 'past' || found.has(read) || alsoMissing(read);
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { reads, writes } of [...blocks, ...remembered])
      if ([...reads].some(isMissing)) for (const variable of writes) found.add(variable);
  }
  return found;
}

const isHidden = ({ variables }: Pick<FlatSystem, 'variables'>, id: VariableId): boolean =>
  variables[id]!.role === 'discrete' && !variables[id]!.visible;
