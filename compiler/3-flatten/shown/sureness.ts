import { asDifference } from '../../../runtime/contract/difference.ts';
import type { FlatSeries, FlatView, FlatWidget } from '../../ir/flat-shown.ts';
import type { FlatSystem, VariableId } from '../../ir/flat-system.ts';
import type { Estimate } from '../../model/checked-model.ts';
import { placeOf } from '../expressions/places.ts';
import { scopeOf } from '../expressions/scope.ts';
import type { Flattening } from '../flattening.ts';
import type { Probes } from './probes.ts';

/** The states that `estimate` names, whether they can be estimated or not. */
export function namedByEstimates(
  flattening: Flattening,
  estimates: readonly Estimate[],
): ReadonlySet<VariableId> {
  const root = flattening.groups[0]!;
  return new Set(
    estimates.flatMap(({ target, source }) => {
      const { group, name } = placeOf(flattening, target, { ...scopeOf(root), stars: [] }, source);
      return group.variables.get(name) ?? [];
    }),
  );
}

/** Views whose charts know of each estimated state that they draw how far off it may be: `level` has `level.sd` beside it. */
export function withSureness(views: readonly FlatView[], system: FlatSystem, probes: Probes): FlatView[] {
  const deviations = new Map(
    system.estimator?.states.map(({ variable, deviation }) => [variable, deviation] as const),
  );
  const known = (series: FlatSeries): FlatSeries => {
    const probe = probes.list[series.probe]!;
    const { value } = probe;
    if (value.kind !== 'load') return series;
    const variable = deviations.get(value.variable);
    if (variable === undefined) return series;
    const deviation = probes.add({
      text: `${probe.text}.sd`,
      loops: probe.loops,
      value: { ...value, variable },
      type: probe.type,
      unit: asDifference(probe.unit),
    });
    return { ...series, deviation };
  };
  const look = (widget: FlatWidget): FlatWidget => {
    if (widget.kind === 'chart') return { ...widget, series: widget.series.map(known) };
    if (widget.kind === 'row' || widget.kind === 'column')
      return { ...widget, widgets: widget.widgets.map(look) };
    return widget;
  };
  return deviations.size === 0
    ? [...views]
    : views.map((view) => ({ ...view, widgets: view.widgets.map(look) }));
}
