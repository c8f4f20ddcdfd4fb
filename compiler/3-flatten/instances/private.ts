/**
 * What is private, and what becomes so by being computed from it: equations, start values, actions, sensors. `released` ends
 * that. Conditions do not pass it on: an alarm over private data says that it is raised, and no value.
 */
import { privateShown } from '../../diagnostics/private.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import type { CheckedModel } from '../../model/checked-model.ts';
import type { Block, FlatHandler, FlatSystem, ProbeId, VariableId } from '../../ir/flat-system.ts';
import type { FlatWidget } from '../../ir/flat-shown.ts';
import type { Flattening } from '../flattening.ts';

/** Marks everything that is computed from private variables, and hides it. */
export function keepPrivate(
  flattening: Flattening,
  blocks: readonly Block[],
  handlers: readonly FlatHandler[],
): void {
  const { variables, sensors, delays } = flattening;
  if (!variables.some(({ exposure }) => exposure === 'private')) return;
  const steps: { from: ReadonlySet<VariableId>; to: readonly VariableId[] }[] = [];
  const read = (...values: unknown[]): Set<VariableId> => readsOf(values, flattening);
  for (const block of blocks)
    steps.push(
      block.kind === 'assign'
        ? { from: read(block.value), to: [block.target.variable] }
        : { from: read(block.residuals), to: block.unknowns.map(({ variable }) => variable) },
    );
  for (const { actions } of handlers)
    for (const { target, value } of actions) steps.push({ from: read(value), to: [target.variable] });
  for (const { target, measured, predicted } of sensors)
    steps.push({ from: read(target), to: [measured, predicted] });
  const { deviations, surprises } = flattening.estimated;
  for (const [state, deviation] of deviations) steps.push({ from: new Set([state]), to: [deviation] });
  for (const [sensor, surprise] of surprises)
    steps.push({ from: new Set([sensors[sensor]!.measured]), to: [surprise] });
  for (const { value, values } of delays) steps.push({ from: read(value), to: [values] });
  // A state is computed from its derivative, which shows it.
  variables.forEach(({ partner }, id) => {
    if (partner !== undefined) steps.push({ from: new Set([id]), to: [partner] });
  });
  for (let changed = true; changed;) {
    changed = false;
    for (const { from, to } of steps) {
      if (![...from].some((id) => variables[id]!.exposure === 'private')) continue;
      for (const id of to) {
        if (variables[id]!.exposure !== undefined) continue;
        variables[id]!.exposure = 'private';
        changed = true;
      }
    }
  }
  for (const variable of variables) if (variable.exposure === 'private') variable.visible = false;
}

/** Variables that something reads, by whatever way. */
function readsOf(
  value: unknown,
  { sensors, delays }: Pick<Flattening, 'sensors' | 'delays'>,
): Set<VariableId> {
  const found = new Set<VariableId>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      node.forEach(walk);
      return;
    }
    const { kind, variable, histogram, sensor, delay } = node as Record<string, unknown>;
    if (kind === 'load') found.add(variable as VariableId);
    else if (kind === 'quantile') found.add(histogram as VariableId);
    else if (kind === 'sampled') found.add(sensors[sensor as number]!.measured);
    else if (kind === 'delayed') found.add(delays[delay as number]!.values);
    for (const inner of Object.values(node)) walk(inner);
  };
  walk(value);
  return found;
}

/** Says where private data would leave by a view, a binding or a report; marks the probes that are left, of tests. */
export function reportPrivate(
  flattening: Flattening,
  system: FlatSystem,
  model: CheckedModel,
  asset: string,
): void {
  const { variables } = system;
  if (!variables.some(({ exposure }) => exposure === 'private')) return;
  const culprit = (probe: ProbeId): string | undefined => {
    const ids = [...readsOf(system.probes[probe]!.value, flattening)];
    const id = ids.find((each) => variables[each]!.exposure === 'private');
    return id === undefined ? undefined : variables[id]!.name;
  };
  const check = (
    probe: ProbeId | undefined,
    where: 'view' | 'binding' | 'report',
    source: FlatSystem['bindings'][number]['source'],
  ): void => {
    const name = probe === undefined ? undefined : culprit(probe);
    if (name !== undefined)
      flattening.diagnostics.push(
        report(privateShown, { name, text: system.probes[probe!]!.text, where }, source),
      );
  };
  const views = model.views.filter((view) => view.asset === asset);
  system.views.forEach(({ widgets, derived }, i) => {
    if (!derived) for (const probe of probesIn(widgets)) check(probe, 'view', views[i]!.source);
  });
  for (const { target, direction, source } of system.bindings)
    if (direction === 'to' && target.kind === 'probe') check(target.probe, 'binding', source);
  for (const { reports } of system.experiments)
    for (const { probe, source } of reports) check(probe, 'report', source);
  system.probes.forEach((probe, id) => {
    if (culprit(id) !== undefined) probe.private = true;
  });
}

function probesIn(widgets: readonly FlatWidget[]): ProbeId[] {
  return widgets.flatMap((widget): ProbeId[] => {
    if (widget.kind === 'row' || widget.kind === 'column') return probesIn(widget.widgets);
    if (widget.kind === 'gauge' || widget.kind === 'number') return [widget.value];
    if (widget.kind === 'phase') return [widget.value, widget.base];
    if (widget.kind === 'histogram') return widget.series;
    return widget.kind === 'chart' ? widget.series.map(({ probe }) => probe) : [];
  });
}
