import type { VariableId } from './flat-system.ts';

/** The variables that anything made of expressions reads; 'past' for what was sampled or delayed. */
export function readsOf(value: unknown): ReadonlySet<VariableId | 'past'> {
  const found = new Set<VariableId | 'past'>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { kind, variable } = node as Record<string, unknown>;
    if (kind === 'load') found.add(variable as VariableId);
    else if (kind === 'sampled' || kind === 'delayed') found.add('past');
    for (const inner of Object.values(node)) walk(inner);
  };
  walk(value);
  return found;
}
