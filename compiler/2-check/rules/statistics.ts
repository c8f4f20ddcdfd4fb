/** Reported statistics fit what they are taken of. */
import type { AstNode } from 'langium';
import { isReportStep } from '../../../grammar/generated/ast.ts';
import type {
  ColumnStep,
  ComparedValue,
  Expression,
  RecordedColumn,
  ReportedValue,
  VariableDecl,
} from '../../../grammar/generated/ast.ts';
import { closestNames } from '../../1-parse/names/closest-names.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as experiments from '../../diagnostics/experiments.ts';
import * as types from '../../diagnostics/types.ts';
import * as units from '../../diagnostics/units.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue } from '../constants.ts';
import { reportUnit } from '../infer/infer.ts';
import { requireFit } from '../mismatch.ts';
import { OF_CONDITIONS, reportedType, STATISTICS } from '../experiments.ts';
import { isNumeric, numberOf, PLAIN, wordsOf, type Type } from '../type.ts';
import { hintForMismatch, quantityOfLiteral } from '../units/index.ts';

export function statisticMustFit(reported: ReportedValue, analysis: Analysis): void {
  const { statistic, share, value } = reported;
  const type = analysis.typeOf(value as Expression | undefined);
  const fail = (problem: string, help: string, place: AstNode = reported) =>
    analysis.report(experiments.statisticProblem, { problem, help }, place);
  if (statistic !== undefined) {
    if (!mustBeOneOf(reported, statistic, 'statistic', STATISTICS, 'statistic', analysis)) return;
    if (statistic === 'quantile' && share === undefined)
      fail('A quantile says which.', 'Write its share: quantile 95 % of …');
    else if (statistic !== 'quantile' && share !== undefined)
      fail(`${statistic} takes no share.`, `Write ${statistic} of …`, share);
    if (share !== undefined) shareMustLieInside(share, 'The share of a quantile', analysis);
  }
  if (type.base === 'unknown' || (value as Expression | undefined) === undefined) return;
  const words = wordsOf(type, analysis.tableOf(value));
  const numeric = isNumeric(type);
  if (type.names !== undefined && statistic === undefined && isReportStep(reported.$container)) return;
  if (!numeric && type.base !== 'boolean')
    return fail(
      `'${textOf(value)}' is ${words}, which cannot be reported.`,
      'Report a number or a condition.',
      value,
    );
  if (statistic !== undefined && OF_CONDITIONS.has(statistic) && numeric)
    return fail(
      `${statistic} is of a condition, and '${textOf(value)}' is ${words}.`,
      `Compare it with something: ${statistic} of ${textOf(value)} > …`,
      value,
    );
  if (statistic !== undefined && !OF_CONDITIONS.has(statistic) && !numeric)
    return fail(
      `${statistic} is of a number, and '${textOf(value)}' is ${words}.`,
      `For how much of the time it holds write share of ${textOf(value)}.`,
      value,
    );
  unitMustFit(reported, analysis);
}

function unitMustFit(reported: ReportedValue, analysis: Analysis): void {
  unitMustBeOf(reported, reported.unit, reported.value, reportedType(reported, analysis), analysis);
}

/** The unit after `as` is one of what it stands for. */
export function unitMustBeOf(
  node: ReportedValue | ComparedValue | ColumnStep | RecordedColumn | VariableDecl,
  unit: string | undefined,
  value: Expression | string,
  type: Type,
  analysis: Analysis,
): void {
  if (unit === undefined) return;
  const table = analysis.tableOf(node);
  const found = table.resolve(unit);
  if (!found.ok) return reportUnit(node, unit, analysis);
  if (type.base === 'unknown' || found.unit.dimension.equals(type.quantity.dimension)) return;
  const holes = {
    target: { text: `'${typeof value === 'string' ? value : textOf(value)}'`, is: wordsOf(type, table) },
    value: { text: unit, is: wordsOf(numberOf(quantityOfLiteral(found.unit), found.unit), table) },
    hint: hintForMismatch(type.quantity.dimension, found.unit.dimension, table),
  };
  analysis.report(units.quantityExpected, holes, node, { place: sourceOfProperty(node, 'unit') });
}

/** 0 % to 100 %, without the ends. */
export function shareMustLieInside(share: Expression, what: string, analysis: Analysis): void {
  if (!requireFit(share, { text: what, type: PLAIN }, analysis)) return;
  if (analysis.typeOf(share).base === 'unknown') return;
  const value = numberValue(share, analysis);
  if (value === undefined)
    analysis.report(types.constantExpected, { text: textOf(share), place: what }, share);
  else if (!(value > 0 && value < 1))
    analysis.report(experiments.shareOutside, { what, text: textOf(share) }, share);
}

/** A word that is one of a few; the closest are offered. */
export function mustBeOneOf<Node extends AstNode>(
  node: Node,
  name: string | undefined,
  property: string & keyof Node,
  known: readonly string[],
  what: string,
  analysis: Analysis,
): boolean {
  if (name === undefined || known.includes(name)) return true;
  const suggestions = closestNames(name, known, 1);
  const place = sourceOfProperty(node, property);
  const fixes = suggestions.map((text) => ({
    title: `Write ${text}`,
    edits: [{ uri: uriOf(node), start: place.start, end: place.end, text }],
  }));
  analysis.report(experiments.unknownChoice, { what, name, known: [...known], suggestions }, node, {
    place,
    fixes,
  });
  return false;
}
