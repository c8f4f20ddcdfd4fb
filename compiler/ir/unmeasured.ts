/** Which variables may have no value before all sensors have measured; in all others one that is no number is a fault at any time. */
import { number } from './expressions.ts';
import { readsOf } from './reads.ts';
import type { FlatAction, FlatSystem, VariableId } from './flat-system.ts';

type Parts = Pick<FlatSystem, 'sensors' | 'variables' | 'dynamics' | 'outputs' | 'handlers'>;

export function unmeasured(system: Parts): ReadonlySet<VariableId> {
  return closure(system, (id) => isHidden(system, id));
}

/**
 * Statistics of what may have no value yet look at it from its first value on, and have none themselves before. Changes the actions and start
 * values of such windows.
 */
export function awaitMeasured(system: Parts & Pick<FlatSystem, 'start'>): void {
  const missing = closure(system, () => false);
  if (missing.size === 0) return;
  for (const action of system.handlers.flatMap(({ actions }) => actions)) {
    const { value, guard, target } = action;
    if (value.kind !== 'window' || guard !== undefined) continue;
    if (![...readsOf(value.input)].some((read) => read === 'past' || missing.has(read))) continue;
    action.guard = { kind: 'binary', operator: '==', left: value.input, right: value.input };
    for (const block of system.start)
      if (block.kind === 'assign' && block.target.variable === target.variable) block.value = number(NaN);
  }
}

function closure(
  { sensors, variables, dynamics, outputs, handlers }: Parts,
  alsoMissing: (id: VariableId) => boolean,
): ReadonlySet<VariableId> {
  if (sensors.length === 0) return new Set();
  const found = new Set(sensors.flatMap(({ measured, predicted }) => [measured, predicted]));
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
