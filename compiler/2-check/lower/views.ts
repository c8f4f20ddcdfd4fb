/** Views → the model's. */
import type { Expression, ViewDecl, Widget as WidgetTree } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { ShownValue, View, Widget } from '../../model/checked-model.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue, valueOf } from '../constants.ts';
import { displayUnit, shownIn } from '../display.ts';
import { target } from '../members.ts';
import { RUNS } from '../rules/diagrams.ts';
import { lowerSubject } from './scenarios.ts';
import { lowerExpression, needed, referenceTo } from './expressions.ts';

export function lowerView(tree: ViewDecl, analysis: Analysis): View {
  const subject = needed(target(tree.subject), 'what is shown');
  return {
    ...lowerSubject(subject),
    title: tree.title ?? subject.name,
    widgets: tree.widgets.map((widget) => lowerWidget(widget, analysis)),
    source: sourceOf(tree),
  };
}

function lowerWidget(tree: WidgetTree, analysis: Analysis): Widget {
  switch (tree.$type) {
    case 'RowWidget':
    case 'ColumnWidget':
      return {
        kind: tree.$type === 'RowWidget' ? 'row' : 'column',
        title: tree.title ?? '',
        widgets: tree.widgets.map((widget) => lowerWidget(widget, analysis)),
      };
    case 'GaugeWidget':
      return {
        kind: 'gauge',
        value: lowerShown(tree.value, tree.unit, analysis),
        ...bounds(tree.range, analysis),
      };
    case 'NumberWidget':
      return { kind: 'number', value: lowerShown(tree.value, tree.unit, analysis) };
    case 'ChartWidget': {
      const window = numberValue(tree.window, analysis);
      return {
        kind: 'chart',
        title: tree.title ?? '',
        series: tree.series.map((series) => lowerShown(series, tree.unit, analysis)),
        ...(window === undefined ? {} : { window }),
      };
    }
    case 'PhaseWidget': {
      const window = numberValue(tree.window, analysis);
      return {
        kind: 'phase',
        title: tree.title ?? '',
        value: lowerShown(tree.value, tree.unit, analysis),
        base: lowerShown(tree.base, tree.baseUnit, analysis),
        ...(window === undefined ? {} : { window }),
      };
    }
    case 'HistogramWidget':
      return {
        kind: 'histogram',
        title: tree.title ?? '',
        series: tree.series.map((series) => lowerShown(series, tree.unit, analysis)),
        runs: tree.runs === undefined ? RUNS : Number(tree.runs.replaceAll('_', '')),
      };
    case 'ModesWidget':
      return { kind: 'modes', target: referenceTo(tree.target, analysis) };
    case 'ProcessWidget':
      return { kind: 'process', target: referenceTo(tree.target, analysis) };
    case 'SliderWidget':
      return { kind: 'slider', target: referenceTo(tree.target, analysis), ...bounds(tree.range, analysis) };
    case 'ButtonWidget':
      return {
        kind: 'button',
        title: tree.title ?? '',
        target: referenceTo(tree.target, analysis),
        values: Object.fromEntries(
          tree.arguments.map(({ name, value }) => [name, needed(constantOf(value, analysis), name)]),
        ),
      };
    case 'TextWidget':
      return { kind: 'text', content: tree.content };
    case 'PlainWidget':
      return { kind: tree.kind };
  }
}

function constantOf(tree: Expression, analysis: Analysis): number | undefined {
  const value = valueOf(tree, analysis);
  return typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? value : undefined;
}

function lowerShown(tree: Expression | undefined, unit: string | undefined, analysis: Analysis): ShownValue {
  const type = analysis.typeOf(tree);
  const table = analysis.tableOf(needed(tree, 'a value'));
  const written = unit === undefined ? undefined : table.resolve(unit);
  return {
    expression: lowerExpression(tree, analysis),
    unit:
      written?.ok === true
        ? shownIn(written.unit, type.quantity.kind !== 'difference')
        : displayUnit(type, table),
    text: textOf(tree, Infinity),
  };
}

function bounds(
  range: { low: Expression; high: Expression } | undefined,
  analysis: Analysis,
): { low?: number; high?: number } {
  const [low, high] = [numberValue(range?.low, analysis), numberValue(range?.high, analysis)];
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}
