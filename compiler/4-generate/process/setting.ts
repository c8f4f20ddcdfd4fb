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
    const instance = i32.load(f.params.item, Actor.instance);
    const demand = { what: `The value of '${step.text}'`, name: process.name, source: step.source };
    const found = step.writes.map((write) => ({ ...write, given: f.local('f64', 'value') }));
    f.body = [
      ...statements,
      ...found.flatMap(({ given, value }) => [
        set(given, number(scope, value)),
        ...(isBeyondDoubt(value, {})
          ? []
          : [demanded(context, process.loops, { ...demand, ...FINITE }, given, instance)]),
      ]),
      ...found.map(({ given, target }) => {
        const { dynamic, constant } = elementOffset(scope, target.variable, target.index);
        const [address, offset] = placed(dynamic, context.plan.addresses[target.variable]! + constant);
        return f64.store(address, given, offset);
      }),
    ];
    return [runs(f, actor), ...goTo(code + 1)];
  };
}
