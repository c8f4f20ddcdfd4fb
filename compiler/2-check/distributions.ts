/** Distributions as they are written: their parameters, and the type of what is drawn from them. */
import type { AstNode } from 'langium';
import {
  isDrawExpr,
  isFunctionCall,
  type DrawExpr,
  type Expression,
  type FunctionCall,
} from '../../grammar/generated/ast.ts';
import { closestNames } from '../1-parse/names/closest-names.ts';
import { sourceOf, sourceOfProperty, uriOf } from '../1-parse/source.ts';
import * as findings from '../diagnostics/distributions.ts';
import * as structure from '../diagnostics/structure.ts';
import { demandText, unmet, type Distribution } from '../model/distribution.ts';
import { textOf, type Analysis } from './analysis.ts';
import { numberValue } from './constants.ts';
import { isEmpirical, sampleOf } from './empirical.ts';
import { FUNCTIONS } from './functions.ts';
import { joinAll, requireNumber, requirePlain } from './infer/infer.ts';
import { requireFit } from './mismatch.ts';
import { INTEGER, numberOf, PLAIN, UNKNOWN, type Type } from './type.ts';

/**
 * `value`: of the quantity that is drawn, a point on a scale included; `spread`: a difference of such; `scale`: of that
 * quantity, but no point; `plain`: a plain number; `whole`: a whole one.
 */
type ParameterKind = 'value' | 'spread' | 'scale' | 'plain' | 'whole';

export interface WrittenDistribution {
  name: string;
  parameters: readonly { name: string; is: ParameterKind }[];
  /** What is drawn is a whole number. */
  whole?: boolean;
  /** How many parameters must be there; all, when absent. */
  least?: number;
  /** What the samplers call it. */
  of: Distribution;
  /** One line for people. */
  doc: string;
}

const written = (
  name: string,
  of: Distribution,
  parameters: Readonly<Record<string, ParameterKind>>,
  doc: string,
  more: Pick<WrittenDistribution, 'whole' | 'least'> = {},
): WrittenDistribution => ({
  ...more,
  name,
  of,
  doc,
  parameters: Object.entries(parameters).map(([parameter, is]) => ({ name: parameter, is })),
});

const LIST: readonly WrittenDistribution[] = [
  written('uniform', 'uniform', { low: 'value', high: 'value' }, 'Any value between low and high alike.'),
  written(
    'normal',
    'normal',
    { mean: 'value', deviation: 'spread' },
    'Gaussian, with this mean and standard deviation.',
  ),
  written(
    'lognormal',
    'lognormal',
    { mean: 'scale', deviation: 'spread' },
    'Its logarithm is Gaussian; mean and standard deviation are those of the value itself.',
  ),
  written(
    'exponential',
    'exponential',
    { mean: 'scale' },
    'Time between events that come at random, on average one every mean.',
  ),
  written(
    'gamma',
    'gamma',
    { shape: 'plain', scale: 'scale' },
    'A sum of shape exponential times of mean scale; its mean is shape * scale.',
  ),
  written(
    'erlang',
    'gamma',
    { stages: 'whole', scale: 'scale' },
    'A sequence of stages, each exponential with mean scale; its mean is stages * scale.',
  ),
  written(
    'weibull',
    'weibull',
    { shape: 'plain', scale: 'scale' },
    'Lifetimes: shape below 1 for early failures, 1 for random ones, above 1 for wear; 63 % fail before scale.',
  ),
  written(
    'triangular',
    'triangular',
    { low: 'value', mode: 'value', high: 'value' },
    'Between low and high, most often near mode.',
  ),
  written(
    'pert',
    'pert',
    { low: 'value', mode: 'value', high: 'value' },
    "An expert's guess, smoother than triangular; its mean is (low + 4 * mode + high) / 6.",
  ),
  written(
    'beta',
    'beta',
    { a: 'plain', b: 'plain', low: 'value', high: 'value' },
    'Shares from 0 to 1, or from low to high; the mean lies at a / (a + b) of the way.',
    { least: 2 },
  ),
  written(
    'poisson',
    'poisson',
    { mean: 'plain' },
    'How many, where each comes at random: a whole number from 0 on.',
    { whole: true },
  ),
  written(
    'binomial',
    'binomial',
    { number: 'whole', probability: 'plain' },
    'How many of a number of trials succeed, each with this probability.',
    { whole: true },
  ),
  written(
    'empirical',
    'uniform',
    { values: 'value' },
    'One of these values: a list, or a column of a CSV file.',
  ),
  written('constant', 'constant', { value: 'value' }, 'Always this value.'),
];

export const WRITTEN: ReadonlyMap<string, WrittenDistribution> = new Map(
  LIST.map((each) => [each.name, each]),
);

/** What a call draws from. `gamma` of one argument is the function of that name. */
export function distributionOf(call: FunctionCall): WrittenDistribution | undefined {
  const isFunction =
    FUNCTIONS.has(call.function) && call.arguments.length === 1 && !isDrawExpr(call.$container);
  return isFunction ? undefined : WRITTEN.get(call.function);
}

/**
 * Where a distribution needs no `draw` before it, as nothing but a number drawn from it can be meant: `every exponential(3 s)`.
 * `Type.property` of the syntax tree.
 */
export const DRAWN_PLACES: ReadonlySet<string> = new Set([
  'AfterStatement.duration',
  'AfterStatement.duration',
  'EveryStatement.period',
  'Trigger.duration',
  'SensorDecl.noise',
  'DrawExpr.distribution',
  'ArriveStep.interval',
  'ArriveStep.group',
  'QueueStep.patience',
  'UseStep.duration',
  'UseStep.setup',
  'WaitStep.duration',
  'ItemDecl.value',
  'BreakClause.life',
  'RepairClause.duration',
]);

export const isDrawnPlace = (node: AstNode): boolean =>
  node.$container !== undefined && DRAWN_PLACES.has(`${node.$container.$type}.${node.$containerProperty}`);

/** `every 3 s in 1 s..4 s`: read as the truncation of what stands before. */
const isDuration = (draw: DrawExpr): boolean => !textOf(draw).startsWith('draw ');

export function inferDraw(draw: DrawExpr, analysis: Analysis): Type {
  const call = draw.distribution as Expression | undefined;
  if (call !== undefined && (!isFunctionCall(call) || (isDuration(draw) && !WRITTEN.has(call.function)))) {
    if (analysis.typeOf(call).base !== 'unknown')
      analysis.report(findings.nothingToTruncate, { text: textOf(call) }, draw);
    return UNKNOWN;
  }
  const name = call?.function as string | undefined;
  if (call === undefined || name === undefined) return UNKNOWN;
  if (WRITTEN.has(name)) return analysis.typeOf(call);
  const suggestions = closestNames(name, WRITTEN.keys(), 2);
  const place = sourceOfProperty(call, 'function');
  const fixes = suggestions.map((text) => ({
    title: `Write ${text}`,
    edits: [{ uri: uriOf(call), start: place.start, end: place.end, text }],
  }));
  analysis.report(findings.unknownDistribution, { name, suggestions, known: [...WRITTEN.keys()] }, draw, {
    place,
    fixes,
  });
  return UNKNOWN;
}

/** The type of what is drawn from a call's distribution, where the call is one; undefined where it is none. */
export function inferDistribution(call: FunctionCall, analysis: Analysis): Type | undefined {
  const distribution = distributionOf(call);
  // `draw nrmal(…)` is told of at the draw.
  if (distribution === undefined)
    return isDrawExpr(call.$container) && !isDuration(call.$container) ? UNKNOWN : undefined;
  if (!isDrawnPlace(call)) {
    const start = sourceOf(call).start;
    const fixes = [
      {
        title: `Write draw ${textOf(call)}`,
        edits: [{ uri: uriOf(call), start, end: start, text: 'draw ' }],
      },
    ];
    analysis.report(findings.distributionAsValue, { text: textOf(call), name: distribution.name }, call, {
      fixes,
    });
  }
  if (isEmpirical(call)) return sampleOf(call, analysis)?.type ?? UNKNOWN;
  const type = typeDrawn(call, distribution, analysis);
  if (type.base !== 'unknown') demandPossible(call, distribution, analysis);
  return type;
}

function typeDrawn(call: FunctionCall, distribution: WrittenDistribution, analysis: Analysis): Type {
  const { name, parameters } = distribution;
  const given = call.arguments;
  const least = distribution.least ?? parameters.length;
  if (given.length !== parameters.length && given.length !== least) {
    const count = parameters.length === 1 ? 'one argument' : `${parameters.length} arguments`;
    const list = `(${parameters.map((each) => each.name).join(', ')})`;
    const expected = `${least < parameters.length ? `${least} or ` : ''}${count} ${list}`;
    analysis.report(structure.argumentCount, { name, expected, given: given.length }, call);
    return UNKNOWN;
  }
  const numbers = given.map((argument) => requireNumber(argument, name, analysis));
  if (given.some((argument) => analysis.typeOf(argument).base === 'unknown') || !numbers.every(Boolean))
    return UNKNOWN;
  const of = (...kinds: ParameterKind[]): Expression[] =>
    given.filter((_, at) => kinds.includes(parameters[at]!.is));
  const plain = of('plain').every((argument) => requirePlain(argument, name, analysis));
  const whole = of('whole').every((argument) =>
    requireFit(argument, { text: `'${textOf(argument)}'`, type: INTEGER }, analysis),
  );
  for (const argument of of('scale')) {
    if (analysis.typeOf(argument).quantity.kind !== 'absolute') continue;
    analysis.report(findings.scaleOfPoint, { text: textOf(argument), distribution: name }, argument);
    return UNKNOWN;
  }
  const main = of('value', 'scale');
  const joined = main.length === 0 ? PLAIN : joinAll(call, main, name, analysis);
  if (!plain || !whole || joined.base === 'unknown') return UNKNOWN;
  if (distribution.whole) return INTEGER;
  const [spread] = of('spread');
  if (spread === undefined) return joined.quantity.kind === 'zero' ? PLAIN : { ...joined, base: 'number' };
  const own = analysis.typeOf(spread);
  if (joined.quantity.kind === 'zero')
    return own.quantity.kind === 'zero' ? PLAIN : { ...own, base: 'number' };
  const { dimension, kind } = joined.quantity;
  const difference = numberOf({ dimension, kind: kind === 'absolute' ? 'difference' : kind }, joined.unit);
  const place = { text: `The standard deviation of ${name}`, type: difference };
  return requireFit(spread, place, analysis) ? { ...joined, base: 'number' } : UNKNOWN;
}

/** Parameters that are known when compiled and with which there is no such distribution. */
function demandPossible(
  call: FunctionCall,
  { name, of, parameters }: WrittenDistribution,
  analysis: Analysis,
): void {
  const values = call.arguments.map((argument) => numberValue(argument, analysis));
  if (values.length < parameters.length) values.push(0, 1);
  const demand = unmet(
    of,
    values.map((value) => value ?? NaN),
  );
  if (demand === undefined) return;
  const about = [demand.parameter, ...(typeof demand.than === 'number' ? [] : [demand.than.parameter])];
  if (about.some((at) => values[at] === undefined)) return;
  const argument = call.arguments[demand.parameter]!;
  const text = about.map((at) => textOf(call.arguments[at])).join("' with '");
  analysis.report(
    findings.distributionOutOfBounds,
    { text, demand: demandText(of, demand), distribution: name },
    argument,
  );
}
