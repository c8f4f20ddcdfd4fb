/** A path (`pump[2].casing.residual`) → its type, with what its indexes must be. */
import type { AstNode } from 'langium';
import {
  isAlarmDecl,
  isBinaryExpr,
  isSought,
  isConstDecl,
  isEstimate,
  isFittedParameter,
  isFunctionDecl,
  isEventDecl,
  isEventValue,
  isFunctionLocal,
  isFunctionParameter,
  isIndexExpr,
  isListLiteral,
  isLoopVariable,
  isModeDecl,
  isModesDecl,
  isNameRef,
  isProfileStep,
  isRampStep,
  isRecordedColumn,
  isOverride,
  isParenExpr,
  isPartDecl,
  isRuleDecl,
  isSensorDecl,
  isTwinDecl,
  isVariableDecl,
  isVaryStep,
  type AssetDecl,
  type EventDecl,
  type Expression,
  type FunctionCall,
  type IndexExpr,
  type LoopVariable,
  type ModeDecl,
} from '../../../grammar/generated/ast.ts';
import { lineage } from '../../1-parse/names/members.ts';
import { parameterOf } from '../../1-parse/names/events.ts';
import { uriOf } from '../../1-parse/source.ts';
import { comparisonWith, modeName, modesIn, type Region } from '../../1-parse/names/modes.ts';
import * as signals from '../../diagnostics/signals.ts';
import * as shapes from '../../diagnostics/shapes.ts';
import * as structure from '../../diagnostics/structure.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { isConstant, numberValue } from '../constants.ts';
import { FUNCTIONS, isReduction } from '../functions.ts';
import { deviationType, differenceOf, surpriseType } from './estimated.ts';
import { openDims, pickDims, slotsOf, type Open } from './path-shape.ts';
import { inferMeasure } from '../measures.ts';
import { kindOf, target } from '../members.ts';
import { isComparedName } from '../most.ts';
import { featureOf, isInnerPath, isLink, isPath, pathOf, singleVariable, type Path } from '../paths.ts';
import { BOOLEAN, INTEGER, modeOf, UNKNOWN, type Type } from '../type.ts';

export function inferPath(expression: Expression, analysis: Analysis): Type {
  if (isInnerPath(expression)) return UNKNOWN;
  // Most paths are one name.
  const single = singleVariable(expression, analysis);
  if (single !== undefined && !isComparedName(expression, analysis)) return analysis.declaredType(single);
  const path = pathOf(expression);
  const feature = featureOf(path);
  if (path === undefined || feature === undefined) return inferPick(expression, analysis);
  const open = openDims(expression, path, analysis);
  const type = featureType(expression, path, analysis);
  return open === undefined ? UNKNOWN : withOpen(type, open);
}

/** `(A * x)[2]`. */
function inferPick(expression: Expression, analysis: Analysis): Type {
  if (!isIndexExpr(expression)) return UNKNOWN;
  if (isPath(expression.base)) {
    if (isIndexExpr(expression.base) && pathOf(expression.base) !== undefined)
      indexedTwice(expression, analysis);
    return UNKNOWN;
  }
  const type = analysis.typeOf(expression.base);
  if (type.base === 'unknown') return UNKNOWN;
  const open = pickDims(expression, contextOf(expression), type.shape ?? [], analysis);
  if (open === undefined) return UNKNOWN;
  const { shape: _shape, ...element } = type;
  return withOpen(element, { ...open, stars: [...(type.stars ?? []), ...open.stars] });
}

/** `M[1][2]`, `v[2..4][*]`: a pair of brackets holds all indexes. */
function indexedTwice(expression: IndexExpr, analysis: Analysis): void {
  const name = textOf(expression.base);
  const written = textOf(expression).slice(name.length + 1, -1);
  const example = /\.\.|,/.test(name)
    ? `let part = ${name}, and part[${written}]`
    : `${name.slice(0, -1)}, ${written}], if it is of a matrix`;
  const given = slotsOf(expression).length;
  analysis.report(shapes.indexCount, { name, is: 'indexed already', given, example }, expression);
}

function withOpen(type: Type, { stars, shape }: Open): Type {
  if (type.base === 'unknown' || (stars.length === 0 && shape.length === 0)) return type;
  return { ...type, ...(stars.length > 0 ? { stars } : {}), ...(shape.length > 0 ? { shape } : {}) };
}

function featureType(expression: Expression, path: Path, analysis: Analysis): Type {
  const feature = featureOf(path);
  if (isComparedName(expression, analysis)) return UNKNOWN;
  const measure = inferMeasure(expression, path, analysis);
  if (measure !== undefined) return measure;
  if (path.field !== undefined && isVariableDecl(feature)) return deviationType(expression, path, analysis);
  if (isVariableDecl(feature) || isConstDecl(feature)) return analysis.declaredType(feature);
  if (isFunctionParameter(feature) || isFunctionLocal(feature)) return analysis.declaredType(feature);
  if (isAlarmDecl(feature)) return BOOLEAN;
  if (isSensorDecl(feature)) {
    const type = analysis.declaredType(feature);
    switch (path.field?.member?.$refText) {
      case 'stale':
      case 'outOfRange':
        return BOOLEAN;
      case 'residual':
        return differenceOf(type);
      case 'surprise':
        return surpriseType(expression, analysis);
      case undefined:
      case 'measured':
      case 'predicted':
        return type;
    }
    return UNKNOWN;
  }
  if (isLoopVariable(feature)) return INTEGER;
  if (isEventValue(feature)) {
    const parameter = parameterOf(feature);
    return parameter === undefined ? UNKNOWN : analysis.declaredType(parameter);
  }
  if (isEventDecl(feature)) {
    if (!EVENT_PLACES.has(`${expression.$container.$type} ${expression.$containerProperty}`))
      reportEventAsValue(expression, feature, analysis);
    return UNKNOWN;
  }
  if (isModesDecl(feature) || isModeDecl(feature)) return modeType(expression, feature, analysis);
  if (isPartDecl(feature) || isRuleDecl(feature) || isTwinDecl(feature)) {
    // Where a path must lead to a variable, the rule for that place says so.
    if (isTargetOfStatement(expression)) return UNKNOWN;
    const help = isRuleDecl(feature)
      ? ''
      : (comparedWithMode(expression, feature.type?.ref) ??
        `Name one of its values: ${textOf(expression)}.…`);
    analysis.report(
      structure.notAValue,
      { name: textOf(expression), what: kindOf(feature), help },
      expression,
    );
  }
  return UNKNOWN;
}

/** `pump == Running`, where `pump.operation == Running` is meant. */
function comparedWithMode(part: Expression, asset: AssetDecl | undefined): string | undefined {
  const { $container: test } = part;
  if (asset === undefined || !isBinaryExpr(test) || !/^[!=]=$/.test(test.operator)) return undefined;
  const other = test.left === part ? test.right : test.left;
  if (!isNameRef(other)) return undefined;
  const members = lineage(asset).flatMap((each) => each.members.filter(isModesDecl));
  const comparison = comparisonWith(other.target.$refText, members);
  if (comparison === undefined) return undefined;
  const written = comparison.replace('==', test.operator);
  return `Modes are compared by the name of their block: ${textOf(part)}.${written}.`;
}

const EVENT_PLACES: ReadonlySet<string> = new Set([
  'OnStatement event',
  'EmitAction target',
  'CommandCall target',
  'ButtonWidget target',
  'Binding target',
  'SetAction target',
  'Override target',
  'Equation left',
]);

/** An event is over as soon as it has happened: one reacts to it. */
function reportEventAsValue(expression: Expression, event: EventDecl, analysis: Analysis): void {
  const trigger = expression.$container;
  const when = trigger.$container?.$cstNode;
  const alone = trigger.$type === 'Trigger' && trigger.$container.$type === 'WhenStatement';
  const fixes =
    alone && when !== undefined
      ? [
          {
            title: `Write on ${textOf(expression)}`,
            edits: [
              { uri: uriOf(expression), start: when.offset, end: when.offset + 'when'.length, text: 'on' },
            ],
          },
        ]
      : [];
  const holes = { name: textOf(expression), kind: event.kind };
  analysis.report(signals.eventAsValue, holes, expression, { fixes });
}

/** Modes are compared and shown; they are no values to compute with. */
function modeType(expression: Expression, region: Region, analysis: Analysis): Type {
  let child: Expression = expression;
  while (isParenExpr(child.$container)) child = child.$container;
  const { $container: container, $containerProperty: property } = child;
  const compared = isBinaryExpr(container) && (container.operator === '==' || container.operator === '!=');
  const given =
    isOverride(container) && property === 'value' && isModesDecl(featureOf(pathOf(container.target)));
  if (compared || given || MODE_PLACES.has(`${container.$type} ${property}`)) return modeOf(region);
  const name = textOf(expression);
  const help = isModesDecl(region)
    ? `Compare it: ${name} == ${modesIn(region)[0]?.name ?? '…'}.`
    : `Compare the modes with it: ${comparing(name, region)}.`;
  analysis.report(structure.notAValue, { name, what: kindOf(region), help }, expression);
  return UNKNOWN;
}

/** `valve == Open` for `valve.Open`; the block's name stands in front of the last that the mode's own takes. */
function comparing(name: string, mode: ModeDecl): string {
  const depth = modeName(mode).split('.').length;
  const words = name.split('.');
  return `${words.slice(0, -depth).join('.')} == ${words.slice(-depth).join('.')}`;
}

const MODE_PLACES: ReadonlySet<string> = new Set([
  'Transition target',
  'ResponseStatement trigger',
  'ResponseStatement value',
  'NumberWidget value',
  'ChartWidget series',
  'HistogramWidget series',
  'ModesWidget target',
  'ProcessWidget target',
  'Binding target',
  'SetAction target',
  'Override target',
  'Equation left',
]);

function isTargetOfStatement(expression: Expression): boolean {
  const { $container: container, $containerProperty: property } = expression;
  if (givenToLink(expression)) return true;
  return (property === 'target' && container.$type !== 'SensorDecl') || property === 'places';
}

/** `feeds = tank`, `feeds = [left, right]`: what a link leads to. */
function givenToLink(expression: Expression): boolean {
  const owner = isListLiteral(expression.$container) ? expression.$container : expression;
  const override = owner.$container;
  return (
    isOverride(override) && owner.$containerProperty === 'value' && isLink(featureOf(pathOf(override.target)))
  );
}

// ── indexes ──────────────────────────────────────────────────────────────────────────────────────

/** `value`: takes vectors as a whole and `[*]`, to give them on; `all`: makes one value, or one of each, of them. */
export type IndexContext = 'one' | 'all' | 'optional' | 'value';

/** Whether the place of a path takes one value, `[*]`, or whole arrays. */
export function contextOf(expression: Expression): IndexContext {
  const { $container: place, $containerProperty: property } = expression;
  if (WITHIN.has(place.$type)) return contextAround(place);
  if (place.$type === 'Equation') return 'value';
  if (
    (isOverride(place) ||
      isEstimate(place) ||
      isVaryStep(place) ||
      isFittedParameter(place) ||
      isSought(place)) &&
    property === 'target'
  )
    return 'optional';
  if (place.$type === 'CorrelatedDecl') return 'optional';
  if (isRampStep(place) || isProfileStep(place) || isRecordedColumn(place))
    if (property === 'target') return 'optional';
  if (givenToLink(expression)) return 'optional';
  return contextAround(expression);
}

function contextAround(expression: AstNode): IndexContext {
  for (let node: AstNode = expression; node.$container !== undefined; node = node.$container) {
    const container = node.$container;
    const type = container.$type;
    if (WITHIN.has(type)) continue;
    if (VALUE_PLACES[type]?.includes(node.$containerProperty!)) return 'value';
    switch (type) {
      case 'FunctionCall': {
        const call = container as FunctionCall;
        if (isReduction(call.function, call.arguments.length) || call.function === 'most') return 'all';
        if (takesVectors(call)) return 'all';
        break;
      }
      case 'IndexExpr':
        if (node.$containerProperty !== 'base') return 'one';
        break;
      case 'JoinStatement':
        return 'all';
      case 'ConstraintStep':
      case 'ReportedValue':
      case 'ChartWidget':
      case 'GaugeWidget':
      case 'NumberWidget':
      case 'PhaseWidget':
      case 'HistogramWidget':
        return node.$containerProperty === 'window' || node.$containerProperty === 'range' ? 'one' : 'all';
      case 'RequireStatement':
      case 'ResponseStatement':
      case 'ExpectStatement':
      case 'ChanceStatement':
        return node.$containerProperty === 'condition' ? 'all' : 'one';
      case 'ButtonWidget':
      case 'ModesWidget':
      case 'ProcessWidget':
        return node.$containerProperty === 'target' ? 'all' : 'one';
      case 'OnStatement':
        return node.$containerProperty === 'event' ? 'all' : 'one';
    }
  }
  return 'one';
}

/** What says nothing of its parts. */
const WITHIN: ReadonlySet<string> = new Set([
  'BinaryExpr',
  'ConditionalExpr',
  'ParenExpr',
  'PowerExpr',
  'UnaryExpr',
]);

/** Where a vector can be given as a whole, and each element by `[*]`. */
const VALUE_PLACES: Readonly<Record<string, readonly string[]>> = {
  Equation: ['left', 'right'],
  VariableDecl: ['value', 'guess'],
  ConstDecl: ['value'],
  FunctionDecl: ['value'],
  FunctionLocal: ['value'],
  Override: ['value'],
  SensorDecl: ['target'],
  SetAction: ['target', 'value'],
};

/** Whether a function takes vectors as a whole: then it sees to its arguments itself. */
function takesVectors(call: FunctionCall): boolean {
  if (FUNCTIONS.get(call.function)?.rule === 'linear') return true;
  return !FUNCTIONS.has(call.function) && isFunctionDecl(target(call.declared));
}

export type KnownIndex =
  | { kind: 'constant'; value: number }
  | { kind: 'loop'; variable: LoopVariable; offset: number }
  | { kind: 'fixed'; value: Expression };

/** What an index is made of; undefined when it is not known when compiled, or no whole number. */
export function indexOf(index: Expression, analysis: Analysis): KnownIndex | undefined {
  const value = numberValue(index, analysis);
  if (value !== undefined) return Number.isInteger(value) ? { kind: 'constant', value } : undefined;
  const loop = loopIndex(index, analysis);
  if (loop !== undefined) return loop;
  const { base } = analysis.typeOf(index);
  return isConstant(index, 'fixed') && (base === 'integer' || base === 'unknown')
    ? { kind: 'fixed', value: index }
    : undefined;
}

/** `i`, `i + 1`, `1 + i`, `i - 2`. */
function loopIndex(index: Expression | undefined, analysis: Analysis): KnownIndex | undefined {
  if (isParenExpr(index)) return loopIndex(index.inner, analysis);
  if (isNameRef(index)) {
    const feature = featureOf(pathOf(index));
    return isLoopVariable(feature) ? { kind: 'loop', variable: feature, offset: 0 } : undefined;
  }
  if (!isBinaryExpr(index) || (index.operator !== '+' && index.operator !== '-')) return undefined;
  const sides: [Expression, Expression][] = [[index.left, index.right]];
  if (index.operator === '+') sides.push([index.right, index.left]);
  for (const [variable, offset] of sides) {
    const loop = loopIndex(variable, analysis);
    const by = numberValue(offset, analysis);
    if (loop?.kind === 'loop' && by !== undefined && Number.isInteger(by)) {
      return { ...loop, offset: loop.offset + (index.operator === '-' ? -by : by) };
    }
  }
  return undefined;
}
