/** What quiet steps look at: functions whose signs are followed, and conditions of handlers. Most of it is known of what was seen a step before. */
import { children } from '../../ir/expressions.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import { isBeyond, jumpsRates } from '../beyond.ts';
import type { Context } from '../context.ts';
import { number, truth } from '../expression.ts';
import type { Scope } from '../expression.ts';
import { textOf } from '../repeated.ts';
import { block, branchIf, f64, i32, label, set, when } from '../wasm/index.ts';
import type { FunctionBuilder, Label, Local, Statement, ValueType } from '../wasm/index.ts';
import { changed } from './crossing-rules.ts';
import { isNoTurn, turningHere } from './signs.ts';

type Owner = FunctionBuilder<Readonly<Record<string, ValueType>>>;
type F = Local<'f64'>;

const COMPARISONS = new Set<string>(['<', '<=', '>', '>=', '==', '!=']);

/** The functions, by number, whose signs alone decide a condition: each of its comparisons is of what one of them is the difference of. */
function decidedBy(condition: FlatExpression, differences: readonly string[]): Set<number> | undefined {
  if (condition.kind === 'binary' && COMPARISONS.has(condition.operator)) {
    const [left, right] = [textOf(condition.left), textOf(condition.right)];
    const n = left === undefined || right === undefined ? -1 : differences.indexOf(`-(${left},${right})`);
    return n < 0 ? undefined : new Set([n]);
  }
  const isConnective =
    (condition.kind === 'unary' && condition.operator === 'not') ||
    (condition.kind === 'binary' && (condition.operator === 'and' || condition.operator === 'or'));
  if (!isConnective) return undefined;
  const all = new Set<number>();
  for (const child of children(condition)) {
    const own = decidedBy(child, differences);
    if (own === undefined) return undefined;
    for (const n of own) all.add(n);
  }
  return all;
}

/**
 * `isEven`: each step is as long as the one before, but for a thousandth at most, from the second on. Then a parabola through three values turns
 * near zero in few of them, and that it does not is seen from the signs of three sums.
 */
export function followedIn(f: Owner, context: Context, { from, to }: { from: F; to: F }, isEven: boolean) {
  const { system, plan } = context;
  const { layout, handlers } = plan.manifest;
  const { located } = layout;
  const followed = [...Array(layout.crossings.count).keys()];
  const named = (name: string): F[] => followed.map((n) => f.local('f64', `crossing ${n + 1} ${name}`));
  const [begin, ended, rise, lastRise] = ['at start', 'at end', 'rise', 'rise before'].map(named) as [
    F[],
    F[],
    F[],
    F[],
  ];
  const [bend, toStart, before, earlier] = f.named(
    'f64',
    'bend',
    'rise times start',
    'step before',
    'earlier',
  );
  const value = f.local('f64', 'value');

  const differences = system.crossings.map((crossing) => textOf(crossing.value) ?? '');
  const conditions = system.handlers.flatMap(({ condition, edge }, id) => {
    if (condition === undefined) return [];
    const address = layout.truths.address + 8 * handlers[id]!.offset;
    const decided = isEven && edge !== 'change' ? decidedBy(condition, differences) : undefined;
    const last = edge === 'change' ? undefined : f.local('i32', `truth ${id + 1}`);
    return [{ condition, address, decided, last }];
  });
  const ask = ({ condition, address, last }: (typeof conditions)[number], eventful: Label, scope: Scope) =>
    last === undefined
      ? [set(value, number(scope, condition)), branchIf(eventful, f64.ne(value, f64.load(0, address)))]
      : [branchIf(eventful, i32.ne(truth(scope, condition), last))];

  /** Where the sign is not seen to stay as it is. */
  const carefully = (n: number, eventful: Label, scope: Scope): Statement[] => {
    const three = { a: begin[n]!, b: ended[n]!, c: earlier };
    const times = { before, from, to };
    const { statements, none } = isNoTurn(f, three, times);
    const turning = turningHere(f, three, times);
    return [
      branchIf(eventful, changed(three.a, three.b)),
      set(earlier, f64.load(0, located.before.address + 8 * n)),
      set(before, f64.load(0, located.time)),
      ...statements,
      when(i32.eqz(none), [...turning.statements, branchIf(eventful, turning.turned)]),
      ...conditions
        .filter(({ decided }) => decided?.has(n))
        .flatMap((condition) => ask(condition, eventful, scope)),
    ];
  };

  return {
    begin,
    enter: [
      ...followed.flatMap((n) => [
        set(begin[n]!, f64.load(0, located.begin.address + 8 * n)),
        // The first step is looked at carefully: the one before had another length.
        ...(isEven ? [set(lastRise[n]!, NaN)] : []),
      ]),
      ...conditions.flatMap(({ last, address }) =>
        last === undefined ? [] : [set(last, f64.ne(f64.load(0, address), 0))],
      ),
    ] as Statement[],
    /** Leaves where a stage is beyond a condition that changes rates. */
    lookInStage: (beyond: Label, scope: Scope): Statement[] =>
      system.crossings.flatMap((crossing, n) =>
        jumpsRates(crossing)
          ? [set(ended[n]!, number(scope, crossing.value)), branchIf(beyond, isBeyond(begin[n]!, ended[n]!))]
          : [],
      ),
    /** Leaves where a sign has changed, or may have and come back. */
    look: (eventful: Label, scope: Scope): Statement[] => [
      ...system.crossings.map((crossing, n) => set(ended[n]!, number(scope, crossing.value))),
      ...followed.flatMap((n) => {
        if (!isEven) return carefully(n, eventful, scope);
        const [known, careful] = [label('known'), label('careful')];
        return [
          set(rise[n]!, f64.sub(ended[n]!, begin[n]!)),
          block(known, [
            block(careful, [
              branchIf(careful, i32.eqz(f64.gt(f64.mul(begin[n]!, ended[n]!), 0))),
              // At the end of the step it still goes towards zero, or not so at the start: the parabola turns before or after.
              set(bend, f64.sub(f64.add(rise[n]!, rise[n]!), lastRise[n]!)),
              branchIf(known, f64.lt(f64.mul(bend, begin[n]!), 0)),
              set(toStart, f64.mul(rise[n]!, begin[n]!)),
              branchIf(careful, i32.eqz(f64.gt(toStart, 0))),
              branchIf(known, f64.gt(f64.mul(lastRise[n]!, begin[n]!), 0)),
            ]),
            ...carefully(n, eventful, scope),
          ]),
        ];
      }),
    ],
    /** Leaves where a condition is another one than it was; those that signs decide were looked at there. */
    conditions: (eventful: Label, scope: Scope): Statement[] =>
      conditions
        .filter(({ decided }) => decided === undefined)
        .flatMap((condition) => ask(condition, eventful, scope)),
    commit: [
      ...followed.flatMap((n) => [
        f64.store(0, begin[n]!, located.before.address + 8 * n),
        set(begin[n]!, ended[n]!),
        ...(isEven ? [set(lastRise[n]!, rise[n]!)] : []),
      ]),
      ...(followed.length > 0 ? [f64.store(0, from, located.time)] : []),
    ] as Statement[],
  };
}
