/** Where numbers may be drawn: where something is computed once, or once each time that something happens. */
import type { AstNode } from 'langium';
import {
  isDrawExpr,
  isFunctionCall,
  isOverride,
  isVariableDecl,
  type DrawExpr,
  type Range,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import * as findings from '../../diagnostics/distributions.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { DRAWN_PLACES } from '../distributions.ts';
import { numberValue } from '../constants.ts';
import { isEmpirical, sampleOf } from '../empirical.ts';
import * as types from '../../diagnostics/types.ts';
import { isReduction } from '../functions.ts';
import { checkRange } from './variables.ts';

interface Refusal {
  place: string;
  why: string;
  help: string;
  fixes?: Fix[];
}

const OFTEN = 'it is evaluated many times in every step, so that the number would never hold still';
const HOLD =
  'Declare param x = draw … for one number a run, or state x = draw … with every 1 s -> set x = draw … for new ones.';

export function drawMustStandWhereItHappensOnce(draw: DrawExpr, analysis: Analysis): void {
  const refusal = refusalOf(draw);
  if (refusal === undefined) return;
  const { fixes = [], ...holes } = refusal;
  analysis.report(findings.drawOutside, { text: textOf(draw), ...holes }, draw, { fixes });
}

export function truncationMustFit(draw: DrawExpr, analysis: Analysis): void {
  const type = analysis.typeOf(draw);
  if (draw.truncation === undefined || type.base === 'unknown') return;
  truncatedSample(draw, draw.truncation, analysis);
  checkRange(draw.truncation, { text: `What is drawn from ${textOf(draw.distribution)}`, type }, analysis);
}

/** Values are left out when compiled, so the bounds are known then, and some are left. */
function truncatedSample(draw: DrawExpr, { low, high }: Range, analysis: Analysis): void {
  const call = draw.distribution;
  if (!isFunctionCall(call) || !isEmpirical(call)) return;
  const [from, to] = [numberValue(low, analysis), numberValue(high, analysis)];
  if (from === undefined || to === undefined) {
    const holes = { text: textOf(draw.truncation), place: 'What is left of values' };
    analysis.report(types.constantExpected, holes, draw);
    return;
  }
  const values = sampleOf(call, analysis)?.values ?? [from];
  if (values.some((value) => value >= from && value <= to)) return;
  const problem = `None of the values of ${textOf(call)} lies in ${textOf(draw.truncation)}.`;
  analysis.report(findings.sampleUnusable, { problem }, draw);
}

function refusalOf(draw: DrawExpr): Refusal | undefined {
  for (let node: AstNode = draw; node.$container !== undefined; node = node.$container) {
    const parent = node.$container;
    const place = `${parent.$type}.${node.$containerProperty}`;
    if (!isDrawExpr(parent) && DRAWN_PLACES.has(place)) return undefined;
    if (isFunctionCall(parent) && isReduction(parent.function, parent.arguments.length))
      return {
        place: `${parent.function}(…)`,
        why: 'its elements would all come from one stream',
        help: 'Draw into an array first: param x[n] = draw …, then sum(x[*]).',
      };
    if (isVariableDecl(parent))
      return node.$containerProperty === 'value' ? inVariable(parent) : constant('a size or range');
    // Of a scenario's settings it is said already that they are numbers.
    if (isOverride(parent)) return undefined;
    switch (parent.$type) {
      case 'SetAction':
        return undefined;
      case 'EveryStatement':
        return constant('the offset of every');
      case 'Equation':
        return { place: 'an equation', why: OFTEN, help: HOLD };
      case 'Trigger':
      case 'AtStatement':
      case 'AlarmDecl':
        return { place: 'a condition', why: OFTEN, help: HOLD };
      case 'ConstDecl':
        return undefined;
      case 'Range':
      case 'ForStatement':
      case 'IndexExpr':
        return constant('a range or an index');
      case 'SensorDecl':
        return {
          place: 'what a sensor measures',
          why: OFTEN,
          help: 'What a measurement is off by is its noise: noise normal(0.3 K).',
        };
      case 'AssetDecl':
      case 'TwinFile':
      case 'ScenarioDecl':
      case 'TestDecl':
      case 'ViewDecl':
        return {
          place: 'this place',
          why: 'nothing happens here that a number could be drawn for',
          help: HOLD,
        };
    }
  }
  return undefined;
}

const constant = (place: string): Refusal => ({
  place,
  why: 'it is known before anything runs',
  help: 'Write a number, or a fixed value.',
});

function inVariable(variable: VariableDecl): Refusal | undefined {
  switch (variable.role) {
    case 'kpi':
    case 'let': {
      const { start, end } = sourceOfProperty(variable, 'role');
      const fixes = [
        { title: 'Draw once a run: param', edits: [{ uri: uriOf(variable), start, end, text: 'param' }] },
        {
          title: 'Draw at the start, and set it later: state',
          edits: [{ uri: uriOf(variable), start, end, text: 'state' }],
        },
      ];
      return { place: `the let '${variable.name}'`, why: OFTEN, help: HOLD, fixes };
    }
    default:
      // Of fixed it is said already that its value must be known when compiled.
      return undefined;
  }
}
