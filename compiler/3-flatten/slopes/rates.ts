/** How fast expressions change while time passes: variables for the rates of what they read, and equations for these. */
import type { Block, FlatSystem, FlatVariable, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import { loads } from '../../ir/expressions.ts';
import { moving } from '../events/crossings.ts';
import { directional } from './directional.ts';

export interface Rates {
  of(expression: FlatExpression): FlatExpression;
  variables: FlatVariable[];
  /** After all that they are the rates of. */
  blocks: Block[];
}

/**
 * Of what these expressions read. `flowOf`: where the rate of a state is found, if not in its derivative. New variables count on from
 * `first`.
 */
export function ratesOf(
  system: FlatSystem,
  expressions: readonly FlatExpression[],
  flowOf: (state: VariableId) => VariableId | undefined,
  first: number,
): Rates {
  const running = [...system.dynamics, ...system.outputs];
  const flows = moving(system, running);
  const needed = new Set<VariableId>();
  const ask = (expression: FlatExpression): void => {
    for (const { load } of loads(expression)) {
      const { role } = system.variables[load.variable]!;
      if (role !== 'algebraic' && role !== 'derivative') continue;
      if (!flows.has(load.variable) || needed.has(load.variable)) continue;
      needed.add(load.variable);
      for (const block of running) if (targetsOf(block).includes(load.variable)) valuesOf(block).forEach(ask);
    }
  };
  expressions.forEach(ask);
  const variables: FlatVariable[] = [];
  const rates = new Map<VariableId, VariableId>();
  for (const id of needed) {
    const of = system.variables[id]!;
    rates.set(id, first + variables.push(rateVariable(of)) - 1);
  }
  const slopeOf = (id: VariableId): VariableId | undefined => {
    const { role, partner, driven } = system.variables[id]!;
    if (role === 'state') return flowOf(id) ?? partner;
    return driven?.line?.slope ?? rates.get(id);
  };
  const of = (expression: FlatExpression): FlatExpression =>
    directional(expression, { slopeOf, time: { kind: 'number', value: 1 } });
  const blocks = running.flatMap((block): Block[] => {
    if (!targetsOf(block).some((id) => needed.has(id))) return [];
    if (block.kind === 'assign') {
      const variable = rates.get(block.target.variable)!;
      return [{ ...block, target: { variable, index: block.target.index }, value: of(block.value) }];
    }
    return [
      {
        ...block,
        unknowns: block.unknowns.map(({ variable, index }) => ({ variable: rates.get(variable)!, index })),
        residuals: block.residuals.map(of),
        name: `rates of ${block.name}`,
      },
    ];
  });
  return { of, variables, blocks };
}

const targetsOf = (block: Block): VariableId[] =>
  (block.kind === 'assign' ? [block.target] : block.unknowns).map(({ variable }) => variable);

const valuesOf = (block: Block): FlatExpression[] =>
  block.kind === 'assign' ? [block.value] : block.residuals;

/** What a value computed from a variable has in common with it: nothing that says where its values come from, or what is shown of it. */
export function plainOf(of: FlatVariable): FlatVariable {
  const {
    driven: _,
    labels: __,
    partner: ___,
    kpi: ____,
    lookedUp: _____,
    flows: ______,
    divisors: _______,
    ...plain
  } = of;
  return plain;
}

function rateVariable(of: FlatVariable): FlatVariable {
  return { ...plainOf(of), name: `rate of ${of.name}`, role: 'algebraic', visible: false };
}
