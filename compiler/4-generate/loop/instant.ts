/**
 * What happens at one time as `runtime/events/instant.ts` has it happen, where nobody listens: `every`, then rounds of conditions and
 * durations, each with all writes together. Anything amiss is left to the host, which goes over the step again and says what it is.
 */
import { Cell } from '../../../runtime/contract/cells.ts';
import type { Context } from '../context.ts';
import { Scope, truth } from '../expression.ts';
import {
  block,
  branch,
  branchIf,
  call,
  drop,
  f64,
  f64x2,
  forRange,
  i32,
  label,
  loop,
  returns,
  run,
  select,
  set,
  switchOn,
  when,
} from '../wasm/index.ts';
import type { FunctionBuilder, FunctionHandle, I32, Local, Statement, ValueType } from '../wasm/index.ts';
import { inColumns } from './columns.ts';
import { isWaiting, ticksInColumns, ticksTogether } from './eligible.ts';
import { finiteness } from './finite.ts';
import { copiedCells, keptRegions, tickedAlone } from './kept.ts';
import { ticksOf } from './ticks.ts';

export interface InstantParts {
  derivatives: FunctionHandle;
  outputs: FunctionHandle;
  detect: FunctionHandle;
  fire: FunctionHandle;
  commit: FunctionHandle;
  interval: FunctionHandle;
}

export interface Instants {
  /**
   * `instant(crossed, span, microstep, ticks)`: 0: nothing was set; 1: the host must look, memory is half changed; 2: something may have been
   * set. It begins after so many microsteps, and ends after ticks where `ticks` is 1.
   */
  instant: FunctionHandle;
  /** s: the earliest tick, or end of a duration. */
  nextDue: FunctionHandle;
  /** Puts memory back as it was before the last instant. */
  undo: Statement[];
}

/** zeno.ts has the reasons. */
const WINDOW = 1e-6;
const CROSSINGS = 10_000;
const NEAR = 1e-12;
const REPEATS = 5;
const SILENT_REPEATS = 1000;
const MICROSTEPS = 1000;

/** Up to this many handlers have their own code where it is asked what fires. */
const FEW = 8;

type AnyFunction = FunctionBuilder<Readonly<Record<string, ValueType>>>;

export function instants(context: Context, parts: InstantParts): Instants {
  const { module, system, plan } = context;
  const { layout } = plan.manifest;
  const { status, ticks, since, truths, runtime, time, queue } = layout;
  const { pending, pendingCount } = plan.scratch;
  const cell = (which: number): number => runtime + 8 * which;
  const { ticking, waiting, instances, cellOf, tickTime, counters } = ticksOf(context);
  const turns = [...new Set(ticking.map(({ handler: { turn = 0 } }) => turn))].toSorted((a, b) => a - b);
  const columns = ticksInColumns(system);
  const alone = columns ? tickedAlone(system) : new Set<number>();
  const kept = keptRegions(context, alone);

  const nextDue = module.function('next due', { results: ['f64'] });
  {
    const f = nextDue;
    const next = f.local('f64', 'next');
    const [at, instance] = f.named('i32', 'at', 'instance');
    const outer = new Scope(context, f as unknown as FunctionBuilder<Record<string, 'i32' | 'f64'>>);
    f.body.push(set(next, Infinity));
    for (const { handler, id } of ticking) {
      const scope = outer.inner(handler.loops);
      const least = (offset: I32 | number): Statement[] => {
        const due = f.local('f64', 'due');
        return [
          set(due, tickTime(scope, handler, f64.load(offset, cellOf(ticks, id)))),
          when(f64.lt(due, next), [set(next, due)]),
        ];
      };
      if (ticksTogether(system, handler) || columns)
        f.body.push(...counters(scope, handler, i32.const(0)), ...least(0));
      else
        f.body.push(
          forRange(instance, 0, instances(id), [
            ...counters(scope, handler, instance),
            ...least(i32.shl(instance, 3)),
          ]),
        );
    }
    for (const { id } of waiting) {
      const base = cellOf(ticks, id);
      const count = instances(id);
      const pairs = count < 8 ? 0 : count - (count % 2);
      if (pairs > 0) {
        const both = f.local('v128', 'least');
        f.body.push(
          set(both, f64x2.const(Infinity, Infinity)),
          // A NaN, where no duration runs, is smaller than nothing.
          forRange(at, 0, 8 * pairs, [set(both, f64x2.pmin(both, f64x2.load(at, base)))], 16),
          set(next, f64.min(next, f64.min(f64x2.lane(both, 0), f64x2.lane(both, 1)))),
        );
      }
      for (let i = pairs; i < count; i += 1)
        f.body.push(when(f64.lt(f64.load(0, base + 8 * i), next), [set(next, f64.load(0, base + 8 * i))]));
    }
    f.body.push(returns(next));
  }

  /** `noted(which, instance, became)`: 1: fires now; 2: a duration was started or stopped; 4: one is less than nothing, or no number. */
  const noted = module.function('noted', {
    params: { which: 'i32', instance: 'i32', became: 'i32' },
    results: ['i32'],
  });
  {
    const f = noted;
    const { which, instance, became } = f.params;
    const [at, now, wait] = [f.local('i32', 'at'), f.local('f64', 'now'), f.local('f64', 'wait')];
    f.body = [
      set(at, i32.shl(instance, 3)),
      set(now, f64.load(0, time)),
      switchOn(
        which,
        system.handlers.map((handler, id) => {
          if (handler.condition === undefined) return [];
          return [
            f64.store(at, select(became, now, f64.const(NaN)), cellOf(since, id)),
            ...(isWaiting(handler)
              ? [
                  when(
                    became,
                    [
                      set(wait, call<'f64'>(parts.interval, id, instance)),
                      when(i32.eqz(f64.ge(wait, 0)), [returns(i32.const(4))]),
                      f64.store(at, f64.add(now, wait), cellOf(ticks, id)),
                    ],
                    [f64.store(at, f64.const(NaN), cellOf(ticks, id))],
                  ),
                  returns(i32.const(2)),
                ]
              : [returns(handler.edge === 'any' ? i32.const(1) : became)]),
          ];
        }),
      ),
      returns(i32.const(0)),
    ];
  }

  const f = module.function('instant', {
    params: { crossed: 'i32', span: 'f64', first: 'f64', ticks: 'i32' },
    results: ['i32'],
  });
  const own = f as unknown as AnyFunction;
  const { crossed, span, first, ticks: only } = f.params;
  const flag = (name: string): Local<'i32'> => f.local('i32', name);
  const now = f.local('f64', 'now');
  const microstep = f.local('f64', 'microstep');
  const firstRound = f.local('f64', 'microstep of the first round');
  const [changed, started, fired, changes, entry] = [
    flag('changed'),
    flag('a duration started'),
    flag('fired'),
    flag('changes'),
    flag('entry'),
  ] as [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>];
  const [which, instance, became, said] = [flag('which'), flag('instance'), flag('became'), flag('said')];
  const [any, firstWhich, firstInstance, repeated] = [
    flag('some condition fired'),
    flag('first handler'),
    flag('first instance'),
    flag('fired at the last crossing too'),
  ];
  const [at, end] = [flag('at'), flag('end')];
  const sum = f.local('f64', 'no number');
  const { isFault } = finiteness(own, context);
  const fail = returns(i32.const(1));

  /** Where nothing took another value, what is computed stays what it is. */
  const evaluated: Statement[] = [
    when(said, [run(parts.derivatives), run(parts.outputs), when(i32.load(0, status), [fail])]),
    set(microstep, f64.add(microstep, 1)),
    f64.store(0, microstep, cell(Cell.microstep)),
    set(changed, 1),
  ];
  /** All that was fired takes effect together. */
  const together: Statement[] = [
    when(i32.load(0, status), [fail]),
    set(sum, 0),
    set(end, i32.shl(i32.load(0, pendingCount), 4)),
    forRange(
      at,
      0,
      end,
      [set(sum, f64.add(sum, f64.sub(f64.load(at, pending.address + 8), f64.load(at, pending.address + 8))))],
      16,
    ),
    when(f64.ne(sum, 0), [fail]),
    run(parts.commit, [], [said]),
    set(said, 1),
    ...evaluated,
  ];
  const noteFired: Statement[] = [
    run(parts.fire, [which, instance]),
    set(fired, 1),
    when(
      i32.or(
        i32.eqz(any),
        i32.and(
          f64.eq(microstep, firstRound),
          i32.or(
            i32.lt(which, firstWhich),
            i32.and(i32.eq(which, firstWhich), i32.lt(instance, firstInstance)),
          ),
        ),
      ),
      [
        when(i32.eqz(any), [set(firstRound, microstep)]),
        set(any, 1),
        set(firstWhich, which),
        set(firstInstance, instance),
      ],
    ),
    when(
      i32.and(
        f64.eq(f64.fromI32(which), f64.load(0, cell(Cell.crossingHandler))),
        f64.eq(f64.fromI32(instance), f64.load(0, cell(Cell.crossingInstance))),
      ),
      [set(repeated, 1)],
    ),
  ];

  const outer = new Scope(context, f as unknown as FunctionBuilder<Record<string, 'i32' | 'f64'>>);
  const { tick, takenBack } = columns
    ? inColumns(context, own, { now, fired, said, fail, evaluated, alone, kept })
    : { tick: undefined, takenBack: [] };
  const tickAll: Statement[] =
    tick ??
    turns.flatMap((turn) => [
      set(fired, 0),
      ...ticking
        .filter(({ handler }) => (handler.turn ?? 0) === turn)
        .flatMap(({ handler, id }) => {
          const scope = outer.inner(handler.loops);
          if (ticksTogether(system, handler)) {
            const all = f64.load(0, cellOf(ticks, id));
            return [
              ...counters(scope, handler, i32.const(0)),
              when(f64.le(tickTime(scope, handler, all), now), [
                f64.store(0, f64.add(all, 1), cellOf(ticks, id)),
                forRange(instance, 0, instances(id), [run(parts.fire, [i32.const(id), instance])]),
                set(fired, 1),
              ]),
            ];
          }
          const offset = i32.shl(instance, 3);
          const done = f64.load(offset, cellOf(ticks, id));
          return [
            forRange(instance, 0, instances(id), [
              ...counters(scope, handler, instance),
              when(f64.le(tickTime(scope, handler, done), now), [
                f64.store(offset, f64.add(done, 1), cellOf(ticks, id)),
                run(parts.fire, [i32.const(id), instance]),
                set(fired, 1),
              ]),
            ]),
          ];
        }),
      when(fired, together),
    ]);

  const conditioned = system.handlers.some(({ condition }) => condition !== undefined);
  /** Few conditions of one instance each, none of which waits: each is asked where its handler fires. */
  const oneByOne = (): Statement[] =>
    system.handlers.flatMap((handler, id) => {
      const { condition, guard, edge } = handler;
      if (condition === undefined) return [];
      const scope = outer.inner([]);
      return [
        set(became, truth(scope, condition)),
        when(i32.ne(became, f64.ne(f64.load(0, cellOf(truths, id)), 0)), [
          f64.store(0, f64.fromI32(became), cellOf(truths, id)),
          when(guard === undefined ? i32.const(1) : truth(scope, guard), [
            f64.store(0, select(became, now, f64.const(NaN)), cellOf(since, id)),
            when(edge === 'any' ? i32.const(1) : became, [set(which, id), set(instance, 0), ...noteFired]),
          ]),
        ]),
      ];
    });
  const areFew =
    system.handlers.length <= FEW &&
    waiting.length === 0 &&
    system.handlers.every(
      ({ condition, loops, edge }) => condition === undefined || (loops.length === 0 && edge !== 'change'),
    );
  const [settled, round, more] = [label('nothing fires'), label('round'), label('more changes')];
  const rounds: Statement[] = conditioned
    ? [
        block(settled, [
          loop(round, [
            set(fired, 0),
            ...(areFew
              ? oneByOne()
              : [
                  loop(more, [
                    run(parts.detect, [0], [changes]),
                    forRange(entry, 0, changes, [
                      set(which, i32.load(i32.shl(entry, 3), queue.address)),
                      set(instance, i32.load(i32.shl(entry, 3), queue.address + 4)),
                      set(became, i32.and(instance, 1)),
                      set(instance, i32.shr(instance, 1)),
                      set(said, call<'i32'>(noted, which, instance, became)),
                      when(i32.eq(said, 1), noteFired),
                      when(i32.eq(said, 2), [set(started, 1)]),
                      when(i32.eq(said, 4), [fail]),
                    ]),
                    branchIf(more, i32.and(i32.ne(changes, 0), i32.ge(changes, queue.count))),
                  ]),
                ]),
            ...(waiting.length === 0
              ? []
              : [
                  when(f64.le(call<'f64'>(nextDue), now), [
                    ...waiting.map(({ id }) =>
                      forRange(
                        at,
                        0,
                        8 * instances(id),
                        [
                          when(
                            i32.and(
                              f64.le(f64.load(at, cellOf(ticks, id)), now),
                              f64.eq(f64.load(at, cellOf(since, id)), f64.load(at, cellOf(since, id))),
                            ),
                            [
                              f64.store(at, f64.const(NaN), cellOf(ticks, id)),
                              when(f64.ne(f64.load(at, cellOf(truths, id)), 0), [
                                set(which, id),
                                set(instance, i32.shrU(at, 3)),
                                ...noteFired,
                              ]),
                            ],
                          ),
                        ],
                        8,
                      ),
                    ),
                  ]),
                ]),
            when(i32.load(0, status), [fail]),
            branchIf(settled, i32.eqz(fired)),
            when(f64.ge(microstep, MICROSTEPS), [fail]),
            ...together,
            branch(round),
          ]),
        ]),
      ]
    : [];

  const near = flag('near the last one');
  const [repeats, count] = f.named('f64', 'repeats', 'crossings');
  const zeno: Statement[] = [
    when(i32.eqz(f64.le(f64.sub(now, f64.load(0, cell(Cell.windowStart))), f64.mul(WINDOW, span))), [
      f64.store(0, now, cell(Cell.windowStart)),
      f64.store(0, f64.const(0), cell(Cell.windowCount)),
    ]),
    set(count, f64.add(f64.load(0, cell(Cell.windowCount)), 1)),
    f64.store(0, count, cell(Cell.windowCount)),
    when(
      any,
      [
        set(near, f64.le(f64.sub(now, f64.load(0, cell(Cell.lastCrossing))), f64.mul(NEAR, now))),
        when(
          near,
          [
            when(repeated, [
              set(repeats, f64.add(f64.load(0, cell(Cell.crossingRepeats)), 1)),
              f64.store(0, repeats, cell(Cell.crossingRepeats)),
              when(f64.ge(repeats, REPEATS), [fail]),
            ]),
          ],
          [
            f64.store(0, f64.fromI32(firstWhich), cell(Cell.crossingHandler)),
            f64.store(0, f64.fromI32(firstInstance), cell(Cell.crossingInstance)),
            f64.store(0, f64.const(0), cell(Cell.crossingRepeats)),
          ],
        ),
        f64.store(0, now, cell(Cell.lastCrossing)),
      ],
      [
        set(
          near,
          f64.le(f64.sub(now, f64.load(0, cell(Cell.lastSilent))), f64.mul(NEAR, f64.max(now, 1e-9))),
        ),
        f64.store(0, now, cell(Cell.lastSilent)),
        set(repeats, select(near, f64.add(f64.load(0, cell(Cell.silentRepeats)), 1), f64.const(0))),
        f64.store(0, repeats, cell(Cell.silentRepeats)),
        when(f64.ge(repeats, SILENT_REPEATS), [fail]),
      ],
    ),
    when(f64.gt(count, CROSSINGS), [fail]),
  ];

  f.body = [
    ...kept.flatMap(({ from, to, bytes }) => copiedCells(from, to, bytes)),
    set(now, f64.load(0, time)),
    set(microstep, first),
    f64.store(0, microstep, cell(Cell.microstep)),
    ...(ticking.length === 0 ? [] : tickAll),
    ...(rounds.length === 0 ? [] : [when(i32.eqz(only), rounds)]),
    when(i32.or(changed, started), [...isFault(sum), when(f64.ne(sum, 0), [fail])]),
    when(crossed, zeno),
    returns(i32.shl(changed, 1)),
  ];
  return {
    instant: f,
    nextDue,
    undo: [
      drop(call<'i32'>(parts.commit)),
      ...kept.flatMap(({ from, to, bytes }) => copiedCells(to, from, bytes)),
      ...takenBack,
    ],
  };
}
