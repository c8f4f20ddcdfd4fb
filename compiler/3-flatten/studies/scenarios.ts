import type { Override } from '../../model/asset.ts';
import type { Binding, Requirement, Scenario, Test } from '../../model/checked-model.ts';
import type { Reference } from '../../model/expression.ts';
import type { FlatBinding } from '../../ir/flat-system.ts';
import type { FlatDrive, FlatRequirement, FlatScenario, FlatTest } from '../../ir/flat-studies.ts';
import type { FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { notConstant, settingNotPossible } from '../../diagnostics/flattening.ts';
import { elements } from '../box.ts';
import { substituteIndex } from '../../ir/expressions.ts';
import { formulaOf } from './formulas.ts';
import { constant } from '../instances/instances.ts';
import { placeOf, targetOf } from '../expressions/places.ts';
import { scopeOf } from '../expressions/scope.ts';
import type { Flattening } from '../flattening.ts';
import { eventsOf } from '../instances/signals.ts';
import type { Probes } from '../shown/probes.ts';

export function scenariosOf(
  flattening: Flattening,
  scenarios: readonly Scenario[],
  drives: readonly FlatDrive[][],
): FlatScenario[] {
  return scenarios.map(
    ({ name, overrides, duration, warmUp, method, outputPeriod, seed, doc, source }, at) => ({
      name,
      settings: overrides.flatMap((override) => settingsOf(flattening, override)),
      drives: drives[at]!,
      duration,
      method,
      ...(warmUp === undefined ? {} : { warmUp }),
      ...(outputPeriod === undefined ? {} : { outputPeriod }),
      seed,
      doc,
      source,
    }),
  );
}

export function settingsOf(
  flattening: Flattening,
  { target, value, source }: Override,
): FlatScenario['settings'] {
  const root = flattening.groups[0]!;
  const number = constant(value, root);
  if (number === undefined) {
    const why = 'this depends on other values';
    flattening.diagnostics.push(report(notConstant, { what: 'What a scenario sets', why }, value.source));
    return [];
  }
  const stars: FlatLoop[] = [];
  const place = placeOf(flattening, target, { ...scopeOf(root), stars }, source);
  const id = place.group.variables.get(place.name);
  const reject = (why: string) => {
    flattening.diagnostics.push(report(settingNotPossible, { name: written(target), why }, source));
    return [];
  };
  if (id === undefined) return reject('it is fixed when the twin is compiled');
  const variable = flattening.variables[id]!;
  if (variable.role === 'algebraic') {
    const bound = place.group.declared.get(place.name)?.role === 'input';
    return reject(bound ? 'it is bound to another value' : 'it is computed from other values');
  }
  if (flattening.startsFree.has(id)) return reject('its start is looked for, by guess or initially');
  if (variable.role === 'parameter' && place.group.fixed.has(place.name))
    return reject('it is fixed when the twin is compiled');
  const setting = { variable: id, value: number, source };
  if (stars.length === place.index.length) return [setting];
  return [...elements(stars.map((loop) => [loop.from, loop.to] as const))].map((at) => {
    const by = new Map(stars.map((loop, depth) => [loop.variable, at[depth]!]));
    return { ...setting, index: place.index.map((one) => substituteIndex(one, by) as number) };
  });
}

function written({ segments }: Reference): string {
  return segments
    .map(({ name, index, column }) => {
      const values = [index, column].flatMap((one) => (one?.kind === 'constant' ? [one.value] : []));
      return values.length === 0 ? name : `${name}[${values.join(', ')}]`;
    })
    .join('.');
}

export function testsOf(probes: Probes, tests: readonly Test[], scenarios: readonly Scenario[]): FlatTest[] {
  return tests.map((test) => ({
    name: test.name,
    scenario: scenarios.findIndex((scenario) => scenario.name === test.scenario),
    requirements: test.requirements.map((requirement) => requirementOf(probes, requirement)),
    chances: test.chances.map((chance) => ({ ...chance, of: requirementOf(probes, chance.of) })),
    source: test.source,
  }));
}

function requirementOf(probes: Probes, requirement: Requirement): FlatRequirement {
  const { text, source } = requirement;
  const { formula } = requirement;
  const judged = formula ? formulaOf(probes, formula, text) : probes.condition(requirement.condition, text);
  const common = { text, source, ...judged };
  switch (requirement.kind) {
    case 'response': {
      const { condition: trigger, doubt } = probes.condition(requirement.trigger, `trigger of ${text}`);
      const { within } = requirement;
      return {
        ...common,
        kind: 'response',
        trigger,
        within,
        ...(doubt === undefined ? {} : { triggerDoubt: doubt }),
      };
    }
    case 'expect':
      return { ...common, kind: 'expect', ...(requirement.at === undefined ? {} : { at: requirement.at }) };
    default: {
      const { kind, after, within } = requirement;
      return { ...common, kind, after, ...(within === undefined ? {} : { within }) };
    }
  }
}

export function bindingsOf(
  flattening: Flattening,
  probes: Probes,
  bindings: readonly Binding[],
): FlatBinding[] {
  return bindings.flatMap((binding) => {
    const target = bindingTarget(flattening, probes, binding);
    return target ? [{ ...binding, target }] : [];
  });
}

function bindingTarget(
  flattening: Flattening,
  probes: Probes,
  { target, direction, source, type, unit }: Binding,
): FlatBinding['target'] | undefined {
  const root = scopeOf(flattening.groups[0]!);
  const { group, name, index } = placeOf(flattening, target, root, source);
  const at = index.filter((one): one is FlatIndex & number => typeof one === 'number');
  if (target.target.kind === 'alarm') return { kind: 'alarm', alarm: group.alarms.get(name)!, index: at };
  if (direction === 'to') {
    const expression = { kind: 'variable' as const, reference: target, type, source };
    return { kind: 'probe', probe: probes.value(expression, written(target), unit) };
  }
  if (target.target.kind === 'sensor') return { kind: 'sensor', sensor: group.sensors.get(name)!, index: at };
  const flat = targetOf(flattening, target, root, source);
  const command = eventsOf(flattening).findIndex(({ count }) => count === flat.variable);
  if (command >= 0) return { kind: 'command', command, index: at };
  if (flattening.variables[flat.variable]?.role === 'input') return { kind: 'input', target: flat };
  const why = 'it is no free input';
  flattening.diagnostics.push(report(settingNotPossible, { name: written(target), why }, source));
  return undefined;
}
