/**
 * Steps in which nothing happens at all, of systems with few single numbers: all that changes stays in locals from step to step, and goes to
 * memory where such steps end. They end before the first step that somebody has to look at, which the loop then takes as any other:
 * `steps.ts` says what is looked at, and this leaves memory as that would have, to the last bit.
 */
import { Cell } from '../../../runtime/contract/cells.ts';
import { STANDS_STILL } from '../../../runtime/contract/sides.ts';
import { loads, some } from '../../ir/expressions.ts';
import type { Block, FlatExpression, FlatSystem } from '../../ir/flat-system.ts';
import { evaluateInto } from '../blocks.ts';
import { movingIn } from '../moving.ts';
import type { Context } from '../context.ts';
import { elementOffset, number, Scope, truth } from '../expression.ts';
import { branchIf, call, f64, i32, run, set, when } from '../wasm/index.ts';
import type { F64, FunctionBuilder, I32, Label, Local, Statement, ValueType } from '../wasm/index.ts';
import type { LoopContext } from './index.ts';
import { changed, isNoTurn, turningPoint } from './signs.ts';
import { fitsInOne, readsSingly, statesOf } from './stages.ts';

/** Of states; and of functions whose signs are followed. */
const MOST = 12;
const MOST_CROSSINGS = 4;
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
  ...system.handlers.flatMap(({ condition }) => (condition === undefined ? [] : [condition])),
];

/** What has a value of its own at each time, and may set more than that. */
const isPlain = (expression: FlatExpression): boolean =>
  !some(expression, ({ kind }) =>
    ['draw', 'delayed', 'window', 'sampled', 'attribute', 'quantile'].includes(kind),
  );

export function isSmall({ system, plan }: Context): boolean {
  const { layout, solves } = plan.manifest;
  const { variables, dynamics, outputs, crossings, handlers } = system;
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
  /** What was computed besides slopes. */
  others: Local<'f64'>[];
}

/** Blocks at a time with these states, in a function: the slopes are put into locals, and nothing is stored but the time where they read it. */
export function equationsIn(context: Context, f: Owner) {
  const { system, plan } = context;
  const { states, time } = plan.manifest.layout;
  const owner = f as unknown as FunctionBuilder<Record<string, 'i32' | 'f64'>>;
  const targets = statesOf(context);
  const isTimed = expressionsOf(system).some((one) => some(one, ({ kind }) => kind === 'time'));
  return (
    at: F64,
    stage: readonly Local<'f64'>[],
    into: readonly Local<'f64'>[],
    blocks: readonly Block[] = movingIn(system).blocks,
  ): Evaluated => {
    const scope = new Scope(context, owner);
    const others: Local<'f64'>[] = [];
    targets.forEach((target, n) => scope.known.set(target, stage[n]!));
    const body = evaluateInto(context, scope, blocks, {
      instead: (inner, target, computed) => {
        const { role, partner } = system.variables[target.variable]!;
        if (role !== 'derivative' || partner === undefined) {
          others.push(computed);
          return [];
        }
        const { constant } = elementOffset(inner, partner, target.index);
        const n = (plan.addresses[partner]! - states.address + constant) / 8;
        return [set(into[n]!, computed)];
      },
    });
    return { statements: [...(isTimed ? [f64.store(0, at, time)] : []), ...body], scope, others };
  };
}

/** The code around quiet steps in the function `f`, one method's. */
export function quietIn(f: Owner, shared: LoopContext) {
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
  const [earlier, begin, ended] = ['earlier', 'at start', 'at end'].map((name) =>
    followed.map((n) => f.local('f64', `crossing ${n + 1} ${name}`)),
  ) as [Local<'f64'>[], Local<'f64'>[], Local<'f64'>[]];
  const [before, from, to] = [
    f.local('f64', 'start of the step before'),
    f.local('f64', 'from'),
    f.local('f64', 'to'),
  ];
  const count = f.local('i32', 'steps');
  const sum = f.local('f64', 'no number');
  const value = f.local('f64', 'value');
  const cell = (which: number): number => layout.runtime + 8 * which;

  const evaluated = equationsIn(context, f);

  const stored = (values: readonly Local<'f64'>[]): Statement[] =>
    each.map((n) => f64.store(0, values[n]!, states.address + 8 * n));
  const crossed: Statement[] = [
    ...followed.flatMap((n) => [
      f64.store(0, earlier[n]!, located.before.address + 8 * n),
      f64.store(0, begin[n]!, located.begin.address + 8 * n),
      f64.store(0, begin[n]!, layout.crossings.address + 8 * n),
    ]),
    ...(followed.length > 0
      ? [f64.store(0, before, located.time), f64.store(0, f64.const(0), cell(Cell.still))]
      : []),
  ];
  const outputs = system.outputs.length > 0 ? [run(shared.outputs)] : [];

  const differences = (numbers: readonly F64[]): Statement[] => [
    set(sum, 0),
    ...numbers.map((one) => set(sum, f64.add(sum, f64.sub(one, one)))),
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
      ...followed.flatMap((n) => [
        set(begin[n]!, f64.load(0, located.begin.address + 8 * n)),
        set(earlier[n]!, f64.load(0, located.before.address + 8 * n)),
      ]),
      ...(followed.length > 0 ? [set(before, f64.load(0, located.time))] : []),
    ] as Statement[],
    /** Whether a step to `to` is one that time allows, and that is not for others to see. */
    mayEnd: (until: Local<'f64'>, earlierThan: Local<'f64'>): I32 =>
      i32.and(i32.and(f64.le(to, until), f64.lt(to, earlierThan)), f64.gt(to, f64.mul(from, STANDS_STILL))),
    /** All that is evaluated at the next states. */
    ended: (): Evaluated => evaluated(to, next, nextSlopes, [...system.dynamics, ...system.outputs]),
    /** Leaves where anything is to be looked at. */
    look: (eventful: Label, { scope, others }: Evaluated): Statement[] => {
      const crossings = system.crossings.map((crossing, n) => set(ended[n]!, number(scope, crossing.value)));
      const signs = followed.flatMap((n) => {
        const three = { a: begin[n]!, b: ended[n]!, c: earlier[n]! };
        const times = { before, from, to };
        const { statements: turn, none } = isNoTurn(f, three, times);
        return [
          branchIf(eventful, changed(three.a, three.b)),
          ...turn,
          when(i32.eqz(none), [
            branchIf(
              eventful,
              call<'i32'>(turningPoint(context), three.a, three.b, three.c, before, from, to),
            ),
          ]),
        ];
      });
      const conditions = system.handlers.flatMap(({ condition, edge }, id) => {
        if (condition === undefined) return [];
        const last = f64.load(0, layout.truths.address + 8 * plan.manifest.handlers[id]!.offset);
        return edge === 'change'
          ? [set(value, number(scope, condition)), branchIf(eventful, f64.ne(value, last))]
          : [branchIf(eventful, i32.ne(truth(scope, condition), f64.ne(last, 0)))];
      });
      return [
        ...crossings,
        ...signs,
        ...differences([...next, ...nextSlopes, ...others]),
        branchIf(eventful, f64.ne(sum, 0)),
        ...conditions,
      ];
    },
    commit: [
      ...each.flatMap((n) => [set(x[n]!, next[n]!), set(slopes[n]!, nextSlopes[n]!)]),
      ...followed.flatMap((n) => [set(earlier[n]!, begin[n]!), set(begin[n]!, ended[n]!)]),
      ...(followed.length > 0 ? [set(before, from)] : []),
      set(from, to),
      set(count, i32.add(count, 1)),
    ] as Statement[],
    /** Memory is as after the last step that was committed. */
    leave: [
      f64.store(0, from, time),
      when(count, [...stored(x), ...crossed, run(derivatives), ...outputs]),
    ] as Statement[],
    /** Memory is as after the step that was tried, and what `starts` keeps of its start. */
    leaveTried: (starts: { states: number; slopes: number }): Statement[] => [
      f64.store(0, to, time),
      ...each.flatMap((n) => [
        f64.store(0, x[n]!, starts.states + 8 * n),
        f64.store(0, slopes[n]!, starts.slopes + 8 * n),
      ]),
      ...stored(next),
      when(count, crossed),
    ],
  };
}
