/** Variables that items set on their way. */
import type { FlatStep } from '../../ir/process.ts';
import { elementOffset, number, place as placed } from '../expression.ts';
import { f64, i32, set } from '../wasm/index.ts';
import type { Statement } from '../wasm/index.ts';
import { demanded, FINITE, isBeyondDoubt } from './demands.ts';
import { runs } from './lists.ts';
import type { Machine, StepPlace } from './machine.ts';
import { Actor } from './plan.ts';
import { scopeAt } from './values.ts';

export function setting({ module, context, actor, goTo }: Machine) {
  return ({ process, code }: StepPlace, step: FlatStep & { kind: 'set' }): Statement[] => {
    const f = module.function(`${process.name} ${step.text}`, { params: { item: 'i32' } });
    const { scope, statements } = scopeAt(context, f, process.loops, f.params.item);
    const { dynamic, constant } = elementOffset(scope, step.target.variable, step.target.index);
    const [address, offset] = placed(dynamic, context.plan.addresses[step.target.variable]! + constant);
    const given = f.local('f64', 'value');
    const instance = i32.load(f.params.item, Actor.instance);
    const demand = { what: `The value of '${step.text}'`, name: process.name, source: step.source };
    f.body = [
      ...statements,
      set(given, number(scope, step.value)),
      ...(isBeyondDoubt(step.value, {})
        ? []
        : [demanded(context, process.loops, { ...demand, ...FINITE }, given, instance)]),
      f64.store(address, given, offset),
    ];
    return [runs(f, actor), ...goTo(code + 1)];
  };
}
