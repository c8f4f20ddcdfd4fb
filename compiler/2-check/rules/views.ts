/** Views show numbers and switches, in units that fit. */
import { AstUtils } from 'langium';
import type {
  ChartWidget,
  Expression,
  GaugeWidget,
  HistogramWidget,
  NumberWidget,
  PhaseWidget,
  SliderWidget,
} from '../../../grammar/generated/ast.ts';
import { isVariableDecl, isViewDecl } from '../../../grammar/generated/ast.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as sensors from '../../diagnostics/sensors.ts';
import * as units from '../../diagnostics/units.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { reportUnit } from '../infer/infer.ts';
import { kindOf, target } from '../members.ts';
import { featureOf, pathOf } from '../paths.ts';
import { isNumeric, numberOf, wordsOf, type Type } from '../type.ts';
import { hintForMismatch, lookAlikes, quantityOfLiteral, type Unit } from '../units/index.ts';
import { inputMustBeFree, knownTime } from './scenarios.ts';
import { checkRange, placeOf } from './variables.ts';

export function gaugeMustShowNumber(gauge: GaugeWidget, analysis: Analysis): void {
  const type = analysis.typeOf(gauge.value);
  if (type.base === 'unknown') return;
  if (!isNumeric(type)) {
    const what = wordsOf(type, analysis.tableOf(gauge));
    analysis.report(sensors.notShowable, { widget: 'gauge', text: textOf(gauge.value), what }, gauge.value);
    return;
  }
  checkRange(gauge.range, { text: `'${textOf(gauge.value)}'`, type }, analysis);
}

export function numberMustBeShowable(widget: NumberWidget, analysis: Analysis): void {
  mustBeShowable(widget.value, 'number', analysis);
}

export function chartMustShowNumbers(chart: ChartWidget, analysis: Analysis): void {
  for (const series of chart.series as (Expression | undefined)[]) mustBeShowable(series, 'chart', analysis);
  knownTime(chart.window, 'The time after over', analysis, 'positive');
}

export function mustBeShowable(value: Expression | undefined, widget: string, analysis: Analysis): void {
  const type = analysis.typeOf(value);
  if (
    value === undefined ||
    type.base === 'unknown' ||
    type.base === 'boolean' ||
    type.base === 'mode' ||
    isNumeric(type)
  )
    return;
  const what = wordsOf(type, analysis.tableOf(value));
  analysis.report(sensors.notShowable, { widget, text: textOf(value), what }, value);
}

export function sliderMustMoveSomething(slider: SliderWidget, analysis: Analysis): void {
  const feature = featureOf(pathOf(slider.target));
  if (feature === undefined) return;
  if (!isVariableDecl(feature) || (feature.role !== 'param' && feature.role !== 'input')) {
    analysis.report(
      sensors.notTunable,
      { text: textOf(slider.target), what: kindOf(feature) },
      slider.target,
    );
    return;
  }
  if (feature.guess !== undefined) {
    const what = 'looked for at the start, by guess';
    analysis.report(sensors.notTunable, { text: textOf(slider.target), what }, slider.target);
    return;
  }
  const view = AstUtils.getContainerOfType(slider, isViewDecl);
  inputMustBeFree(slider.target, target(view?.subject), analysis);
  const type = analysis.typeOf(slider.target);
  if (type.base !== 'unknown')
    checkRange(slider.range, { ...placeOf(feature, analysis), text: `'${textOf(slider.target)}'` }, analysis);
}

export function shownUnitMustFit(
  widget: GaugeWidget | NumberWidget | ChartWidget | HistogramWidget,
  analysis: Analysis,
): void {
  unitMustFit(widget, 'unit', 'series' in widget ? widget.series : [widget.value], analysis);
}

/** The unit that stands in a property of a widget fits the values that are shown in it. */
export function unitMustFit(
  widget: Shown,
  property: 'unit' | 'baseUnit',
  values: readonly (Expression | undefined)[],
  analysis: Analysis,
): void {
  const unit = property === 'unit' ? widget.unit : 'baseUnit' in widget ? widget.baseUnit : undefined;
  if (unit === undefined) return;
  const result = analysis.tableOf(widget).resolve(unit);
  if (!result.ok) return reportUnit(widget, unit, analysis);
  for (const value of values) {
    const type = analysis.typeOf(value);
    if (value === undefined || type.base === 'unknown') continue;
    if (!fits(type, result.unit))
      return reportShownUnit(widget, property, value, type, result.unit, analysis);
  }
}

function fits(type: Type, unit: Unit): boolean {
  return type.base === 'boolean' || type.base === 'mode' || unit.dimension.equals(type.quantity.dimension);
}

type Shown = GaugeWidget | NumberWidget | ChartWidget | HistogramWidget | PhaseWidget;

function reportShownUnit(
  widget: Shown,
  property: 'unit' | 'baseUnit',
  value: Expression,
  type: Type,
  unit: Unit,
  analysis: Analysis,
): void {
  const table = analysis.tableOf(widget);
  const place = sourceOfProperty(widget, property);
  const { dimension } = type.quantity;
  const fixes = lookAlikes(table, unit.text, dimension).map((each) => ({
    title: `Write ${each}`,
    edits: [{ uri: uriOf(widget), start: place.start, end: place.end, text: each }],
  }));
  const holes = {
    target: { text: `'${textOf(value)}'`, is: wordsOf(type, table) },
    value: { text: unit.text, is: wordsOf(numberOf(quantityOfLiteral(unit), unit), table) },
    hint: hintForMismatch(dimension, unit.dimension, table),
  };
  analysis.report(units.quantityExpected, holes, widget, { place, fixes });
}
