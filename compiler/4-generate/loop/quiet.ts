/**
 * Steps in which nothing happens at all, of systems with few single numbers: all that changes stays in locals from step to step, and goes to
 * memory where such steps end. They end before the first step that somebody has to look at, which the loop then takes as any other:
 * `steps.ts` says what is looked at, and this leaves memory as that would have, to the last bit.
 */
import { Cell } from '../../../runtime/contract/cells.ts';
import { STANDS_STILL } from '../../../runtime/contract/sides.ts';
import { loads, some } from '../../ir/expressions.ts';
import type { Block, FlatSystem } from '../../ir/flat-system.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import { evaluateInto } from '../blocks.ts';
import { movingIn } from '../moving.ts';
import type { Context } from '../context.ts';
import { elementOffset, keyOf, number, Scope } from '../expression.ts';
import { changesSide } from '../poles.ts';
import { branchIf, f64, i32, run, set, when } from '../wasm/index.ts';
import type { F64, FunctionBuilder, I32, Label, Local, Statement, ValueType } from '../wasm/index.ts';
import type { LoopContext } from './index.ts';
import { followedIn } from './quiet-signs.ts';
import { fitsInOne, readsSingly, statesOf } from './stages.ts';

/** Of states; and of functions whose signs are followed. */
const MOST = 12;
const MOST_CROSSINGS = 4;
const MOST_POLES = 8;
/** The equations stand there once more. */
const LONGEST = 600;
/** V8 compiles a function well that was called before: none of these runs on for long. */
export const ROUNDS = 4096;

type Owner = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** All that a step evaluates. */
const expressionsOf = (system: FlatSystem): FlatExpression[] => [
  ...[...system.dynamics, ...system.outputs].flatMap((block) =>
    block.kind === 'assign' ? [block.value] : [],
  ),
  ...system.crossings.map(({ value }) => value),
  ...system.poles.map(({ value }) => value),
  ...system.handlers.flatMap(({ condition }) => (condition === undefined ? [] : [condition])),
];

/** What has a value of its own at each time, and may set more than that. */
const isPlain = (expression: FlatExpression): boolean =>
  !some(expression, ({ kind }) =>
    ['draw', 'delayed', 'window', 'sampled', 'attribute', 'quantile'].includes(kind),
  );

export function isSmall({ system, plan }: Context): boolean {
  const { layout, solves } = plan.manifest;
  const { variables, dynamics, outputs, crossings, poles, handlers } = system;
  const moving = new Set<string>(['state', 'algebraic', 'derivative']);
  return (
    layout.states.count > 0 &&
    layout.states.count <= MOST &&
    layout.kinks === undefined &&
    solves.length === 0 &&
    system.projection.length === 0 &&
    system.limits.length === 0 &&
    system.delays.length === 0 &&
    system.flow === undefined &&
    crossings.length <= MOST_CROSSINGS &&
    crossings.every(({ loops }) => loops.length === 0) &&
    poles.length <= MOST_POLES &&
    poles.every(({ loops }) => loops.length === 0) &&
    handlers.every(({ condition, loops }) => condition === undefined || loops.length === 0) &&
    handlers.length <= 2 * MOST_CROSSINGS &&
    fitsInOne({ ...system, dynamics: [...dynamics, ...outputs] }, LONGEST) &&
    readsSingly({ ...system, dynamics: [...dynamics, ...outputs] }) &&
    expressionsOf(system).every(
      (expression) =>
        isPlain(expression) &&
        loads(expression).every(
          ({ load }) =>
            !moving.has(variables[load.variable]!.role) || load.index.every((i) => typeof i === 'number'),
        ),
    )
  );
}

interface Evaluated {
  statements: Statement[];
  /** What was computed is at hand there. */
  scope: Scope;
  /** What was computed, without slopes that are a state. */
  computed: Local<'f64'>[];
}

/** Blocks at a time with these states, in a function: the slopes are put into locals, and nothing is stored but the time where they read it. */
export function equationsIn(context: Context, f: Owner) {
  const { system, plan } = context;
  const { states, time } = plan.manifest.layout;
  const owner = f as unknown as FunctionBuilder<Record<string, 'i32' | 'f64'>>;
  const targets = statesOf(context);
  /** Slopes that are one of the states. */
  const same = new Set(
    system.dynamics.flatMap((one) => {
      const { value, target } = one.kind === 'assign' ? one : {};
      const isState = value?.kind === 'load' && system.variables[value.variable]!.role === 'state';
      return isState && target !== undefined ? [keyOf(target)] : [];
    }),
  );
  const isTimed = expressionsOf(system).some((one) => some(one, ({ kind }) => kind === 'time'));
  return (
    at: F64,
    stage: readonly Local<'f64'>[],
    into: readonly Local<'f64'>[],
    blocks: readonly Block[] = movingIn(system).blocks,
  ): Evaluated => {
    const scope = new Scope(context, owner);
    const found: Local<'f64'>[] = [];
    targets.forEach((target, n) => scope.known.set(target, stage[n]!));
    const body = evaluateInto(context, scope, blocks, {
      instead: (inner, target, computed) => {
        const { role, partner } = system.variables[target.variable]!;
        if (!same.has(keyOf(target))) found.push(computed);
        if (role !== 'derivative' || partner === undefined) return [];
        const { constant } = elementOffset(inner, partner, target.index);
        const n = (plan.addresses[partner]! - states.address + constant) / 8;
        return [set(into[n]!, computed)];
      },
    });
    return { statements: [...(isTimed ? [f64.store(0, at, time)] : []), ...body], scope, computed: found };
  };
}

/** The code around quiet steps in the function `f`, one method's; `isEven`: they follow one another by the same length. */
export function quietIn(f: Owner, shared: LoopContext, isEven: boolean) {
  const { context, derivatives } = shared;
  const { system, plan } = context;
  const { layout } = plan.manifest;
  const { located, states, time } = layout;
  const each = [...Array(states.count).keys()];
  const single = (name: string): Local<'f64'>[] => each.map((n) => f.local('f64', `${name} ${n + 1}`));
  const [x, slopes, next, nextSlopes] = [
    single('x'),
    single('slope'),
    single('next x'),
    single('next slope'),
  ];
  const followed = [...Array(layout.crossings.count).keys()];
  const [from, to] = f.named('f64', 'from', 'to');
  const { poles } = plan.manifest;
  const [pole, nextPole] = ['pole', 'next pole'].map((name) =>
    system.poles.map((_, n) => f.local('f64', `${name} ${n + 1}`)),
  ) as [Local<'f64'>[], Local<'f64'>[]];
  const poleCell = (n: number): number => poles!.begin + 8 * n;
  const marked: Statement[] = pole.map((value, n) => f64.store(0, value, poleCell(n)));
  const signs = followedIn(f, context, { from, to }, isEven);
  const { begin } = signs;
  const count = f.local('i32', 'steps');
  const sum = f.local('f64', 'sum');
  const cell = (which: number): number => layout.runtime + 8 * which;

  const evaluated = equationsIn(context, f);

  const stored = (values: readonly Local<'f64'>[]): Statement[] =>
    each.map((n) => f64.store(0, values[n]!, states.address + 8 * n));
  const crossed: Statement[] = [
    ...followed.flatMap((n) => [
      f64.store(0, begin[n]!, located.begin.address + 8 * n),
      f64.store(0, begin[n]!, layout.crossings.address + 8 * n),
    ]),
    ...(followed.length > 0 ? [f64.store(0, f64.const(0), cell(Cell.still))] : []),
  ];
  const outputs = system.outputs.length > 0 ? [run(shared.outputs)] : [];

  /** Leaves where one of these is no number: then their sum is none; which too large ones may have as well. */
  const areNumbers = (numbers: readonly F64[], otherwise: Label): Statement[] => [
    set(
      sum,
      numbers.reduce((total, one) => f64.add(total, one)),
    ),
    when(f64.ne(f64.sub(sum, sum), 0), [
      set(
        sum,
        numbers.map((one) => f64.sub(one, one)).reduce((total, one) => f64.add(total, one)),
      ),
      branchIf(otherwise, f64.ne(sum, 0)),
    ]),
  ];

  return {
    single,
    x,
    slopes,
    next,
    nextSlopes,
    from,
    to,
    count,
    evaluated,
    /** From memory, which holds the committed state. */
    enter: [
      set(from, f64.load(0, time)),
      ...each.flatMap((n) => [
        set(x[n]!, f64.load(0, states.address + 8 * n)),
        set(slopes[n]!, f64.load(0, layout.derivatives.address + 8 * n)),
      ]),
      ...pole.map((value, n) => set(value, f64.load(0, poleCell(n)))),
      ...signs.enter,
    ] as Statement[],
    /** Whether a step to `to` is one that time allows, and that is not for others to see. */
    mayEnd: (until: Local<'f64'>, earlierThan: Local<'f64'>): I32 =>
      i32.and(i32.and(f64.le(to, until), f64.lt(to, earlierThan)), f64.gt(to, f64.mul(from, STANDS_STILL))),
    /** All that is evaluated at the next states. */
    ended: (): Evaluated => evaluated(to, next, nextSlopes, [...system.dynamics, ...system.outputs]),
    lookInStage: signs.lookInStage,
    /** Leaves where anything is to be looked at. */
    look: (eventful: Label, { scope, computed }: Evaluated): Statement[] => [
      ...signs.look(eventful, scope),
      ...areNumbers([...next, ...computed], eventful),
      ...signs.conditions(eventful, scope),
      ...system.poles.flatMap(({ value }, n) => [
        set(nextPole[n]!, number(scope, value)),
        branchIf(eventful, changesSide(pole[n]!, nextPole[n]!)),
      ]),
    ],
    commit: [
      ...each.flatMap((n) => [set(x[n]!, next[n]!), set(slopes[n]!, nextSlopes[n]!)]),
      ...signs.commit,
      ...pole.map((value, n) => set(value, nextPole[n]!)),
      set(from, to),
    ] as Statement[],
    /** Memory is as after the last step that was committed. */
    leave: [
      f64.store(0, from, time),
      ...marked,
      when(count, [...stored(x), ...crossed, run(derivatives), ...outputs]),
    ] as Statement[],
    /** Memory is as after the step that was tried, and what `starts` keeps of its start. */
    leaveTried: (starts: { states: number; slopes: number }): Statement[] => [
      f64.store(0, to, time),
      ...marked,
      ...each.flatMap((n) => [
        f64.store(0, x[n]!, starts.states + 8 * n),
        f64.store(0, slopes[n]!, starts.slopes + 8 * n),
      ]),
      ...stored(next),
      when(count, crossed),
    ],
  };
}
