/**
 * Derivatives through events whose time moves with what is chosen. At a crossing h = 0 the time moves by w = -(dh/dp) / (dh/dt); what is
 * set takes the total derivative, dg/dp + dg/dt w, and a state that goes on along another rate the difference of both
 * rates times w (the saltation rule; Aizerman and Gantmakher 1958).
 *
 * An instant goes so, microstep by microstep: a comparison that changes is noted, with w where it is a crossing. Then all switches are set
 * and the rates before are kept, at once. What that makes happen takes its total derivatives. Some microsteps later the rates after are known, and
 * the derivatives of states go on from there. What happens still later at that instant does the same anew, with the same w.
 */
import type {
  Block,
  FlatAction,
  FlatHandler,
  FlatSystem,
  FlatVariable,
  VariableId,
} from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop, FlatTarget } from '../../ir/flat-expression.ts';
import { both, either, not, number } from '../../ir/expressions.ts';
import { elements, whole } from '../box.ts';
import { directional } from './directional.ts';
import { ratesOf } from './rates.ts';
import { add, call, choose, divide, multiply, negate, subtract } from '../algebra/simplify.ts';
import { handlersIn } from './smoothness.ts';
import { isOn, switchVariable } from './switches.ts';
import type { Switch } from './switches.ts';

/** More actions than these at one event are too many. */
const MOST_ACTIONS = 6000;
/** Microsteps for what follows from what happened, before the derivatives of states go on. */
const MOST_CASCADES = 4;
/** A crossing that is located is as near to 0 as this, as a share of what is compared or of the time. */
const NEAR = 1e-9;

export interface EventSlopes {
  variables: FlatVariable[];
  start: Block[];
  /** After all outputs. */
  outputs: Block[];
  handlers: FlatHandler[];
  /** Discrete: by how much the time of the last event moved with each choice, when that was, and whether all is lost since. */
  shift: VariableId;
  at: VariableId;
  lost: VariableId;
  /** How fast the expressions change that were asked for. */
  rateOf(expression: FlatExpression): FlatExpression;
}

interface Given {
  /** With its switches. */
  system: FlatSystem;
  switches: readonly Switch[];
  /** By variable, that of its derivatives. */
  slopes: ReadonlyMap<VariableId, VariableId>;
  /** Variables that matter. */
  matters: ReadonlySet<VariableId>;
  directions: number;
  scenario: number | undefined;
  /** Position of the first new variable. */
  first: number;
  /** Whose rates are asked for. */
  watched: readonly FlatExpression[];
}

export function eventSlopes(given: Given): EventSlopes | { because: string } {
  const { system, switches, slopes, directions, scenario, first, watched } = given;
  const variables: FlatVariable[] = [];
  const declare = (
    name: string,
    dims: readonly number[],
    role: FlatVariable['role'] = 'discrete',
  ): VariableId => first + variables.push({ ...switchVariable(system, name, dims), role }) - 1;
  const [at, generation, done, lost] = ['event time', 'event number', 'event done', 'events lost'].map(
    (name) => declare(name, []),
  ) as [VariableId, VariableId, VariableId, VariableId];
  const waits = Array.from({ length: MOST_CASCADES }, (_, n) => declare(`event seen ${n + 1}`, []));
  const seen = waits.at(-1)!;
  const noted = switches.map(({ variable }, n) => declare(`switch ${n + 1} noted`, dimsOf(system, variable)));
  const counts = switches.map(({ variable }, n) =>
    declare(`switch ${n + 1} count`, dimsOf(system, variable)),
  );
  const shift = declare('event shift', [directions]);
  const states = [...slopes.keys()].filter((id) => system.variables[id]!.role === 'state');
  const before = new Map(states.map((id) => [id, declare(`rate before ${id}`, dimsOf(system, id))]));
  const flow = new Map(states.map((id) => [id, declare(`flow ${id}`, dimsOf(system, id), 'algebraic')]));
  const cells = states.reduce((sum, id) => sum + dimsOf(system, id).reduce((a, b) => a * b, 1), 0);
  const acting = handlersIn(system, scenario).filter(({ actions }) =>
    actions.some(({ target }) => given.matters.has(target.variable)),
  );
  if (cells * (directions + switches.length + acting.length) > MOST_ACTIONS)
    return { because: `${cells} states go on from events whose time depends on what is chosen` };

  const sides = switches.map(({ left, right }) => subtract(left, right));
  const setting = acting.flatMap(({ actions }) =>
    actions.filter(({ target }) => slopes.has(target.variable)).map(({ value }) => value),
  );
  const rates = ratesOf(
    system,
    [...sides, ...setting, ...watched],
    (id) => flow.get(id),
    first + variables.length,
  );

  const load = (variable: VariableId, index: FlatTarget['index'] = []): FlatExpression => ({
    kind: 'load',
    variable,
    index,
  });
  const compare = (
    operator: '==' | '!=' | '<=',
    left: FlatExpression,
    right: FlatExpression,
  ): FlatExpression => ({
    kind: 'binary',
    operator,
    left,
    right,
  });
  const live = compare('==', load(at), { kind: 'time' });
  const collecting = compare('!=', load(generation), load(seen));
  const along = (direction: number) => ({ slopeOf: (id: VariableId) => slopes.get(id), at: direction });
  const all = Array.from({ length: directions }, (_, direction) => direction);
  const source = system.structure.source;
  const action = (target: FlatTarget, value: FlatExpression, guard?: FlatExpression): FlatAction => ({
    target,
    value,
    ...(guard === undefined ? {} : { guard }),
    source,
  });
  const to = (variable: VariableId, index: FlatTarget['index'] = []): FlatTarget => ({ variable, index });
  const each = states.flatMap((id) =>
    [...elements(whole(dimsOf(system, id)))].map((index) => ({ id, index: [...index] })),
  );
  const rate = (id: VariableId, index: number[]): FlatExpression =>
    load(system.variables[id]!.partner!, index);
  const onward = (guard: FlatExpression): FlatAction =>
    action(to(generation), add(load(generation), number(1)), guard);

  const bySwitch = switches.map(({ loops, condition, left, right }, n): FlatHandler => {
    const index = loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
    const side = sides[n]!;
    const speed = rates.of(side);
    const size = call('abs', side);
    const isReal = either(
      compare('<=', size, multiply(number(NEAR), add(call('abs', left), call('abs', right)))),
      compare('<=', size, multiply(number(NEAR), multiply(call('abs', speed), { kind: 'time' }))),
    );
    return {
      ...silent(`switch ${n + 1}`, loops, source),
      condition: isOn(condition),
      actions: [
        action(to(noted[n]!, index), isOn(condition)),
        action(to(counts[n]!, index), add(load(counts[n]!, index), number(1))),
        ...all.map((direction) =>
          action(
            to(shift, [direction]),
            negate(divide(directional(side, along(direction)), speed)),
            both(isReal, not(live)),
          ),
        ),
        action(to(at), { kind: 'time' }, both(isReal, not(live))),
        // Two crossings at one instant: which comes first depends on what is chosen.
        action(to(lost), number(1), both(isReal, live)),
      ],
    };
  });
  const begins = both(live, not(collecting));
  const setSwitches: FlatHandler[] = [
    ...switches.map(({ variable, loops }, n): FlatHandler => {
      const index = loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
      return {
        ...silent(`switch ${n + 1} set`, loops, source),
        condition: load(noted[n]!, index),
        actions: [action(to(variable, index), load(noted[n]!, index))],
      };
    }),
    {
      ...silent('event', [], source),
      condition: switches.reduce<FlatExpression>((sum, { loops }, n) => {
        const body = load(
          counts[n]!,
          loops.map((loop) => ({ loop: loop.variable, offset: 0 })),
        );
        return add(sum, loops.length === 0 ? body : { kind: 'reduction', operator: 'sum', loops, body });
      }, number(0)),
      actions: [
        ...each.map(({ id, index: own }) => action(to(before.get(id)!, own), rate(id, own), begins)),
        onward(begins),
      ],
    },
  ];

  const set = new Set(acting);
  const handlers = system.handlers.map((handler): FlatHandler => {
    if (!set.has(handler)) return handler;
    const actions = handler.actions.flatMap(({ target, value, guard }) => {
      const slope = slopes.get(target.variable);
      if (slope === undefined) return [];
      const speed = rates.of(value);
      const values = all.map((direction) => directional(value, along(direction)));
      const moves = values.some((one) => !isZero(one)) || !isZero(speed);
      const when = (more: FlatExpression): FlatExpression => (guard === undefined ? more : both(guard, more));
      const late = both(both(live, not(collecting)), compare('!=', load(done), load(generation)));
      return [
        ...values.map((own, direction) =>
          action(
            to(slope, [...target.index, direction]),
            isZero(speed)
              ? own
              : add(own, choose(live, multiply(speed, load(shift, [direction])), number(0))),
            guard,
          ),
        ),
        // The derivatives of states are on their way from one rate to the other.
        ...(moves ? [action(to(lost), number(1), when(late))] : []),
      ];
    });
    const rest = each.map(({ id, index }) => {
      const own = handler.actions.filter(({ target }) => target.variable === id);
      const isSet = own
        .map(({ target, guard }) => {
          const here = target.index.reduce<FlatExpression>((sum, one, dim) => {
            const place: FlatExpression =
              typeof one === 'number' ? number(one) : { kind: 'position', ...one };
            return both(sum, compare('==', place, number(index[dim]!)));
          }, number(1));
          return guard === undefined ? here : both(here, guard);
        })
        .reduce<FlatExpression | undefined>(
          (sum, one) => (sum === undefined ? one : either(sum, one)),
          undefined,
        );
      const target = to(before.get(id)!, index);
      if (isSet === undefined) return action(target, rate(id, index), both(live, not(collecting)));
      const value = choose(isSet, number(0), rate(id, index));
      return action(target, value, both(live, either(not(collecting), isSet)));
    });
    return {
      ...handler,
      actions: [...handler.actions, ...actions, ...rest, onward(both(live, not(collecting)))],
    };
  });

  const settle: FlatHandler[] = [
    ...waits.map((wait, n): FlatHandler => {
      const earlier = load(n === 0 ? generation : waits[n - 1]!);
      return {
        ...silent(`event seen ${n + 1}`, [], source),
        condition: earlier,
        actions: [action(to(wait), earlier)],
      };
    }),
    {
      ...silent('event done', [], source),
      condition: load(seen),
      actions: [
        ...each.flatMap(({ id, index }) =>
          all.map((direction) => {
            const slope = to(slopes.get(id)!, [...index, direction]);
            const jump = subtract(load(before.get(id)!, index), rate(id, index));
            return action(
              slope,
              add(load(slope.variable, slope.index), multiply(jump, load(shift, [direction]))),
            );
          }),
        ),
        action(to(done), load(seen)),
      ],
    },
  ];

  const flows = states.map((id): Block => {
    const loops = dimsOf(system, id).map((size, dim): FlatLoop => ({
      variable: `f${dim}`,
      from: 0,
      to: size,
    }));
    const index = loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
    const derivative = load(system.variables[id]!.partner!, index);
    return {
      kind: 'assign',
      loops,
      target: to(flow.get(id)!, index),
      value: choose(collecting, load(before.get(id)!, index), derivative),
      source,
    };
  });
  return {
    variables: [...variables, ...rates.variables],
    start: variables.flatMap(({ role, dims }, n): Block[] => {
      const own = noted.indexOf(first + n);
      if (role !== 'discrete') return [];
      const loops = dims.map((size, dim): FlatLoop => ({ variable: `z${dim}`, from: 0, to: size }));
      const index = loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
      const value = own >= 0 ? load(switches[own]!.variable, index) : number(first + n === at ? -1 : 0);
      return [{ kind: 'assign', loops, target: to(first + n, index), value, source }];
    }),
    outputs: [...flows, ...rates.blocks],
    handlers: [...handlers, ...bySwitch, ...setSwitches, ...settle],
    shift,
    at,
    lost,
    rateOf: rates.of,
  };
}

const dimsOf = ({ variables }: FlatSystem, id: VariableId): number[] => variables[id]!.dims;

const isZero = (expression: FlatExpression): boolean =>
  expression.kind === 'number' && expression.value === 0;

/** Fires at each change of its number, and is nobody's news. */
const silent = (name: string, loops: FlatLoop[], source: FlatHandler['source']): FlatHandler => ({
  kind: 'when',
  name,
  loops,
  edge: 'change',
  firesAtStart: false,
  actions: [],
  source,
});
