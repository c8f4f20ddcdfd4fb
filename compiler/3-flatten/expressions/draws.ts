/** Where random numbers are drawn → streams that belong to those places. */
import type { Expression } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import type { FlatDraw, FlatExpression, FlatIndex, FlatLoop, StreamId } from '../../ir/flat-expression.ts';
import { number, some } from '../../ir/expressions.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { correlatedSizes } from '../../diagnostics/distributions.ts';
import type { Group } from '../instances/instances.ts';
import { lower } from './lower.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from './scope.ts';

/** What draws: the streams of an expression are named after it. */
export interface DrawPlace {
  /** `pump[].mtbf`, `pump[].tripHot/delay`: `[]` for each of the dims. */
  name: string;
  dims: number[];
  /** Which element, in the loops around. */
  index: FlatIndex[];
  /** See `FlatDraw`. */
  moves: boolean;
  /** Several expressions give values to different elements of one place, and so share its streams. */
  shared: boolean;
  /** Draws in this expression so far. */
  count: number;
  /** The first draw is one of several that go together: their streams' numbers are mixed by this row of factors. */
  mixed?: { factors: number[]; streams: StreamId[] };
  source: SourceRange;
}

/**
 * The place of a handler, a timer or whatever else is one for each combination of loops. The name has one `[]` for each.
 * Elements are counted from the first that could be, so that a loop that begins elsewhere shifts nobody.
 */
export function placeAt(name: string, loops: readonly FlatLoop[], source: SourceRange): DrawPlace {
  return {
    name,
    dims: loops.map((loop) => loop.to),
    index: loops.map((loop) => ({ loop: loop.variable, offset: 0 })),
    moves: true,
    shared: false,
    count: 0,
    source,
  };
}

/** The stream of this name; a new one, whose name is made unique, unless it may be shared. */
export function streamFor(
  flattening: Flattening,
  { name, dims, shared, source }: Pick<DrawPlace, 'name' | 'dims' | 'shared' | 'source'>,
): StreamId {
  const { streams } = flattening;
  const known = streams.findIndex((stream) => stream.name === name);
  if (known >= 0 && shared) return known;
  let unique = name;
  for (let number = 2; streams.some((stream) => stream.name === unique); number += 1)
    unique = `${name}#${number}`;
  return streams.push({ name: unique, dims, source }) - 1;
}

export function lowerDraw(
  flattening: Flattening,
  draw: Extract<Expression, { kind: 'draw' }>,
  scope: Scope,
): FlatExpression {
  const place = scope.draws;
  if (place === undefined) throw new Error('The checked model draws where nothing can be drawn');
  place.count += 1;
  const name = place.count === 1 ? place.name : `${place.name}#${place.count}`;
  const stream = streamFor(flattening, { ...place, name });
  const { within } = draw;
  const inner = (one: Expression) => lower(flattening, one, scope);
  const flat: FlatDraw = {
    kind: 'draw',
    stream,
    index: place.index,
    distribution: draw.distribution,
    arguments: draw.arguments.map(inner),
    moves: place.moves,
  };
  if (within) flat.within = { low: inner(within.low), high: inner(within.high) };
  if (place.mixed && place.count === 1) flat.score = scoreOf(place.mixed, place.index);
  if (draw.sample === undefined) return flat;
  const { sample } = draw;
  const table = flattening.tables.length;
  flattening.tables.push({
    name: `values of ${name}`,
    x: sample.map((_, at) => at),
    values: sample,
    between: 'previous',
    outside: 'hold',
    source: draw.source,
  });
  return { kind: 'lookup', table, ask: { of: 'value', orders: [0] }, arguments: [flat] };
}

/** A sum of standard normal numbers, each the first of its stream. */
function scoreOf({ factors, streams }: NonNullable<DrawPlace['mixed']>, index: FlatIndex[]): FlatExpression {
  const terms = streams.map((stream, at): FlatExpression => ({
    kind: 'binary',
    operator: '*',
    left: number(factors[at]!),
    right: {
      kind: 'draw',
      stream,
      index,
      distribution: 'normal',
      arguments: [number(0), number(1)],
      moves: false,
    },
  }));
  return terms.reduce((left, right) => ({ kind: 'binary', operator: '+', left, right }));
}

/** How the draws for a variable go together with those of others, where its asset says so. */
export function mixtureOf(
  flattening: Flattening,
  group: Group,
  name: string,
): DrawPlace['mixed'] | undefined {
  const correlation = group.type.correlations.find(({ variables }) => variables.includes(name));
  if (!correlation) return undefined;
  const row = correlation.variables.indexOf(name);
  const own = flattening.variables[group.variables.get(name)!]!;
  const streams = correlation.variables.slice(0, row + 1).map((other) => {
    const { name: path, dims } = flattening.variables[group.variables.get(other)!]!;
    if (dims.join() !== own.dims.join())
      flattening.diagnostics.push(
        report(correlatedSizes, { first: name, second: other }, correlation.source),
      );
    return streamFor(flattening, { name: path, dims, shared: true, source: correlation.source });
  });
  return { factors: correlation.factor[row]!.slice(0, row + 1), streams };
}

export const isDrawn = (expression: FlatExpression): boolean =>
  some(expression, ({ kind }) => kind === 'draw');

/** Whether something is drawn in an expression of the model. */
export function draws(expression: Expression): boolean {
  switch (expression.kind) {
    case 'draw':
      return true;
    case 'unary':
      return draws(expression.operand);
    case 'binary':
      return draws(expression.left) || draws(expression.right);
    case 'conditional':
      return draws(expression.condition) || draws(expression.then) || draws(expression.else);
    case 'call':
    case 'linear':
      return expression.arguments.some(draws);
    default:
      return false;
  }
}
