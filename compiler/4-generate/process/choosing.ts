/** Where items go on: by one number that is drawn, and by conditions. */
import type { FlatExpression } from '../../ir/flat-expression.ts';
import type { FlatProcess, FlatStep } from '../../ir/process.ts';
import { f64, i32, set, when } from '../wasm/index.ts';
import type { F64, Statement } from '../wasm/index.ts';
import { toldOf } from './conditions.ts';
import { demanded, SHARE } from './demands.ts';
import type { Demand } from './demands.ts';
import type { Machine, StepPlace } from './machine.ts';
import { Actor } from './plan.ts';

const sumOf = ({ name }: FlatProcess, { text, source }: FlatStep): Demand => ({
  what: `The sum of the probabilities in '${text}'`,
  name,
  source,
  ...SHARE,
});

export function choosing({ context, values, proceed, actor, goTo }: Machine) {
  return ({ process, code, codeOf }: StepPlace, step: FlatStep & { kind: 'choose' }): Statement[] => {
    const value = (name: string, of: FlatExpression, demand?: Demand): F64 =>
      values.of(`${process.name} ${name}`, process.loops, of, actor, demand);
    const share: Demand = {
      what: `A probability in '${step.text}'`,
      name: process.name,
      source: step.source,
      ...SHARE,
    };

    const u = proceed.local('f64', 'u');
    const sum = proceed.local('f64', 'probability');
    return [
      ...(step.draw ? [set(u, value('chooses', step.draw)), set(sum, 0)] : []),
      ...step.options.flatMap(({ probability, condition, to }) => {
        if (condition)
          return [when(f64.ne(value('chooses if', condition, toldOf(process, step)), 0), goTo(codeOf(to)))];
        if (!probability) return goTo(codeOf(to));
        return [
          set(sum, f64.add(sum, value('probability', probability, share))),
          ...(probability.kind === 'number'
            ? []
            : [demanded(context, process.loops, sumOf(process, step), sum, i32.load(actor, Actor.instance))]),
          when(f64.lt(u, sum), goTo(codeOf(to))),
        ];
      }),
      ...(step.options.at(-1)?.condition || step.options.at(-1)?.probability ? goTo(code + 1) : []),
    ];
  };
}
