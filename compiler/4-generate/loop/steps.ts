/** What all loops do with a step: find out what ends it, commit it with what happens there, or take it back. */
import { Cell } from '../../../runtime/contract/cells.ts';
import { MOST_STILL, STANDS_STILL } from '../../../runtime/contract/sides.ts';
import {
  block,
  both,
  branch,
  branchIf,
  call,
  f64,
  forElements,
  i32,
  label,
  loop,
  memoryCopy,
  returns,
  run,
  select,
  set,
  when,
} from '../wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Label,
  Local,
  Statement,
  ValueType,
} from '../wasm/index.ts';
import { finiteness } from './finite.ts';
import type { LoopContext } from './index.ts';
import { areComputed } from './locate.ts';
import type { Found } from './locate.ts';
import { anySuspicious } from './signs.ts';

export type LoopFunction = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** Up to this many cells are copied without a loop. */
const STRAIGHT = 16;

/** How a method shows times within its step, where events are carried out. */
export interface Method extends Found {
  /** `show(t, from, to)`: the states and time t of the step that begins at `from`; those at its end `to` are where `keepEnd` put them. */
  show: FunctionHandle;
  locate: FunctionHandle | undefined;
  /** What `locate` looks at stays aside: at the step's own end nothing else was put into memory. */
  aside: boolean;
}

/** Where the steps of a loop function end, and what is counted of them. */
export interface Frame extends Record<'blocked' | 'eventful' | 'enough' | 'next', Label> {
  count: Local<'i32'>;
  reason: Local<'i32'>;
  after: Local<'f64'>;
  most: Local<'i32'>;
}

export const frameLabels = () => ({
  blocked: label('blocked'),
  eventful: label('eventful'),
  next: label('next step'),
  enough: label('as many as asked for'),
});

/** Code around the steps of one loop function. */
export function stepsIn(
  f: LoopFunction,
  shared: LoopContext,
  method: Method | undefined,
  times: { limit: Local<'f64'>; span: Local<'f64'>; isAdaptive: boolean },
) {
  const { context, iterates, derivatives, crossings, watch, events } = shared;
  const outputs = context.system.outputs.length > 0 ? [run(shared.outputs)] : [];
  const evaluate = [run(derivatives), ...outputs];
  const { layout, handlers } = context.plan.manifest;
  const { located, time, status, states } = layout;
  const before = f.local('f64', 'start of the step before');
  const found = f.local('i32', 'found');
  const [from, to] = f.named('f64', 'from', 'to');
  const [end, due] = f.named('f64', 'end of the step', 'next due');
  const [happens, crossed, result] = f.named('i32', 'something happens', 'at a crossing', 'result');
  const alone = f.local('i32', 'nobody listens');
  const isLocated = layout.crossings.count > 0 && shared.passes !== true;
  const conditioned = handlers.some(({ kind }) => kind !== 'every' && kind !== 'scheduled');
  const sum = f.local('f64', 'no number');
  const isBad = f64.ne(sum, 0);
  const still = layout.runtime + 8 * Cell.still;
  const isStill = f64.le(end, f64.mul(from, STANDS_STILL));
  const { sumOfDifferences, evaluated, allFinite } = finiteness(f, context);
  /** Looks at all numbers: where those of equations cannot be seen to be fine, or others may have changed. */
  const isLookedAt = f.local('i32', 'all was looked at');
  const looked = (
    numbers: Local<'f64'> | undefined,
    all: Statement[],
    others: () => Statement[],
  ): Statement[] =>
    numbers === undefined
      ? all
      : [
          when(
            i32.or(i32.eqz(isLookedAt), f64.ne(f64.sub(numbers, numbers), 0)),
            [...all, set(isLookedAt, 1)],
            outputs.length === 0 ? [] : others(),
          ),
        ];

  /** Copies f64 cells. */
  const copied = (source: number, target: number, count: number): Statement[] => {
    if (count <= STRAIGHT)
      return Array.from({ length: count }, (_, i) =>
        f64.store(0, f64.load(0, source + 8 * i), target + 8 * i),
      );
    const at = f.local('i32', 'cell');
    return forElements(f, at, 0, 8 * count, [f64.store(at, f64.load(at, source), target)]);
  };
  const putStartOfIterations: Statement[] = iterates
    ? [memoryCopy(evaluated.address, context.plan.scratch.loop, 8 * evaluated.count)]
    : [];
  const n = layout.crossings.count;
  const isSuspicious = anySuspicious(f, context, shared.suspicious, found, { before, from, to });
  const locate = method?.locate;
  /** A step of an adaptive method is wrong from a pole on wherever it is, so all of it is looked at; a fixed one is taken anew to where it ends. */
  const polesAt = (where: 'own end' | 'end', eventful: Label): Statement[] =>
    shared.poles === undefined || (where === 'own end') !== times.isAdaptive
      ? []
      : [branchIf(eventful, call<'i32'>(shared.poles.passed))];
  const markPoles = shared.poles === undefined ? [] : [run(shared.poles.mark)];
  const shift = [
    ...copied(located.begin.address, located.before.address, n),
    ...copied(layout.crossings.address, located.begin.address, n),
  ];

  const code = {
    found,
    from,
    /** The step's own end, and where it ends: there, or at a crossing before. */
    to,
    end,
    /** Before the first step; leaves by `blocked` where the last step said too little of crossings. */
    enter: (blocked: Label): Statement[] => [
      set(from, f64.load(0, time)),
      set(before, f64.load(0, located.time)),
      ...markPoles,
      set(alone, f64.eq(times.span, times.span)),
      set(due, Infinity),
      ...(events === undefined ? [] : [when(alone, [set(due, call<'f64'>(events.nextDue))])]),
      ...(isLocated
        ? [branchIf(blocked, i32.and(f64.ne(before, before), locate ? i32.eqz(alone) : i32.const(1)))]
        : []),
    ],
    /** Sets a number to where the next step is cut. */
    limited: (limit: Local<'f64'>): Statement[] => [
      set(limit, events === undefined ? times.limit : f64.min(times.limit, due)),
      ...(context.system.limits.length === 0
        ? []
        : [
            set(to, call<'f64'>(shared.limit)),
            when(i32.and(f64.gt(to, from), f64.lt(to, limit)), [set(limit, to)]),
          ]),
    ],
    /** Whether what came before says enough of crossings. */
    isKnown: isLocated ? f64.eq(before, before) : (i32.const(1) as I32),
    /** A time that steps must end before so that nobody hears of them, and nothing is due. */
    before: (limit: Local<'f64'>): F64 => (events === undefined ? limit : f64.min(limit, due)),
    /** After steps that were taken elsewhere. */
    resume: (isLocated ? [set(before, f64.load(0, located.time))] : []) as Statement[],
    /** Where iterations start from in this step. */
    begin: iterates
      ? [memoryCopy(context.plan.scratch.loop, evaluated.address, 8 * evaluated.count)]
      : ([] as Statement[]),
    putStartOfIterations,
    /**
     * The states are those at `to`, the time too: evaluates, finds the end, and goes on at `eventful` where the host must look.
     * `fresh` computes the derivatives, as far as they are not there. `numbers` is one if all are that equations computed within steps; `eyed` says that
     * somebody saw already that something may have crossed.
     */
    look: (
      eventful: Label,
      fresh: Statement[],
      { numbers, eyed }: { numbers?: Local<'f64'> | undefined; eyed?: Local<'i32'> | undefined } = {},
    ): Statement[] => [
      ...putStartOfIterations,
      ...(iterates ? [run(derivatives)] : fresh),
      ...outputs,
      set(found, i32.load(0, status)),
      branchIf(eventful, found),
      ...polesAt('own end', eventful),
      set(end, to),
      set(crossed, 0),
      ...(isLocated
        ? [
            run(crossings),
            ...(locate === undefined || method === undefined
              ? [branchIf(eventful, f64.ne(before, before)), ...isSuspicious, branchIf(eventful, found)]
              : [
                  set(found, 1),
                  when(
                    eyed ? i32.and(f64.eq(before, before), i32.eqz(eyed)) : f64.eq(before, before),
                    isSuspicious,
                  ),
                  branchIf(eventful, i32.and(found, i32.eqz(alone))),
                  when(found, [
                    ...copied(states.address, context.plan.scratch.end, states.count),
                    set(end, call<'f64'>(locate, from, to)),
                    branchIf(eventful, f64.lt(end, 0)),
                    set(crossed, method.crossed),
                    // One more than may be is the host's to name.
                    branchIf(eventful, both(isStill, f64.ge(f64.load(0, still), MOST_STILL))),
                    set(isLookedAt, 0),
                    when(
                      f64.eq(end, method.lookedAt),
                      method.aside ? [when(crossed, evaluate)] : areComputed(context.system) ? [] : evaluate,
                      [run(method.show, [end, from, to]), ...evaluate, run(crossings)],
                    ),
                    set(found, i32.load(0, status)),
                    branchIf(eventful, found),
                    ...(shared.kinkPassed === undefined
                      ? []
                      : [branchIf(eventful, call<'i32'>(shared.kinkPassed))]),
                  ]),
                ]),
          ]
        : []),
      ...polesAt('end', eventful),
      ...looked(
        numbers,
        allFinite(sum).flatMap((one) => [...one, branchIf(eventful, isBad)]),
        () => [...sumOfDifferences(sum, layout.algebraics), branchIf(eventful, isBad)],
      ),
      set(happens, events === undefined ? 0 : i32.or(crossed, f64.le(due, end))),
      ...(conditioned ? [when(i32.eqz(happens), [set(happens, call<'i32'>(watch))])] : []),
      ...(events === undefined
        ? [branchIf(eventful, happens)]
        : [
            branchIf(eventful, i32.and(happens, i32.eqz(alone))),
            when(happens, [
              set(isLookedAt, 0),
              set(result, call<'i32'>(events.instant, crossed, times.span, f64.const(0), 0)),
              when(i32.eq(result, 1), [...events.undo]),
              branchIf(eventful, i32.eq(result, 1)),
              set(due, call<'f64'>(events.nextDue)),
            ]),
          ]),
    ],
    /** Whether the step went to its own end. */
    isWhole: f64.eq(end, to),
    /** Whether values may have been set at its end. */
    isDisturbed: events === undefined ? undefined : i32.and(happens, i32.shrU(result, 1)),
    commit: [
      ...(events === undefined ? [] : [when(happens, markPoles)]),
      ...(isLocated
        ? [
            ...(events === undefined ? [] : [when(happens, [run(crossings)])]),
            ...(shared.sides === undefined ? [] : [run(shared.sides, [i32.const(0)])]),
            ...shift,
            f64.store(0, select(isStill, f64.add(f64.load(0, still), 1), f64.const(0)), still),
            set(before, from),
            ...(events === undefined ? [] : [when(happens, [set(before, NaN)])]),
            f64.store(0, before, located.time),
          ]
        : []),
      set(from, end),
    ] as Statement[],
    /** States and time are those of the start again: everything else too. */
    takeBack: [
      i32.store(0, 0, status),
      i32.store(0, 0, status + 4),
      i32.store(0, 0, status + 8),
      i32.store(0, 0, status + 12),
      i32.store(0, 0, context.plan.scratch.pendingCount),
      ...(iterates ? putStartOfIterations : [run(derivatives), ...outputs, i32.store(0, 0, status)]),
    ] as Statement[],
    copied,
  };

  /**
   * One step after another, until `after` is reached or there are `most`. Returns how many (`count`) times 4, and the `reason` why no
   * more: 0, the next is not one for this loop (left by `blocked`); 1, the host must look at it, so it is taken back (`eventful`);
   * 2, there are enough. `undo` puts back the states from before a step.
   */
  const frame = (
    { blocked, eventful, enough, next, count, reason, after, most }: Frame,
    {
      enter,
      step,
      committed = [],
      undo,
    }: Record<'enter' | 'step' | 'undo', Statement[]> & { committed?: Statement[] },
  ): Statement[] => [
    block(blocked, [
      block(eventful, [
        ...enter,
        block(enough, [
          loop(next, [
            ...step,
            ...code.commit,
            set(count, i32.add(count, 1)),
            ...committed,
            branchIf(next, i32.and(f64.lt(from, after), i32.lt(count, most))),
          ]),
        ]),
        set(reason, 2),
        branch(blocked),
      ]),
      ...undo,
      f64.store(0, from, time),
      ...code.takeBack,
      set(reason, 1),
    ]),
    returns(i32.or(reason, i32.shl(count, 2))),
  ];
  return { ...code, frame };
}
