/** Fixes of values: a number of the right kind, one within its bounds, one value for many. */
import {
  isAssetDecl,
  isAtStatement,
  isBinaryExpr,
  isCorrelatedDecl,
  isDrawExpr,
  isEquation,
  isForStatement,
  isFunctionCall,
  isFunctionDecl,
  isIndexExpr,
  isNumberLiteral,
  isPointsEntry,
  isPowerExpr,
  isSetAction,
  isVariableDecl,
  isViewDecl,
  isWhenStatement,
  type AssetDecl,
  type Expression,
} from '../../../grammar/generated/ast.ts';
import { featureOf, sourceOf, uriOf } from '../../../compiler/1-parse/index.ts';
import { quantityOf } from '../../../compiler/2-check/display.ts';
import { lineBefore, lineAtEnd } from '../../../compiler/1-parse/mistakes/line-edits.ts';
import * as distributions from '../../../compiler/diagnostics/distributions.ts';
import * as functions from '../../../compiler/diagnostics/functions.ts';
import * as shapes from '../../../compiler/diagnostics/shapes.ts';
import * as types from '../../../compiler/diagnostics/types.ts';
import * as units from '../../../compiler/diagnostics/units.ts';
import type { Fix } from '../../../compiler/diagnostics/diagnostic.ts';
import { freeName, mend, type At, type Mend, type Span } from './at.ts';
import { renamed } from './names.ts';

export const VALUES: readonly Mend[] = [
  mend(units.exponentProblem, (at) => {
    const exponent = at.around(isPowerExpr)?.exponent;
    const variable = featureOf(exponent);
    const value = isVariableDecl(variable) ? variable.value : undefined;
    return exponent === undefined || !isNumberLiteral(value) ? [] : at.write(at.text(value), exponent);
  }),
  mend(units.plainNumberExpected, (at) => {
    const [value, unit] = [at.expression, unitOf(at)];
    return value === undefined || unit === '1' ? [] : at.write(`${bracketed(at, value)} / ${unit}`);
  }),
  mend(types.booleanExpected, (at) => compared(at)),
  mend(types.numberExpected, (at) => {
    const text = `if ${at.text()} then 1 else 0`;
    return at.write(isBinaryExpr(at.expression?.$container) ? `(${text})` : text);
  }),
  mend(types.typesDiffer, (at) => {
    const sides = [at.around(isBinaryExpr) ?? at.around(isEquation)].flatMap((each) =>
      each === undefined ? [] : [each.left, each.right],
    );
    const number = sides.find((each) => isNumberLiteral(each) && each.unit === undefined);
    const other = sides.find((each) => each !== number);
    if (number === undefined || other === undefined) return [];
    if (at.project.checker.typeOf(other).base !== 'boolean') return [];
    return at.write(at.text(number) === '0' ? 'false' : 'true', number);
  }),
  mend(types.wholeNumberExpected, (at) => {
    const value = Number(at.text());
    if (Number.isFinite(value)) return at.write(String(Math.max(1, Math.round(value))));
    return ['round', 'floor', 'ceil'].flatMap((each) => at.write(`${each}(${at.text()})`));
  }),
  mend(types.typeMissing, (at) => {
    const variable = at.around(isVariableDecl);
    const asset = variable?.$container;
    if (variable === undefined || !isAssetDecl(asset)) return [];
    for (const member of asset.members) {
      if (!isEquation(member) || featureOf(member.left) !== variable) continue;
      const quantity = quantityName(at, member.right);
      if (quantity !== '') return at.add(`: ${quantity}`, at.span, `State its quantity: ${quantity}`);
    }
    return [];
  }),
  mend(types.outsideRange, (at) => {
    const { low, high } = at.holes;
    const isBelow = parseFloat(at.text()) < parseFloat(low);
    return (isBelow ? [low, high] : [high, low]).flatMap((each) => at.write(each));
  }),
  mend(types.positiveExpected, (at) => {
    const [literal] = at.within(isNumberLiteral);
    if (literal === undefined) return [];
    const unit = literal.unit === undefined ? '' : ` ${literal.unit}`;
    const size = Math.abs(Number(literal.value.replaceAll('_', '')));
    return at.write(`${size === 0 ? 1 : literal.value}${unit}`);
  }),

  mend(functions.functionNotPure, (at) => {
    const declared = at.around(isFunctionDecl);
    const [place] = at.within((node): node is Expression => sourceOf(node).start === at.span.start);
    const quantity = place === undefined ? '' : quantityName(at, place);
    const last = declared?.parameters.at(-1);
    if (declared === undefined || last === undefined || !/^\w+$/.test(at.text()) || quantity === '')
      return [];
    const name = at.text() === 'time' ? 't' : at.text();
    const calls = at.project.workspace.services.twin.Links.namesOf(declared);
    const places = calls.flatMap(({ $refNode }) => {
      const [call] = [$refNode?.astNode].filter(isFunctionCall);
      const argument = call?.arguments.at(-1);
      if (argument === undefined) return [];
      const { uri, end } = sourceOf(argument);
      return [{ uri, start: end, end, text: `, ${at.text()}` }];
    });
    const { uri, end } = sourceOf(last);
    return at.change(
      `Make ${name} a parameter`,
      { uri, start: end, end, text: `, ${name}: ${quantity}` },
      ...(name === at.text() ? [] : [at.edit(at.span, name)]),
      ...places,
    );
  }),
  mend(functions.functionNameTaken, (at) => renamed(at, at.holes.name, undefined)),
  mend(functions.tableNotIncreasing, (at) => {
    const entry = at.around(isPointsEntry);
    const points = entry?.points ?? [];
    const places = points.map((each) => (isNumberLiteral(each.at) ? Number(each.at.value) : NaN));
    const unit = (each: Expression): string => (isNumberLiteral(each) ? (each.unit ?? '') : '?');
    const first = points[0];
    if (entry === undefined || first === undefined || places.some(Number.isNaN)) return [];
    if (points.some((each) => unit(each.at) !== unit(first.at)) || new Set(places).size < places.length)
      return [];
    const sorted = points.toSorted((a, b) => places[points.indexOf(a)]! - places[points.indexOf(b)]!);
    const text = sorted.map((each) => at.text(each)).join(', ');
    const span = { start: sourceOf(first).start, end: sourceOf(entry).end };
    return at.write(text, span, 'Sort the points');
  }),
  mend(functions.delayUnbounded, (at) => {
    const last = at.around(isFunctionCall)?.arguments.at(-1);
    return last === undefined ? [] : at.add(', 1 min', last, 'Say that it is at most 1 min');
  }),
  mend(functions.delayOutside, (at) => named(at, 'delayed')),

  mend(shapes.oneValueNeeded, (at) =>
    ['norm', 'sum', 'max'].flatMap((each) => at.write(`${each}(${at.text()})`)),
  ),
  mend(shapes.indexCount, (at) => {
    const index = at.within(isIndexExpr).at(0);
    if (index === undefined) return [];
    if (isIndexExpr(index.base)) {
      // M[1][2], of which only an element can be meant.
      const { base, index: last } = index;
      if (base.index === undefined || base.column || base.allColumns || base.upTo || !last) return [];
      return at.write(`${at.text(base).slice(0, -1)}, ${at.text(last)}]`);
    }
    if (index.index === undefined) return [];
    if (index.column !== undefined || index.allColumns) {
      const span = { start: sourceOf(index.index).end, end: sourceOf(index).end - 1 };
      return at.write('', span, `Leave out ${at.text(span).replace(/^,\s*/, '')}`);
    }
    return [
      ...at.add(', *', index.index, 'Take the row'),
      ...at.add(', 1', index.index, 'Take its first element'),
    ];
  }),
  mend(shapes.eachInside, (at) => {
    const [index] = at.within(isIndexExpr);
    const variable = index === undefined ? undefined : featureOf(index.base);
    if (index === undefined || !isVariableDecl(variable)) return [];
    const [size] = at.project.checker.declaredType(variable).sizes;
    if (typeof size !== 'number' || size > 20) return [];
    const each = Array.from({ length: size }, (_, at_) => `${at.text(index.base)}[${at_ + 1}]`);
    return at.write(each.join(', '), at.span, 'Name its elements');
  }),
  mend(shapes.wholeTooLong, (at) => {
    const statement = at.around(isWhenStatement) ?? at.around(isAtStatement);
    const set = at.around(isSetAction);
    if (statement === undefined || set === undefined || statement.actions.length !== 1) return [];
    if (isForStatement(statement.$container)) return [];
    const { start, end } = statement.$cstNode === undefined ? at.span : sourceOf(statement);
    const name = sourceOf(set.target);
    const whole = at.file.text;
    const inner = `${whole.slice(start, name.end)}[i]${whole.slice(name.end, end)}`;
    return at.write(`for i in 1..${at.holes.size} { ${inner} }`, { start, end }, 'Give each element its own');
  }),

  mend(distributions.distributionOutOfBounds, (at) => {
    const call = at.around(isFunctionCall);
    const numbers = call?.arguments.filter(isNumberLiteral) ?? [];
    if (call === undefined || numbers.length < 2 || numbers.length !== call.arguments.length) return [];
    if (!['triangular', 'uniform'].includes(call.function)) return [];
    if (numbers.some((each) => each.unit !== numbers[0]?.unit)) return [];
    const sorted = numbers.toSorted((a, b) => Number(a.value) - Number(b.value)).map((each) => at.text(each));
    const span = { start: sourceOf(numbers[0]!).start, end: sourceOf(numbers.at(-1)!).end };
    return at.write(sorted.join(', '), span, 'Put them in order');
  }),
  mend(distributions.nothingToTruncate, (at) => {
    const drawn = at.within(isDrawExpr)[0];
    if (drawn?.truncation === undefined) return [];
    const span = { start: sourceOf(drawn.distribution).end, end: sourceOf(drawn).end };
    return at.write('', span, `Leave out ${at.text(span).trim()}`);
  }),
  mend(distributions.correlatedNotDrawn, (at) => {
    const all = at.around(isCorrelatedDecl);
    return all === undefined ? [] : all.variables.length > 2 ? at.leaveOut() : at.leaveOut(all);
  }),
];

/** `level` → `level > 0 m`. */
export function compared(at: At<unknown>): Fix[] {
  const value = at.expression;
  if (value === undefined) return [];
  const type = at.project.checker.typeOf(value);
  if (type.base !== 'number' && type.base !== 'integer') return [];
  return at.write(`${bracketed(at, value)} > ${at.valueOf(value, type, 0)}`);
}

function bracketed(at: At<unknown>, value: Expression): string {
  return isBinaryExpr(value) || value.$type === 'ConditionalExpr' ? `(${at.text(value)})` : at.text(value);
}

/** `1 m`, for what is divided. */
function unitOf(at: At<unknown>): string {
  const value = at.expression;
  return value === undefined ? '1' : at.valueOf(value, at.project.checker.typeOf(value));
}

/** `VolumeFlow`; '' when there is no name for it. */
function quantityName(at: At<unknown>, value: Expression): string {
  const type = at.project.checker.typeOf(value);
  const file = at.project.workspace.file(uriOf(value));
  return file === undefined ? '' : quantityOf(type, at.project.checker.unitsOf(file.tree));
}

/** What stands where nothing is remembered gets a name in its asset. */
export function named(at: At<unknown>, wish: string, span: Span = at.span): Fix[] {
  const view = at.around(isViewDecl);
  const subject = view?.subject?.ref;
  const asset: AssetDecl | undefined = at.around(isAssetDecl) ?? (isAssetDecl(subject) ? subject : undefined);
  if (asset === undefined) return [];
  const name = freeName(asset, wish);
  const line = `let ${name} = ${at.text(span)}`;
  const member = asset.members.find(
    (each) => sourceOf(each).end >= span.end && sourceOf(each).start <= span.start,
  );
  const [declared] = member === undefined ? lineAtEnd(asset, line, '') : lineBefore(member, line, '');
  return declared === undefined
    ? []
    : at.change(`Name it ${name} in ${asset.name}`, ...declared.edits, at.edit(span, name));
}
