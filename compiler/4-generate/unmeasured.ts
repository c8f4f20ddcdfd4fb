/** Which variables may have no value before all sensors have measured; in all others one that is no number is a fault at any time. */
import type { FlatSystem, VariableId } from '../ir/flat-system.ts';

export function unmeasured({
  sensors,
  variables,
  dynamics,
  outputs,
}: Pick<FlatSystem, 'sensors' | 'variables' | 'dynamics' | 'outputs'>): ReadonlySet<VariableId> {
  if (sensors.length === 0) return new Set();
  const found = new Set(sensors.flatMap(({ measured, predicted }) => [measured, predicted]));
  const blocks = [...dynamics, ...outputs].map((block) =>
    block.kind === 'assign'
      ? { reads: readsOf(block.value), writes: [block.target.variable] }
      : { reads: readsOf(block.residuals), writes: block.unknowns.map(({ variable }) => variable) },
  );
  const isMissing = (read: VariableId | 'past'): boolean =>
    // What is remembered over time lies in hidden variables, of sensors too.
    read === 'past' || found.has(read) || (variables[read]!.role === 'discrete' && !variables[read]!.visible);
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { reads, writes } of blocks)
      if ([...reads].some(isMissing)) for (const variable of writes) found.add(variable);
  }
  return found;
}

function readsOf(value: unknown): ReadonlySet<VariableId | 'past'> {
  const found = new Set<VariableId | 'past'>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { kind, variable } = node as Record<string, unknown>;
    if (kind === 'load') found.add(variable as VariableId);
    else if (kind === 'sampled' || kind === 'window' || kind === 'delayed') found.add('past');
    for (const inner of Object.values(node)) walk(inner);
  };
  walk(value);
  return found;
}
