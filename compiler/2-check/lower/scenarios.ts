/** Twins, bindings, scenarios and tests → the model's. */
import {
  isAssetDecl,
  isAtStep,
  isChanceStatement,
  isMethodStep,
  isOutputStep,
  isOverride,
  isRampStep,
  isRunStep,
  isSeedStep,
  type BindDecl,
  type Binding as BindingTree,
  type Estimate as EstimateTree,
  type CalibrateStep,
  type ChanceStatement,
  type ExperimentStep,
  type Runnable,
  type RunStep,
  type ScenarioDecl,
  type ScenarioStep,
  type TestDecl,
  type TestStatement,
  type TwinDecl,
} from '../../../grammar/generated/ast.ts';
import { documentationOf } from '../../1-parse/documentation.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type {
  Binding,
  Estimate,
  Method,
  Requirement,
  Scenario,
  Test,
  Twin,
} from '../../model/checked-model.ts';
import { BOOLEAN } from '../../model/expression.ts';
import type { Expression } from '../../model/expression.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { displayUnit, shownIn, valueType } from '../display.ts';
import { plain } from '../environment.ts';
import { qualifiedName, target } from '../members.ts';
import { lowerOverride } from './assets.ts';
import { lowerActions } from './events.ts';
import { constantNumber, lowerExpression, needed, referenceTo } from './expressions.ts';
import { lowerCondition } from './formulas.ts';
import { lowerChance } from './chances.ts';
import { lowerDrives } from './inputs.ts';
import { lowerModeTest } from './mode-tests.ts';

const DEFAULT_TOLERANCE = 1e-6;

export function lowerTwin(tree: TwinDecl, bindings: readonly BindDecl[], analysis: Analysis): Twin {
  return {
    name: qualifiedName(tree),
    asset: qualifiedName(needed(target(tree.type), 'an asset')),
    overrides: tree.overrides.flatMap((override) => lowerOverride(override, analysis)),
    bindings: bindings.flatMap((bind) => bind.bindings.map((binding) => lowerBinding(binding, analysis))),
    estimates: bindings.flatMap((bind) =>
      bind.estimates.map((estimate) => lowerEstimate(estimate, analysis)),
    ),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

/** A random walk: its variance grows with time, so what it drifts grows with the square root. */
function lowerEstimate(tree: EstimateTree, analysis: Analysis): Estimate {
  return {
    target: referenceTo(tree.target, analysis, 'all'),
    spread: constantNumber(tree.spread, analysis),
    drift: constantNumber(tree.drift, analysis) / Math.sqrt(constantNumber(tree.time, analysis)),
    source: sourceOf(tree),
  };
}

function lowerBinding(tree: BindingTree, analysis: Analysis): Binding {
  const type = analysis.typeOf(tree.target);
  const table = analysis.tableOf(tree);
  const written = tree.unit === undefined ? undefined : table.resolve(tree.unit);
  const unit =
    written?.ok === true
      ? shownIn(written.unit, type.quantity.kind !== 'difference')
      : displayUnit(type, table);
  return {
    target: referenceTo(tree.target, analysis),
    direction: tree.direction,
    protocol: tree.protocol,
    arguments: Object.fromEntries(
      tree.arguments.map((argument, position) => [
        argument.name ?? String(position),
        argument.text ??
          (argument.number === undefined ? argument.flag === 'true' : Number(plain(argument.number))),
      ]),
    ),
    type: valueType(type),
    unit,
    ...(tree.late === undefined
      ? {}
      : { late: { after: constantNumber(tree.late, analysis), policy: tree.policy ?? 'revise' } }),
    ...(tree.stale === undefined ? {} : { stale: constantNumber(tree.stale, analysis) }),
    source: sourceOf(tree),
  };
}

/** The asset that runs, and the twin when it is one. */
export function lowerSubject(subject: Runnable | undefined): { asset: string; twin?: string } {
  const runnable = needed(subject, 'what runs');
  if (isAssetDecl(runnable)) return { asset: qualifiedName(runnable) };
  return { asset: qualifiedName(needed(target(runnable.type), 'an asset')), twin: qualifiedName(runnable) };
}

export function lowerScenario(tree: ScenarioDecl, analysis: Analysis): Scenario {
  const steps = tree.steps;
  const output = steps.find(isOutputStep);
  return {
    name: qualifiedName(tree),
    ...lowerSubject(target(tree.subject)),
    overrides: steps.filter((step) => isOverride(step)).flatMap((step) => lowerOverride(step, analysis)),
    schedule: steps.filter(isAtStep).flatMap((step) => {
      const actions = step.actions.filter((action) => !isRampStep(action));
      if (actions.length === 0) return [];
      const time = constantNumber(step.time, analysis);
      return [{ time, actions: lowerActions(actions, analysis), source: sourceOf(step) }];
    }),
    drives: lowerDrives(steps, analysis),
    ...lowerRun(steps.find(isRunStep), analysis),
    method: lowerMethod(steps, analysis),
    ...(output === undefined ? {} : { outputPeriod: constantNumber(output.period, analysis) }),
    seed: Number(plain(steps.find(isSeedStep)?.value ?? '1')),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

function lowerRun(run: RunStep | undefined, analysis: Analysis): { duration: number; warmUp?: number } {
  const duration = constantNumber(run?.duration, analysis);
  if (run?.warmup === undefined) return { duration };
  const warmUp = constantNumber(run.warmup, analysis);
  return { duration: warmUp + duration, warmUp };
}

export function lowerMethod(
  steps: readonly (ScenarioStep | ExperimentStep | CalibrateStep)[],
  analysis: Analysis,
): Method {
  const step = steps.find(isMethodStep);
  const name = step?.method;
  if (name === 'rk4' || name === 'euler' || name === 'implicitEuler')
    return { name, step: constantNumber(step!.step, analysis) };
  const tolerance =
    step?.tolerance === undefined ? DEFAULT_TOLERANCE : constantNumber(step.tolerance, analysis);
  return { name: name === 'tsit5' || name === 'rodas5p' || name === 'bdf' ? name : 'auto', tolerance };
}

export function lowerTest(tree: TestDecl, analysis: Analysis): Test {
  return {
    name: tree.name,
    scenario: qualifiedName(needed(target(tree.scenario), 'a scenario')),
    requirements: tree.statements.flatMap((statement) =>
      isChanceStatement(statement) ? [] : [lowerStatement(statement, analysis)],
    ),
    chances: tree.statements.filter(isChanceStatement).map((chance) => lowerChance(chance, analysis)),
    source: sourceOf(tree),
  };
}

function lowerStatement(tree: Exclude<TestStatement, ChanceStatement>, analysis: Analysis): Requirement {
  const common = {
    ...lowerCondition(tree.condition, analysis),
    text: textOf(tree, Infinity),
    source: sourceOf(tree),
  };
  switch (tree.$type) {
    case 'RequireStatement':
      return {
        kind: tree.mode,
        after: tree.after === undefined ? 0 : constantNumber(tree.after, analysis),
        ...(tree.within === undefined ? {} : { within: constantNumber(tree.within, analysis) }),
        ...common,
      };
    case 'ResponseStatement':
      return {
        kind: 'response',
        trigger: lowerBecomes(tree, analysis),
        within: tree.within === undefined ? 0 : constantNumber(tree.within, analysis),
        ...common,
      };
    case 'ExpectStatement':
      return {
        kind: 'expect',
        ...(tree.time === undefined ? {} : { at: constantNumber(tree.time, analysis) }),
        ...common,
      };
  }
}

/** `running becomes false` is true while running is false: what counts is when that begins. */
function lowerBecomes(tree: TestStatement & { $type: 'ResponseStatement' }, analysis: Analysis): Expression {
  const type = analysis.typeOf(tree.trigger);
  const trigger = lowerExpression(tree.trigger, analysis);
  if (tree.value === undefined) return trigger;
  if (type.base === 'mode') return lowerModeTest({ left: tree.trigger, right: tree.value }, analysis);
  const value = lowerExpression(tree.value, analysis, type);
  const source = {
    ...trigger.source,
    end: value.source.end,
    endLine: value.source.endLine,
    endColumn: value.source.endColumn,
  };
  if (value.kind !== 'boolean') {
    return { kind: 'binary', operator: '==', left: trigger, right: value, type: BOOLEAN, source };
  }
  return value.value
    ? trigger
    : { kind: 'unary', operator: 'not', operand: trigger, type: trigger.type, source };
}
