import type { Block, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatIndex } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import {
  dependsOnItself,
  inputWithoutValue,
  parameterWithoutValue,
  startNeedsRunning,
} from '../../diagnostics/flattening.ts';
import { contains, count, reach, subtractAll, whole } from '../box.ts';
import { freshen, mapChildren, number, rangesOf, some, substitute } from '../../ir/expressions.ts';
import { valuesOf, zero } from './families.ts';
import type { Family } from './families.ts';
import { freeStates } from './initially.ts';
import type { Group } from '../instances/instances.ts';
import type { Flattening } from '../flattening.ts';
import { boxName, elementName, plainName } from '../names.ts';
import { boxOf, dependencies, normalise } from '../causality/sort.ts';
import type { Matched } from '../causality/sort.ts';
import { loopName } from '../../ir/expressions.ts';
import { strongComponents } from '../causality/strong-components.ts';

/** First values: parameters, then all that starts somewhere, each in an order in which what it reads is there. */
export function defaults(
  flattening: Flattening,
  running: readonly Block[],
): { parameters: Block[]; start: Block[] } {
  const parameters: Family[] = [];
  const start: Family[] = [];
  const free = new Set(freeStates(flattening).keys());
  for (const group of flattening.groups) {
    for (const declared of group.type.variables) {
      const id = group.variables.get(declared.name);
      if (id === undefined) continue;
      const variable = flattening.variables[id]!;
      if (declared.role === 'fixed') parameters.push(...fixedArray(flattening, group, declared.name));
      else if (variable.role === 'parameter') parameters.push(...complete(flattening, group, declared.name));
      else if (variable.role !== 'algebraic') start.push(...complete(flattening, group, declared.name));
    }
    for (const sensor of group.type.sensors) {
      const flat = flattening.sensors[group.sensors.get(sensor.name)!]!;
      // No sample yet is not a number: no comparison with it is true.
      for (const id of [flat.measured, flat.predicted]) start.push(all(flattening, group, id, NaN));
      start.push(all(flattening, group, flat.stale, 0));
    }
    for (const alarm of group.type.alarms)
      start.push(all(flattening, group, flattening.alarms[group.alarms.get(alarm.name)!]!.active, 0));
  }
  return {
    parameters: order(flattening, parameters, running, 'default', ['parameter']),
    start: order(
      flattening,
      start,
      running,
      'start value',
      ['parameter', 'input', 'state', 'discrete'],
      free,
    ),
  };
}

function all(flattening: Flattening, group: Group, variable: number, value: number): Family {
  const loops = flattening.variables[variable]!.dims.map((size, at) => ({
    variable: loopName(at),
    from: 0,
    to: size,
  }));
  const index = loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
  return {
    ...zero({ variable, index }, loops, group, flattening.variables[variable]!.source),
    right: number(value),
  };
}

function fixedArray(flattening: Flattening, group: Group, name: string): Family[] {
  const variable = group.variables.get(name)!;
  const values = group.fixed.get(name)!;
  return values.map((value, at) => {
    const family = all(flattening, group, variable, value);
    const index = [...family.target!.index.slice(0, -1), at];
    return {
      ...family,
      loops: family.loops.slice(0, -1),
      left: { ...family.target!, index },
      target: { ...family.target!, index },
    };
  });
}

/** The values that are given; 0 with a warning (an error for a parameter) for elements without one. */
function complete(flattening: Flattening, group: Group, name: string): Family[] {
  const families = valuesOf(flattening, group, name);
  const id = group.variables.get(name)!;
  const variable = flattening.variables[id]!;
  const rest = subtractAll(
    whole(variable.dims),
    families.map((family) => boxOf(family as Matched)),
  );
  if (rest.every((box) => count(box) === 0)) return families;
  const holes = { name: boxName(variable, rest[0]!) };
  if (variable.role === 'parameter')
    flattening.diagnostics.push(
      report(
        parameterWithoutValue,
        { ...holes, asset: group.type.name },
        group.part?.source ?? variable.source,
      ),
    );
  else
    flattening.diagnostics.push(
      report(
        inputWithoutValue,
        { ...holes, kind: variable.role === 'input' ? 'input' : 'state' },
        variable.source,
      ),
    );
  const zeros = rest.map((box) => {
    const loops = box.map(([from, to], at) => ({ variable: loopName(at), from, to }));
    const index = loops.map((loop): FlatIndex => ({ loop: loop.variable, offset: 0 }));
    return zero({ variable: id, index }, loops, group, variable.source);
  });
  return [...zeros, ...families];
}

function order(
  flattening: Flattening,
  families: Family[],
  running: readonly Block[],
  what: string,
  readable: string[],
  free: ReadonlySet<VariableId> = new Set(),
): Block[] {
  const nodes = families.map((family) => {
    const isGuess = free.has((family as Matched).target.variable);
    return normalise(inlined(flattening, family as Matched, running, readable, isGuess ? new Set() : free));
  });
  const needs = dependencies(nodes);
  const blocks: Block[] = [];
  for (const component of strongComponents(nodes.length, (at) => needs[at]!)) {
    const [first] = component.map((at) => nodes[at]!);
    const circle =
      component.length > 1 ||
      needs[component[0]!]!.includes(component[0]!) ||
      (reads(first!.right, first!.target.variable) &&
        dependencies([
          { ...first!, target: { ...first!.target, variable: -1 }, left: first!.right },
          first!,
        ])[0]!.length > 0);
    if (circle) {
      const names = component.map((at) => plainName(flattening.variables[nodes[at]!.target.variable]!));
      flattening.diagnostics.push(
        report(dependsOnItself, { names: [...new Set(names)], what }, first!.source),
      );
    }
    for (const at of component) {
      const { loops, target, right, source } = nodes[at]!;
      const { variable, index } = target;
      blocks.push({ kind: 'assign', loops, target: { variable, index }, value: right, source });
    }
  }
  return blocks;
}

const reads = (expression: FlatExpression, variable: VariableId): boolean =>
  some(expression, (node) => node.kind === 'load' && node.variable === variable);

/** Lets are not computed yet when first values are: their own expressions stand in for them. `unknown` is found after these. */
function inlined(
  flattening: Flattening,
  family: Matched,
  running: readonly Block[],
  readable: string[],
  unknown: ReadonlySet<VariableId>,
): Matched {
  let names = 0;
  const fresh = () => `let${(names += 1)}`;
  let failed = false;
  const change = (expression: FlatExpression, loops: Family['loops'], depth: number): FlatExpression => {
    if (expression.kind === 'reduction')
      return { ...expression, body: change(expression.body, [...loops, ...expression.loops], depth) };
    if (expression.kind !== 'load') return mapChildren(expression, (child) => change(child, loops, depth));
    const variable = flattening.variables[expression.variable]!;
    if (readable.includes(variable.role) && !unknown.has(expression.variable)) return expression;
    const box = reach(expression.index, rangesOf(loops));
    const definition =
      variable.role === 'algebraic' || variable.role === 'derivative'
        ? running.find(
            (block) =>
              block.kind === 'assign' &&
              block.target.variable === expression.variable &&
              contains(reach(block.target.index, rangesOf(block.loops)), box),
          )
        : undefined;
    if (definition?.kind !== 'assign' || depth > 100) {
      if (!failed) {
        const holes = {
          name: elementName(flattening.variables[family.target.variable]!, family.target.index),
          needs: plainName(variable),
        };
        flattening.diagnostics.push(report(startNeedsRunning, holes, family.source));
      }
      failed = true;
      return number(0);
    }
    const by = new Map<string, FlatIndex>();
    definition.target.index.forEach((index, dim) => {
      if (typeof index !== 'number') by.set(index.loop, shifted(expression.index[dim]!, -index.offset));
    });
    return change(substitute(freshen(definition.value, fresh), by), loops, depth + 1);
  };
  return { ...family, right: change(family.right, family.loops, 0) };
}

function shifted(index: FlatIndex, by: number): FlatIndex {
  return typeof index === 'number' ? index + by : { loop: index.loop, offset: index.offset + by };
}
