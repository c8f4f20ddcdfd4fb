import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import type { VariableId } from '../../ir/flat-system.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { reductionTooWide } from '../../diagnostics/index-reduction.ts';
import { count, reach } from '../box.ts';
import type { Box } from '../box.ts';
import { equal, loads, number, rangesOf } from '../../ir/expressions.ts';
import type { Load } from '../../ir/expressions.ts';
import { derivative } from '../algebra/differentiate.ts';
import type { Families, Family } from '../equations/families.ts';
import type { Group } from '../instances/instances.ts';
import type { Flattening } from '../flattening.ts';
import { connected, Graph, match, targetsOf } from './match.ts';
import type { Segment } from './match.ts';
import { plainName } from '../names.ts';
import { pantelides } from './pantelides.ts';
import { instances, keyOf, scalars, writeOut } from '../algebra/scalarise.ts';
import { perSecond } from '../instances/variables.ts';

/**
 * Equations that tie states to each other, as `x^2 + y^2 = length^2` does: no derivative and no algebraic variable is in them
 * to be determined. They are differentiated until the highest derivatives are determined (Pantelides); the
 * derivatives in between are computed by those equations below the last differentiation that have no state as their only unknown,
 * as the dummy derivatives of Mattsson and Söderlind (SIAM J. Sci. Comput. 14, 1993). What is left over are constraints on states alone:
 * the runtime keeps states on them. `docs/decisions/index-reduction.md` has the reasons.
 */
export interface Constraints {
  loops: FlatLoop[];
  rows: Constraint[];
  /** Of a state: the same as of the constraints that are solved for it. */
  depthOf(state: Load): number;
}

export interface Constraint {
  family: Family;
  /**
   * How often it is yet to be differentiated until derivatives of the highest order are in it. The deeper ones come first: positions,
   * then speeds at these positions.
   */
  depth: number;
}

/** Elements of variables and equations that are looked at one by one. */
const REDUCTION_LIMIT = 300;

/** Each equation with what it determines; explains where they do not come out even. */
export function determine(flattening: Flattening, families: Families): Family[] {
  const found = connected(families).map((part) => match(flattening, part));
  if (found.every((one) => typeof one !== 'function')) return found.flat();
  const stateOf = (variable: VariableId): VariableId =>
    flattening.variables[variable]!.role === 'derivative'
      ? flattening.variables[variable]!.partner!
      : variable;
  return connected(families, stateOf)
    .flatMap((part) => {
      const parts = connected(part).map((one) => match(flattening, one));
      const wrong = parts.filter((one) => typeof one === 'function');
      if (wrong.length === 0) return parts as Family[][];
      const said = flattening.diagnostics.length;
      const reduced = reduceIndex(flattening, part);
      if (reduced) return reduced;
      if (flattening.diagnostics.length === said) for (const explain of wrong) explain();
      return [];
    })
    .flat();
}

interface Column {
  /** A state or an algebraic variable. */
  variable: VariableId;
  isState: boolean;
  box: Box;
  group: Group;
}

interface Shape {
  loops: FlatLoop[];
  equations: Family[];
  columns: Column[];
  /** For each equation, by column, the highest derivative in it. */
  orders: Map<number, number>[];
  columnOf(load: Load): number | undefined;
}

function reduceIndex(flattening: Flattening, part: Families): Family[] | undefined {
  const shape = shapeOf(flattening, part) ?? elementwise(flattening, part);
  const offsets = shape && pantelides(shape.orders, shape.columns.length);
  if (!shape || !offsets) return undefined;
  const derivatives = derivativesOf(flattening);
  const isDone = (expression: FlatExpression) => timeDerivative(flattening, expression, derivatives.next);
  const levels = shape.equations.map((family, at) => {
    const own = [family];
    for (let level = 0; level < offsets.equations[at]!; level += 1) {
      const { left, right } = own.at(-1)!;
      own.push({ ...family, left: isDone(left), right: isDone(right) });
    }
    return own;
  });
  const segment = ({ variable, box, group }: Column, order: number): Segment => ({
    unknown: { variable: derivatives.of(variable, order), group },
    box,
  });
  const graph = (equations: Family[], segments: Segment[]) =>
    new Graph(
      flattening,
      equations.map(({ target: _, ...family }) => family),
      segments,
      segments.map(({ unknown }) => unknown),
    );
  const top = graph(
    levels.map((own) => own.at(-1)!),
    shape.columns.map((column, at) => segment(column, offsets.variables[at]!)),
  );
  const below = graph(
    levels.flatMap((own) => own.slice(0, -1)),
    shape.columns.flatMap((column, at) => {
      const first = column.isState ? 1 : 0;
      const orders = Math.max(0, offsets.variables[at]! - first);
      return Array.from({ length: orders }, (_, order) => segment(column, first + order));
    }),
  );
  if (!top.solve()) return undefined;
  below.solve();
  if (!below.isDetermined()) return undefined;
  const depths = new Map(
    levels.flatMap((own) => own.map((family, at) => [family.left, own.length - 1 - at])),
  );
  flattening.constraints.push({
    loops: shape.loops,
    rows: below.unmatched().map((family) => ({ family, depth: depths.get(family.left)! })),
    depthOf: (state) => offsets.variables[shape.columnOf(state)!]!,
  });
  return [...top.matched(), ...below.matched()];
}

/**
 * The structure of equations that all stand in the same loops and read only the element that the loops are at, as those of one
 * type in an array of parts do; equations without a loop are such.
 */
function shapeOf(flattening: Flattening, part: Families): Shape | undefined {
  const { variables } = flattening;
  const equations = [...part.equations, ...part.definitions];
  const loops = equations[0]?.loops ?? [];
  if (!equations.every((family) => equal(family.loops, loops))) return undefined;
  const open = new Map(
    [...part.unknowns, ...targetsOf(part.definitions)].map(({ variable, group }) => {
      const { role, partner } = variables[variable]!;
      return [role === 'derivative' ? partner! : variable, group];
    }),
  );
  const at = new Map<string, number>();
  const columns: Column[] = [];
  const masks = new Map<VariableId, string>();
  const ranges = rangesOf(loops);
  let isAligned = true;
  const orders = equations.map((family) => {
    const own = new Map<number, number>();
    for (const { load, loops: inner } of [...loads(family.left), ...loads(family.right)]) {
      const { role, partner } = variables[load.variable]!;
      const variable = role === 'derivative' ? partner! : load.variable;
      const group = open.get(variable);
      if (!group) continue;
      const moving = load.index.filter((one) => typeof one !== 'number');
      const mask = load.index.map((one) => (typeof one === 'number' ? '1' : '*')).join('');
      isAligned &&=
        inner.length === 0 &&
        equal(
          moving,
          loops.map((loop) => ({ loop: loop.variable, offset: 0 })),
        ) &&
        (masks.get(variable) ?? mask) === mask;
      if (!isAligned) return own;
      masks.set(variable, mask);
      const key = elementKey({ ...load, variable });
      let column = at.get(key);
      if (column === undefined) {
        at.set(key, (column = columns.length));
        columns.push({
          variable,
          isState: variables[variable]!.role === 'state',
          box: reach(load.index, ranges),
          group,
        });
      }
      own.set(column, Math.max(own.get(column) ?? 0, role === 'derivative' ? 1 : 0));
    }
    return own;
  });
  if (!isAligned) return undefined;
  for (const [variable] of open) {
    const size = variables[variable]!.dims.reduce((product, one) => product * one, 1);
    const covered = columns.reduce((sum, one) => sum + (one.variable === variable ? count(one.box) : 0), 0);
    if (covered !== size) return undefined;
  }
  return { loops, equations, columns, orders, columnOf: (load) => at.get(elementKey(load)) };
}

const elementKey = ({ variable, index }: Load) =>
  keyOf(
    variable,
    index.map((one) => (typeof one === 'number' ? one : '*')),
  );

function elementwise(flattening: Flattening, part: Families): Shape | undefined {
  const { variables } = flattening;
  const size = [...part.equations, ...part.definitions].reduce((sum, family) => sum + instances(family), 0);
  if (size > REDUCTION_LIMIT) {
    const roles = (family: Family) =>
      new Set(
        [...loads(family.left), ...loads(family.right)].map(({ load }) => variables[load.variable]!.role),
      );
    const first = part.equations.find((family) => {
      const own = roles(family);
      return own.has('state') && !own.has('algebraic') && !own.has('derivative');
    });
    if (!first) return undefined;
    const names = [...part.unknowns].map(({ variable }) => plainName(variables[variable]!));
    flattening.diagnostics.push(
      report(reductionTooWide, { names, count: size, limit: REDUCTION_LIMIT }, first.source),
    );
    return undefined;
  }
  const open = new Set(
    [...part.unknowns, ...targetsOf(part.definitions)].flatMap(({ variable }) => {
      const { partner } = variables[variable]!;
      return partner === undefined ? [variable] : [variable, partner];
    }),
  );
  const single = (families: Family[]) =>
    families.flatMap((family) => scalars(family, (variable) => open.has(variable)));
  return shapeOf(flattening, {
    ...part,
    equations: single(part.equations),
    definitions: single(part.definitions),
  });
}

/** Derivatives of variables, declared where there are none yet. */
function derivativesOf(flattening: Flattening) {
  const { variables } = flattening;
  const made = new Map<VariableId, VariableId>();
  const next = (variable: VariableId): VariableId => {
    const own = variables[variable]!;
    if (own.role === 'state') return own.partner!;
    let id = made.get(variable);
    if (id === undefined) {
      made.set(variable, (id = variables.length));
      const { low: _low, high: _high, partner: _partner, ...rest } = own;
      variables.push({
        ...rest,
        name: `der(${own.name})`,
        role: 'algebraic',
        quantity: '',
        unit: perSecond(own.unit),
        doc: '',
        visible: false,
        final: false,
      });
    }
    return id;
  };
  const of = (variable: VariableId, order: number): VariableId =>
    order === 0 ? variable : of(next(variable), order - 1);
  return { next, of };
}

/**
 * With respect to time; parameters and what changes at events only stay as they are between events, and so do inputs, but for those
 * that follow a line.
 */
export function timeDerivative(
  flattening: Flattening,
  expression: FlatExpression,
  next: (variable: VariableId) => VariableId,
): FlatExpression {
  const moves = ({ variable }: Load) =>
    ['state', 'derivative', 'algebraic'].includes(flattening.variables[variable]!.role);
  const slopeOf = (one: Load): FlatExpression => {
    const line = flattening.variables[one.variable]!.driven?.line;
    return line === undefined ? number(0) : { ...one, variable: line.slope };
  };
  return derivative(expression, (one, d, isAmongMoving) => {
    switch (one.kind) {
      case 'time':
        return number(1);
      case 'load':
        return moves(one) ? { ...one, variable: next(one.variable) } : slopeOf(one);
      case 'reduction':
        if (!isAmongMoving && !loads(one.body).some(({ load }) => moves(load))) return number(0);
        return one.operator === 'sum'
          ? undefined
          : d(writeOut(one, (variable) => moves({ kind: 'load', variable, index: [] })));
      default:
        return undefined;
    }
  });
}
