/** Whether equations and a flow read each other, and conditions that items wait for. */
import type { Block, FlatHandler, FlatProbe, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import type { FlatTest } from '../../ir/flat-studies.ts';
import type { FlatFlow, FlatProcess, FlatStep } from '../../ir/process.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { conditionOfItem } from '../../diagnostics/process.ts';
import { loads, some } from '../../ir/expressions.ts';
import type { Flattening } from '../flattening.ts';

/** Every expression that steps evaluate, with whether it is waited for. */
function expressionsOf(
  flow: FlatFlow,
): { expression: FlatExpression; process: FlatProcess; awaited: boolean; step: FlatStep }[] {
  return flow.processes.flatMap((process) =>
    process.steps.flatMap((step) => {
      const found: FlatExpression[] = [];
      const look = (node: unknown): void => {
        if (Array.isArray(node)) node.forEach(look);
        else if (typeof node === 'object' && node !== null) {
          const { kind } = node as { kind?: unknown };
          if (typeof kind === 'string' && node !== step) found.push(node as FlatExpression);
          else
            for (const [key, inner] of Object.entries(node))
              if (!['source', 'place', 'target'].includes(key)) look(inner);
        }
      };
      for (const [key, inner] of Object.entries(step))
        if (!['source', 'place', 'target', 'needs'].includes(key)) look(inner);
      const awaited = (one: FlatExpression): boolean =>
        (step.kind === 'wait' || step.kind === 'arrive') && step.condition === one;
      return found.map((expression) => ({ expression, process, awaited: awaited(expression), step }));
    }),
  );
}

/** Decides whether events of the flow end steps; says why conditions on both items and states cannot be. */
export function couple(
  flattening: Flattening,
  flow: FlatFlow,
  blocks: { dynamics: readonly Block[]; outputs: readonly Block[] },
  looking: { handlers: readonly FlatHandler[]; probes: readonly FlatProbe[]; tests: readonly FlatTest[] },
): void {
  const own = new Set<VariableId>(
    [
      ...flow.processes.flatMap((process) => [
        process.inside,
        process.arrived,
        process.left,
        ...process.steps.flatMap((step) =>
          step.kind === 'leave'
            ? step.counters
            : step.kind === 'set'
              ? step.writes.map(({ target }) => target.variable)
              : [],
        ),
      ]),
      ...flow.queues.map(({ length }) => length),
      ...flow.belts.map(({ length }) => length),
      ...flow.resources.flatMap(({ busy, waiting, blocked, down, onDuty }) => [
        busy,
        waiting,
        blocked,
        down ?? -1,
        onDuty ?? -1,
      ]),
      ...flow.levels.map(({ statistic }) => statistic),
      ...flow.tallies.flatMap(({ statistic, histogram }) => [statistic, histogram ?? -1]),
    ].filter((id) => id >= 0),
  );
  const reads = (expression: FlatExpression): boolean =>
    loads(expression).some(({ load }) => own.has(load.variable)) ||
    some(expression, (node) => node.kind === 'quantile');
  const all = [...blocks.dynamics, ...blocks.outputs];
  for (let grew = true; grew;) {
    grew = false;
    for (const block of all) {
      const targets = block.kind === 'assign' ? [block.target] : block.unknowns;
      const values = block.kind === 'assign' ? [block.value] : block.residuals;
      if (targets.every((one) => own.has(one.variable)) || !values.some(reads)) continue;
      for (const one of targets) own.add(one.variable);
      grew = true;
    }
  }
  const derivatives = flattening.variables.some(({ role }, id) => role === 'derivative' && own.has(id));
  const conditions = looking.handlers.some(({ condition, duration, period }) =>
    [condition, duration, period].some((one) => one && reads(one)),
  );
  const watched = looking.tests.flatMap(({ requirements }) =>
    requirements.flatMap((one) =>
      one.kind === 'expect' ? [] : [one.condition, ...(one.kind === 'response' ? [one.trigger] : [])],
    ),
  );
  const required = watched.some((probe) => reads(looking.probes[probe]!.value));
  const moves = (expression: FlatExpression, awaited: boolean): boolean =>
    some(expression, (node) => {
      if (node.kind === 'time') return awaited;
      if (node.kind !== 'load') return false;
      const { role } = flattening.variables[node.variable]!;
      return role === 'state' || role === 'derivative' || role === 'algebraic';
    });
  let continuous = false;
  for (const { expression, awaited, step } of expressionsOf(flow)) {
    if (!moves(expression, awaited)) continue;
    continuous = true;
    if (awaited && some(expression, (node) => node.kind === 'attribute'))
      flattening.diagnostics.push(report(conditionOfItem, { text: step.text }, step.source));
  }
  flow.coupled = derivatives || conditions || required || continuous;
}

/** Conditions that items wait for, as what crossings are looked for in. */
export function awaitedConditions(flow: FlatFlow): FlatHandler[] {
  return expressionsOf(flow)
    .filter(({ expression, awaited }) => awaited && !some(expression, (node) => node.kind === 'attribute'))
    .map(({ expression, process, step }) => ({
      kind: 'when',
      name: step.text,
      loops: process.loops,
      condition: expression,
      edge: 'true',
      firesAtStart: true,
      actions: [],
      source: step.source,
    }));
}
