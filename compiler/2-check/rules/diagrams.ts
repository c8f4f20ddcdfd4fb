/** What diagrams, phase plots and histograms can show. */
import { AstUtils } from 'langium';
import type {
  Expression,
  HistogramWidget,
  ModesWidget,
  PhaseWidget,
  ProcessWidget,
} from '../../../grammar/generated/ast.ts';
import { isAssetDecl, isModesDecl, isProcessDecl, isViewDecl } from '../../../grammar/generated/ast.ts';
import { assetOfRunnable, lineage } from '../../1-parse/names/members.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as diagrams from '../../diagnostics/diagrams.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { kindOf } from '../members.ts';
import { featureOf, pathOf } from '../paths.ts';
import { isNumeric, wordsOf } from '../type.ts';
import * as sensors from '../../diagnostics/sensors.ts';
import { knownTime } from './scenarios.ts';
import { mustBeShowable, unitMustFit } from './views.ts';

/** Runs of a histogram when nothing is said. */
export const RUNS = 200;
const MOST_RUNS = 10_000;

export function phaseMustShowNumbers(phase: PhaseWidget, analysis: Analysis): void {
  mustBeNumber(phase.value, analysis);
  mustBeNumber(phase.base, analysis);
  unitMustFit(phase, 'unit', [phase.value], analysis);
  unitMustFit(phase, 'baseUnit', [phase.base], analysis);
  knownTime(phase.window, 'The time after over', analysis, 'positive');
}

function mustBeNumber(value: Expression | undefined, analysis: Analysis): void {
  const type = analysis.typeOf(value);
  if (value === undefined || type.base === 'unknown' || isNumeric(type)) return;
  const what = wordsOf(type, analysis.tableOf(value));
  analysis.report(sensors.notShowable, { widget: 'phase plot', text: textOf(value), what }, value);
}

export function histogramMustShowValues(histogram: HistogramWidget, analysis: Analysis): void {
  for (const series of histogram.series as (Expression | undefined)[])
    mustBeShowable(series, 'histogram', analysis);
  const { runs } = histogram;
  if (runs === undefined) return;
  const count = Number(runs.replaceAll('_', ''));
  if (Number.isInteger(count) && count >= 2 && count <= MOST_RUNS) return;
  const place = sourceOfProperty(histogram, 'runs');
  const fixes = [
    {
      title: `Write ${RUNS}`,
      edits: [{ uri: uriOf(histogram), start: place.start, end: place.end, text: String(RUNS) }],
    },
  ];
  analysis.report(diagrams.wrongRuns, { text: runs, most: MOST_RUNS }, histogram, { place, fixes });
}

export function modesMustBeDrawn(widget: ModesWidget, analysis: Analysis): void {
  mustBeDrawn(widget, 'modes', analysis);
}

export function processMustBeDrawn(widget: ProcessWidget, analysis: Analysis): void {
  mustBeDrawn(widget, 'process', analysis);
}

function mustBeDrawn(
  widget: ModesWidget | ProcessWidget,
  kind: 'modes' | 'process',
  analysis: Analysis,
): void {
  const feature = featureOf(pathOf(widget.target));
  if (feature === undefined) return;
  if (kind === 'process' ? isProcessDecl(feature) : isModesDecl(feature) && isAssetDecl(feature.$container))
    return;
  const view = AstUtils.getContainerOfType(widget, isViewDecl);
  const asset = assetOfRunnable(view?.subject?.ref);
  const members = asset === undefined ? [] : lineage(asset).flatMap((each) => each.members);
  const declared = kind === 'process' ? members.filter(isProcessDecl) : members.filter(isModesDecl);
  const known = declared.map(({ name }) => name);
  const { uri, start, end } = sourceOfProperty(widget, 'target');
  const fixes = known.slice(0, 3).map((name) => ({
    title: `Write ${name}`,
    edits: [{ uri, start, end, text: name }],
  }));
  const holes = { widget: kind, text: textOf(widget.target), what: kindOf(feature), known };
  analysis.report(diagrams.notDrawable, holes, widget.target, { fixes });
}
