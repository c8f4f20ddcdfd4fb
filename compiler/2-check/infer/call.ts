/** A call of a function of the language → type. */
import {
  isNameRef,
  isVariableDecl,
  type Expression,
  type FunctionCall,
} from '../../../grammar/generated/ast.ts';
import { closestNames } from '../../1-parse/names/closest-names.ts';
import { sourceOf, sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import * as events from '../../diagnostics/events.ts';
import * as structure from '../../diagnostics/structure.ts';
import * as units from '../../diagnostics/units.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { inferDistribution } from '../distributions.ts';
import { inferStatistic } from '../measures.ts';
import { inferMost } from '../most.ts';
import { FUNCTIONS, isReduction } from '../functions.ts';
import { functionHabit } from './function-habits.ts';
import { inferDelay } from './delay.ts';
import { functionNames, inferDeclaredCall } from './function.ts';
import { inferOverTime } from '../over-time.ts';
import { literalWithin } from '../literals.ts';
import { inferLinear, requireOne, shapeOfType, starsOf, withShape } from './shape.ts';
import { assetAround, target } from '../members.ts';
import { featureAt, isPath } from '../paths.ts';
import { BOOLEAN, INTEGER, isNumeric, numberOf, PLAIN, UNKNOWN, type Type } from '../type.ts';
import { derivative, divide, power, Rational } from '../units/index.ts';
import { joinAll, requireBoolean, requireNumber, requirePlain, TIME } from './infer.ts';

export function inferCall(call: FunctionCall, analysis: Analysis): Type {
  const type = inferCalled(call, analysis);
  const { function: name, arguments: given } = call;
  const info = FUNCTIONS.get(name);
  const seesToIt = info === undefined ? target(call.declared) !== undefined : SEEING.has(info.rule);
  if (type.base === 'unknown' || seesToIt || isReduction(name, given.length)) return type;
  if (!given.map((each) => requireOne(each, name, analysis)).every(Boolean)) return UNKNOWN;
  return withShape(type, [], starsOf(given.map((each) => analysis.typeOf(each))));
}

/** Rules that look at the shapes of their arguments. */
const SEEING: ReadonlySet<string> = new Set(['linear', 'event']);

function inferCalled(call: FunctionCall, analysis: Analysis): Type {
  const name = call.function as string | undefined;
  const given = call.arguments;
  if (name === undefined) return UNKNOWN;
  const drawn = inferDistribution(call, analysis);
  if (drawn !== undefined) return drawn;
  const statistic = inferStatistic(call, analysis);
  if (statistic !== undefined) return statistic;
  const overTime = inferOverTime(call, analysis);
  if (overTime !== undefined) return overTime;
  const info = FUNCTIONS.get(name);
  if (info === undefined) {
    const declared = target(call.declared);
    if (declared !== undefined) return inferDeclaredCall(call, declared, analysis);
    unknownFunction(call, name, analysis);
    return UNKNOWN;
  }
  const [fewest, most] = info.arguments;
  if (given.length < fewest || given.length > most) {
    const expected =
      most === Infinity ? 'one argument or more' : fewest === 1 ? 'one argument' : `${fewest} arguments`;
    analysis.report(structure.argumentCount, { name, expected, given: given.length }, call);
    return UNKNOWN;
  }
  if (info.rule === 'event') return inferEvent(call, name, analysis);
  const argumentTypes = given.map((argument) => analysis.typeOf(argument as Expression | undefined));
  const [first] = given;
  const [type = UNKNOWN] = argumentTypes;
  if (info.rule === 'name') return inferMost(call, analysis);
  if (isReduction(name, given.length)) return inferReduction(call, name, first, type, analysis);
  const numbers = given.map((argument) => requireNumber(argument, name, analysis));
  if (argumentTypes.some((each) => each.base === 'unknown') || !numbers.every(Boolean)) return UNKNOWN;
  switch (info.rule) {
    case 'linear':
      return inferLinear(call, analysis);
    case 'plain':
      if (/^(sin|cos|tan)$/.test(name)) seemsDegrees(given[0], name, analysis);
      return given.every((argument) => requirePlain(argument, name, analysis)) ? PLAIN : UNKNOWN;
    case 'whole':
      return given.every((argument) => requirePlain(argument, name, analysis)) ? INTEGER : UNKNOWN;
    case 'sign':
      return INTEGER;
    case 'root': {
      const root = power(type.quantity, PLAIN.quantity, Rational.of(1, name === 'cbrt' ? 3 : 2));
      return root.ok ? numberOf(root.quantity) : UNKNOWN;
    }
    case 'delay':
      return inferDelay(call, type, analysis);
    case 'share':
      return joinAll(call, given, name, analysis).base === 'unknown' ? UNKNOWN : PLAIN;
    case 'truth':
      return joinAll(call, given, name, analysis).base === 'unknown' ? UNKNOWN : BOOLEAN;
    case 'quotient': {
      const [above, below] = argumentTypes as [Type, Type];
      const of = below.quantity.kind === 'zero' ? PLAIN.quantity : below.quantity;
      const quotient = divide(above.quantity, of);
      return quotient.ok ? numberOf(quotient.quantity) : UNKNOWN;
    }
    case 'map': {
      const along = joinAll(call, given.slice(0, 3), name, analysis);
      const across = joinAll(call, given.slice(3), name, analysis);
      return along.base === 'unknown' ? UNKNOWN : across;
    }
    case 'angle':
      return joinAll(call, given, name, analysis).base === 'unknown' ? UNKNOWN : PLAIN;
    default: {
      const joined = joinAll(call, given, name, analysis);
      if (name === 'abs' && joined.quantity.kind === 'absolute') {
        return { ...joined, quantity: { ...joined.quantity, kind: 'either' } };
      }
      return joined;
    }
  }
}

/** A number beyond a whole turn is seldom an angle in radians. */
function seemsDegrees(angle: Expression | undefined, name: string, analysis: Analysis): void {
  const declared = isNameRef(angle) ? target(angle.target) : undefined;
  const value = isVariableDecl(declared) && declared.role !== 'state' ? declared.value : angle;
  const number = literalWithin(value);
  if (number === undefined || number.literal.unit !== undefined) return;
  const size = Number(number.literal.value.replaceAll('_', ''));
  if (!(size > 2 * Math.PI)) return;
  const holes = { name, text: textOf(angle!), number: textOf(number.node) };
  const { uri, end } = sourceOf(number.literal);
  const title = `Write ${textOf(number.literal)} deg`;
  analysis.report(units.angleLikeDegrees, holes, angle!, {
    fixes: [{ title, edits: [{ uri, start: end, end, text: ' deg' }] }],
  });
}

function unknownFunction(call: FunctionCall, name: string, analysis: Analysis): void {
  const place = sourceOfProperty(call, 'function');
  const write = (text: string, { start, end } = place): Fix => ({
    title: `Write ${text}`,
    edits: [{ uri: uriOf(call), start, end, text }],
  });
  const texts = call.arguments.map((each) => textOf(each));
  const indexed = assetAround(call)?.members.some((each) => isVariableDecl(each) && each.name === name);
  if (indexed === true) {
    const text = `${name}[${texts[0] ?? ''}]`;
    const advice = `'${name}' is a variable: an element is written ${name}[1], a product ${name} * (…).`;
    const fixes = texts.length === 1 ? [write(text, sourceOf(call))] : [];
    analysis.report(structure.unknownFunction, { name, suggestions: [], advice }, call, { place, fixes });
    return;
  }
  const habit = functionHabit(name);
  const rewritten = habit?.rewrite?.(texts);
  const near = habit === undefined ? [...FUNCTIONS.keys(), ...functionNames(call, analysis)] : [];
  const suggestions = habit?.name === undefined ? closestNames(name, near, 2) : [habit.name];
  const fixes =
    rewritten === undefined ? suggestions.map((text) => write(text)) : [write(rewritten, sourceOf(call))];
  const holes = { name, suggestions, advice: habit?.advice };
  analysis.report(structure.unknownFunction, holes, call, { place, fixes });
}

function inferReduction(
  call: FunctionCall,
  name: string,
  body: Expression | undefined,
  type: Type,
  analysis: Analysis,
): Type {
  if (type.base === 'unknown') return UNKNOWN;
  const { stars, shape = [] } = type;
  if (stars === undefined && shape.length === 0) {
    analysis.report(structure.reductionOfOne, { name, text: textOf(body) }, call);
    return UNKNOWN;
  }
  const left = stars === undefined ? [] : shape;
  const found = reduced(name, body, type, analysis);
  return withShape(found, left, []);
}

/** `sum(x[*])`, and `sum(x)`; of vectors one by one, `sum(body[*].force)`, the sum is a vector. */
function reduced(name: string, body: Expression | undefined, type: Type, analysis: Analysis): Type {
  if (name === 'any' || name === 'all' || name === 'count') {
    if (!requireBoolean(body, name, analysis)) return UNKNOWN;
    return name === 'count' ? INTEGER : BOOLEAN;
  }
  if (!requireNumber(body, name, analysis)) return UNKNOWN;
  if (name === 'product') return body !== undefined && requirePlain(body, name, analysis) ? type : UNKNOWN;
  if (name === 'sum' && type.quantity.kind === 'absolute')
    return numberOf({ ...type.quantity, kind: 'either' });
  return name === 'mean' ? { ...type, base: 'number' } : type;
}

/** der(x) and pre(x). */
function inferEvent(call: FunctionCall, name: string, analysis: Analysis): Type {
  const [argument] = call.arguments;
  const type = analysis.typeOf(argument);
  if (type.base === 'unknown' || argument === undefined) return UNKNOWN;
  if (!isPath(argument)) {
    analysis.report(events.previousOfPath, { name, text: textOf(argument) }, call);
    return UNKNOWN;
  }
  if (name === 'pre') return type;
  if (!isNumeric(type)) {
    requireNumber(argument, 'der', analysis);
    return UNKNOWN;
  }
  const feature = featureAt(argument);
  if (!isVariableDecl(feature)) return UNKNOWN;
  const result = derivative(type.quantity, TIME);
  return result.ok ? withShape(numberOf(result.quantity), shapeOfType(type), starsOf([type])) : UNKNOWN;
}
