/**
 * A Runge–Kutta step over arrays in one go: the stages follow each other tile by tile, each as far behind the one before as its neighbours
 * reach, so that what they hand on stays in the nearest cache. It ends with the slopes at its end, and says whether all it computed are
 * numbers. Operation for operation the step of `integrate/runge-kutta.ts` and the equations after it.
 */
import { isSteady, loads } from '../../ir/expressions.ts';
import type { FlatIndex, FlatLoop, FlatTarget } from '../../ir/flat-expression.ts';
import { countBeyond, jumpsRates } from '../beyond.ts';
import type { StageLooks } from '../beyond.ts';
import { fuse, groupIn } from '../blocks.ts';
import type { Assign, Fused } from '../blocks.ts';
import type { Context } from '../context.ts';
import { movingIn } from '../moving.ts';
import { elementOffset, keyOf, place, Scope } from '../expression.ts';
import {
  branchIf,
  elementLoop,
  f64,
  forRange,
  i32,
  label,
  loop,
  returns,
  set,
  setGlobal,
  tee,
  when,
} from '../wasm/index.ts';
import type {
  ElementLoop,
  F64,
  FunctionBuilder,
  FunctionHandle,
  Local,
  Statement,
  ValueType,
} from '../wasm/index.ts';
import { fitsInOne } from './stages.ts';
import { shiftsOf } from './tile-order.ts';
import type { Access, Pass } from './tile-order.ts';

/** The equations stand there four times over: longer ones are called. */
const LONGEST = 1200;
/** About so many elements a tile. */
const TILE = 128;
/** Passes may stay behind by so many. */
const MOST_BEHIND = 96;

interface Piece extends Pass {
  /** Before all tiles. */
  before: Statement[];
  /** Once; or the parts of a loop. */
  once?: Statement[];
  rounds?: ElementLoop & { counter: Local<'i32'> };
}

/** What a stage reads and what becomes of its slopes. */
interface Stage {
  time: Local<'f64'>;
  /** Where its states are, by a name of theirs. */
  states: readonly [name: string, address: number];
  /** What becomes of a slope, and what it touches for that; undefined: all is stored where it belongs. */
  slopeBecomes?: (element: SlopePlaces, slope: Local<'f64'>) => Statement[];
  touches: readonly Touch[];
}

type Touch = readonly [name: string, writes: boolean];

interface SlopePlaces {
  read(base: number): F64;
  write(base: number, value: F64): Statement;
}

/** `(t, h, next)`, as `fusedRk4`, to the sum of all states and slopes, in any order. Undefined where it would be no gain. */
export function rk4InTiles(context: Context, looks: StageLooks | undefined): FunctionHandle | undefined {
  const { system, plan, module } = context;
  const { layout } = plan.manifest;
  const { dynamics, variables, projection } = system;
  if (system.crossings.some((crossing) => jumpsRates(crossing) && crossing.loops.length > 1))
    return undefined;
  if (projection.length > 0 || !dynamics.some(({ loops }) => loops.length > 0)) return undefined;
  if (!fitsInOne(system, LONGEST) || dynamics.some(({ loops }) => loops.length > 1)) return undefined;
  const groups = fuse(dynamics).filter((group): group is Fused => !('kind' in group));
  const assigns = groups.flatMap((group) => group.assigns);
  const isPlain = assigns.every(
    ({ value }) =>
      isSteady(value, 'time') &&
      loads(value).every(({ load }) => variables[load.variable]!.role !== 'derivative'),
  );
  if (!isPlain) return undefined;

  const { count, address: x } = layout.states;
  const dx = layout.derivatives.address;
  const old = plan.scratch.integrator;
  const [sum, first, second] = [1, 2, 3].map((n) => old + 8 * count * n) as [number, number, number];
  const f = module.function('rk4 in tiles', {
    params: { t: 'f64', h: 'f64', next: 'f64' },
    results: ['f64'],
  });
  const { t, h, next } = f.params;
  const owner = f as unknown as FunctionBuilder<Record<string, 'i32' | 'f64'>>;
  const all = f as unknown as FunctionBuilder<Readonly<Record<string, ValueType>>>;
  const number = (name: string): Local<'f64'> => f.local('f64', name);
  const [half, sixth, middle] = [number('half step'), number('sixth of step'), number('middle')];
  const [was, state, numbers] = [number('x before'), number('state'), number('all numbers')];
  const beyond = number('elements beyond');
  const add = (value: F64): Statement => set(numbers, f64.add(numbers, value));

  const work = workOf(context, groups);
  const inner = (length: Local<'f64'>, sums: readonly [string, number], into: readonly [string, number]) => ({
    slopeBecomes: ({ read, write }: SlopePlaces, slope: Local<'f64'>) => [
      write(sum, f64.add(read(sums[1]), f64.add(slope, slope))),
      write(into[1], f64.add(read(x), f64.mul(length, slope))),
    ],
    touches: [
      [sums[0], false],
      ['sum', true],
      ['x', false],
      [into[0], true],
    ] as const,
  });
  const stages: Stage[] = [
    { time: middle, states: ['first', first], ...inner(half, ['slopes', dx], ['second', second]) },
    { time: middle, states: ['second', second], ...inner(h, ['sum', sum], ['first', first]) },
    {
      time: next,
      states: ['first', first],
      slopeBecomes: ({ read, write }, slope) => [
        set(was, read(x)),
        write(old, was),
        set(state, f64.add(was, f64.mul(sixth, f64.add(read(sum), slope)))),
        write(x, state),
        add(state),
      ],
      touches: [
        ['x', true],
        ['sum', false],
        ['old', true],
      ],
    },
    { time: next, states: ['x', x], touches: [['slopes', true]] },
  ];

  const pieces: Piece[] = [];
  const ahead: Statement[] = [];
  /** A loop's body over all its rounds. */
  const looped = (
    loops: readonly FlatLoop[],
    counter: Local<'i32'>,
    before: Statement[],
    body: Statement[],
    accesses: readonly Access[],
  ): void => {
    const { from, to } = loops[0]!;
    if (to <= from) return;
    const rounds = elementLoop(all, counter, 8 * from, 8 * to, body, [numbers, beyond]);
    pieces.push({ from, to, accesses, before, rounds: { ...rounds, counter } });
  };

  // The first slopes are still where the equations put them.
  for (const [size, ids] of work.states) {
    const counter = f.local('i32', 'state');
    const base = (id: number): number => plan.addresses[id]! - x;
    const body = ids.flatMap((id) => [
      set(state, f64.load(counter, plan.addresses[id]!)),
      set(was, f64.load(counter, base(id) + dx)),
      f64.store(counter, f64.add(state, f64.mul(half, was)), base(id) + first),
    ]);
    const accesses = ids.flatMap((id): Access[] => [
      { array: `x ${id}`, writes: false, offset: 0 },
      { array: `slopes ${id}`, writes: false, offset: 0 },
      { array: `first ${id}`, writes: true, offset: 0 },
    ]);
    looped([{ variable: 'state', from: 0, to: size }], counter, [], body, accesses);
  }

  for (const stage of stages) {
    const isLast = stage.slopeBecomes === undefined;
    const addresses = plan.addresses.map((address, id) =>
      variables[id]!.role === 'state' ? address - x + stage.states[1] : address,
    );
    const moved = { ...context, plan: { ...plan, addresses } };
    const scope = new Scope(moved, owner);
    scope.time = stage.time;
    /** What an assignment touches, in rounds of its loop. */
    const accessesOf = ({ target, value, loops }: Assign): Access[] => {
      const found = loads(value).map(({ load }) => readAt(load, loops));
      const { role, partner } = variables[target.variable]!;
      const touches: readonly Touch[] = role === 'derivative' ? stage.touches : [['', true]];
      for (const [name, writes] of touches)
        found.push({
          array: name === '' ? `${target.variable}` : `${name} ${partner}`,
          writes,
          ...where(target.index, loops),
        });
      return found;
    };
    const instead = (inside: Scope, target: FlatTarget, value: Local<'f64'>): Statement[] | undefined => {
      const { role, partner } = variables[target.variable]!;
      if (isLast) {
        const { dynamic, constant } = elementOffset(inside, target.variable, target.index);
        const [address, offset] = place(dynamic, plan.addresses[target.variable]! + constant);
        return [f64.store(address, value, offset), add(value)];
      }
      if (role !== 'derivative' || partner === undefined)
        return work.stored.has(target.variable) ? undefined : [];
      const { dynamic, constant } = elementOffset(inside, partner, target.index);
      const offset = plan.addresses[partner]! - x + constant;
      return stage.slopeBecomes!(
        {
          read: (base) => f64.load(...place(dynamic, base + offset)),
          write: (base, result) => {
            const [address, at] = place(dynamic, base + offset);
            return f64.store(address, result, at);
          },
        },
        value,
      );
    };
    const readAt = (load: FlatTarget, loops: readonly FlatLoop[]): Access => {
      const { role } = variables[load.variable]!;
      const array = `${role === 'state' ? `${stage.states[0]} ` : ''}${load.variable}`;
      return { array, writes: false, ...where(load.index, loops) };
    };
    for (const group of groups) {
      const own = group.assigns.filter((assign) => (isLast ? work.moving : work.needed).has(assign));
      if (own.length === 0) continue;
      if (group.loops.length > 0) {
        const inside = scope.inner(group.loops);
        const { before, inside: body } = groupIn(moved, inside, { ...group, assigns: own }, { instead });
        const counter = inside.counters.get(group.loops[0]!.variable)!;
        looped(group.loops, counter, before, body, own.flatMap(accessesOf));
        continue;
      }
      for (const assign of own) {
        const single: Fused = { loops: [], assigns: [assign] };
        if (work.early.has(assign)) {
          // Of the time alone: at hand from the beginning, under its name.
          ahead.push(...groupIn(moved, scope, single, { instead }).inside);
          continue;
        }
        const { inside: once } = groupIn(moved, scope.inner([]), single, { instead });
        const at = placeOf(assign);
        pieces.push({ from: at, to: at + 1, accesses: accessesOf(assign), before: [], once });
      }
    }
    if (isLast) continue;
    system.crossings.forEach((crossing, id) => {
      if (!jumpsRates(crossing)) return;
      const { loops } = crossing;
      const inside = scope.inner(loops);
      const body = countBeyond(moved, inside, id, beyond);
      const read = loads(crossing.value).map(({ load }) => load);
      const accesses = read.map((load) => readAt(load, loops));
      const [around] = loops;
      if (around !== undefined)
        return looped(loops, inside.counters.get(around.variable)!, [], body, accesses);
      const at = lastOf(read);
      pieces.push({ from: at, to: at + 1, accesses, before: [], once: body });
    });
  }

  f.body = [
    set(half, f64.mul(h, 0.5)),
    set(sixth, f64.div(h, 6)),
    set(middle, f64.add(t, half)),
    f64.store(0, next, layout.time),
    ...ahead,
    ...inOrder(all, pieces),
    ...(looks === undefined ? [] : [setGlobal(looks.seen, f64.ne(beyond, 0))]),
    returns(numbers),
  ];
  return f;
}

function where(index: readonly FlatIndex[], loops: readonly FlatLoop[]): Pick<Access, 'offset' | 'element'> {
  const [only] = index;
  if (only === undefined) return { element: 0 };
  if (index.length > 1) return {};
  if (typeof only === 'number') return { element: only };
  return only.loop === loops[0]?.variable ? { offset: only.offset } : {};
}

/** Where among the rounds of loops an assignment without one is done: where its target is, or the last that it reads. */
function placeOf({ target, value }: Assign): number {
  const [own] = target.index;
  return target.index.length === 1 ? Number(own) : lastOf(loads(value).map(({ load }) => load));
}

/** The last element that is read. */
const lastOf = (read: readonly FlatTarget[]): number =>
  Math.max(
    0,
    ...read.flatMap(({ index }) => (index.length === 1 && typeof index[0] === 'number' ? [index[0]] : [])),
  );

/** What of the equations is to be done in each stage. */
function workOf({ system }: Context, groups: readonly Fused[]) {
  const { variables } = system;
  const assigns = groups.flatMap((group) => group.assigns.map((assign) => ({ assign, group })));
  const loaded = new Map(assigns.map(({ assign }) => [assign, loads(assign.value)]));
  const written = new Set(assigns.map(({ assign }) => assign.target.variable));
  const moving = movingIn(system).variables;
  // What slopes need.
  const needed = new Set<Assign>();
  const wanted = new Set<number>();
  for (let before = -1; before !== needed.size;) {
    before = needed.size;
    for (const { assign } of assigns) {
      const { variable } = assign.target;
      const isSlope = variables[variable]!.role === 'derivative';
      if (!isSlope && !(wanted.has(variable) && moving.has(variable))) continue;
      needed.add(assign);
      for (const { load } of loaded.get(assign)!) wanted.add(load.variable);
    }
  }
  // What is of the time alone, and read by its own name only.
  const readers = (id: number) =>
    [...needed].flatMap((assign) => loaded.get(assign)!.filter(({ load }) => load.variable === id));
  const early = new Set<Assign>();
  const isEarly = new Set<number>();
  for (const { assign, group } of assigns) {
    const { target } = assign;
    if (group.loops.length > 0 || !needed.has(assign)) continue;
    if (variables[target.variable]!.role === 'derivative') continue;
    const isByTime = loaded
      .get(assign)!
      .every(
        ({ load }) =>
          isEarly.has(load.variable) ||
          (variables[load.variable]!.role !== 'state' && !written.has(load.variable)),
      );
    const isNamed = readers(target.variable).every(({ load }) => keyOf(load) === keyOf(target));
    if (!isByTime || !isNamed || target.index.length > 0) continue;
    early.add(assign);
    isEarly.add(target.variable);
  }
  // What a group reads of another one, or of other rounds, has to be in memory.
  const stored = new Set<number>();
  for (const { assign, group } of assigns)
    if (needed.has(assign) && !early.has(assign))
      for (const { load, loops } of loaded.get(assign)!) {
        const isOwn =
          group.loops.length > 0 &&
          loops.length === 0 &&
          group.assigns.some(({ target }) => keyOf(target) === keyOf(load));
        if (!isOwn && !isEarly.has(load.variable)) stored.add(load.variable);
      }
  for (const crossing of system.crossings)
    if (jumpsRates(crossing))
      for (const { load } of loads(crossing.value))
        if (!isEarly.has(load.variable)) stored.add(load.variable);
  // Arrays of states by size: those of one size go through one loop.
  const states = new Map<number, number[]>();
  variables.forEach(({ role, dims }, id) => {
    if (role !== 'state') return;
    const size = dims.reduce((a, b) => a * b, 1);
    states.set(size, [...(states.get(size) ?? []), id]);
  });
  const isMoving = ({ target }: Assign): boolean => moving.has(target.variable);
  return {
    /** What stages compute: the rest is in memory, or of no use there. */
    needed,
    /** What changes at all. */
    moving: new Set(assigns.map(({ assign }) => assign).filter(isMoving)),
    early,
    stored,
    states,
  };
}

/** Piece by piece; or tile by tile, where that keeps the order of what they touch. */
function inOrder(
  f: FunctionBuilder<Readonly<Record<string, ValueType>>>,
  pieces: readonly Piece[],
): Statement[] {
  const size = Math.max(...pieces.map(({ to }) => to));
  const shifts = size < 2 * TILE || !isFree(pieces) ? undefined : shiftsOf(pieces, MOST_BEHIND, aligned);
  if (shifts === undefined)
    return pieces.flatMap(({ from, to, before, once, rounds }) => {
      if (rounds === undefined) return once!;
      const { counter, first, end, step, inner, prelude, gathered, alone } = rounds;
      const all = [...prelude, forRange(counter, first, end, inner, step), ...gathered];
      return [...before, ...alone(8 * from, first), ...all, ...alone(end, 8 * to)];
    });
  const tiles = Math.max(2, Math.round(size / TILE));
  const tile = 2 * Math.ceil((size + Math.max(...shifts)) / tiles / 2);
  const [tileEnd, limit] = f.named('i32', 'end of tile', 'limit');
  /** In the tile that a round belongs to. */
  const within = (round: number, body: Statement[]): Statement[] =>
    body.length === 0 ? [] : [when(i32.eq(tileEnd, 8 * tile * (Math.floor(round / tile) + 1)), body)];
  const inTile = pieces.flatMap(({ from, to, once, rounds }, n): Statement[] => {
    const shift = shifts[n]!;
    if (rounds === undefined) return within(from + shift, once!);
    const { counter, first, end, step, inner, alone } = rounds;
    const again = label(`next ${counter.name}`);
    return [
      ...within(from + shift, alone(8 * from, first)),
      set(limit, i32.sub(tileEnd, 8 * shift)),
      when(i32.gt(limit, end), [set(limit, end)]),
      when(i32.lt(counter, limit), [
        loop(again, [...inner, branchIf(again, i32.lt(tee(counter, i32.add(counter, step)), limit))]),
      ]),
      ...within(to - 1 + shift, alone(end, 8 * to)),
    ];
  });
  return [
    ...pieces.flatMap(({ before, rounds }) => [
      ...before,
      ...(rounds === undefined ? [] : [...rounds.prelude, set(rounds.counter, rounds.first)]),
    ]),
    forRange(tileEnd, 8 * tile, 8 * tile * (tiles + 1), inTile, 8 * tile),
    ...pieces.flatMap(({ rounds }) => rounds?.gathered ?? []),
  ];
}

/** A tile begins at an even round: pairs of a pass that begins at an odd one are odd. */
const aligned = ({ rounds }: Piece, least: number): number =>
  rounds?.step === 16 ? least + ((least + rounds.first / 8) % 2) : least;

/** Whether no loop has to wait for a single element: it is read before all tiles. */
function isFree(pieces: readonly Piece[]): boolean {
  const written = new Set(
    pieces.flatMap(({ accesses }) => accesses.filter(({ writes }) => writes).map(({ array }) => array)),
  );
  return pieces.every(
    ({ rounds, accesses }) =>
      rounds === undefined ||
      accesses.every(({ array, element }) => element === undefined || !written.has(array)),
  );
}
