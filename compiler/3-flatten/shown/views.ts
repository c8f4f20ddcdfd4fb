import type { Expression } from '../../model/expression.ts';
import type { ShownValue, View, Widget } from '../../model/checked-model.ts';
import type { FlatSeries, FlatView, FlatWidget } from '../../ir/flat-shown.ts';
import { elements } from '../box.ts';
import { substituteIndex } from '../../ir/expressions.ts';
import type { FlatLoop, FlatTarget } from '../../ir/flat-expression.ts';
import { constant, join } from '../instances/instances.ts';
import type { Group } from '../instances/instances.ts';
import { placeOf, targetOf } from '../expressions/places.ts';
import { scopeOf } from '../expressions/scope.ts';
import { chartsOf } from './mode-charts.ts';
import { processNames } from '../process/flow.ts';
import type { Flattening } from '../flattening.ts';
import { eventsOf } from '../instances/signals.ts';
import { commonUnits } from './one-unit.ts';
import type { Probes } from './probes.ts';

export function viewsOf(flattening: Flattening, probes: Probes, views: readonly View[]): FlatView[] {
  return views.map(({ title, widgets }) => ({
    title,
    widgets: widgets.flatMap((widget) => widgetsOf(flattening, probes, widget)),
    derived: false,
  }));
}

function widgetsOf(flattening: Flattening, probes: Probes, widget: Widget): FlatWidget[] {
  const shown = ({ expression, text, unit }: ShownValue) => probes.value(expression, text, unit);
  switch (widget.kind) {
    case 'row':
    case 'column':
      return [
        { ...widget, widgets: widget.widgets.flatMap((inner) => widgetsOf(flattening, probes, inner)) },
      ];
    case 'gauge': {
      const subject = subjectOf(flattening, widget.value.expression);
      const low = widget.low ?? subject?.low;
      const high = widget.high ?? subject?.high;
      const value = shown(widget.value);
      return [
        {
          kind: 'gauge',
          value,
          ...(low === undefined ? {} : { low }),
          ...(high === undefined ? {} : { high }),
        },
      ];
    }
    case 'number':
      return [{ kind: 'number', value: shown(widget.value) }];
    case 'chart': {
      const units = commonUnits(
        widget.series.map(({ expression, unit }) => {
          const quantity = subjectOf(flattening, expression)?.quantity ?? '';
          return { type: expression.type, quantity, unit };
        }),
      );
      const series = widget.series.map((value, at): FlatSeries => {
        const sensor = sensorOf(flattening, value.expression);
        return {
          probe: shown({ ...value, unit: units[at]! }),
          ...(sensor === undefined ? {} : { sensor }),
        };
      });
      return [{ ...widget, series }];
    }
    case 'phase':
      return [{ ...widget, value: shown(widget.value), base: shown(widget.base) }];
    case 'histogram':
      return [{ ...widget, series: widget.series.map(shown) }];
    case 'modes':
    case 'process':
      return diagrams(flattening, widget);
    case 'button': {
      const stars: FlatLoop[] = [];
      const scope = { ...scopeOf(flattening.groups[0]!), stars };
      const target = targetOf(flattening, widget.target, scope, flattening.groups[0]!.type.source);
      const events = eventsOf(flattening);
      const command = events.findIndex(({ count }) => count === target.variable);
      const { dims, parameters } = events[command]!;
      const values = parameters.map(({ name }) => widget.values[name] ?? null);
      return [...elements(stars.map((loop) => [loop.from, loop.to] as const))].map((at) => {
        const by = new Map(stars.map((loop, depth) => [loop.variable, at[depth]!]));
        const instance = target.index
          .map((index) => substituteIndex(index, by))
          .reduce<number>((place, index, axis) => place * dims[axis]! + (index as number), 0);
        return { kind: 'button', title: widget.title, command, instance, values };
      });
    }
    case 'slider': {
      const stars: FlatLoop[] = [];
      const scope = { ...scopeOf(flattening.groups[0]!), stars };
      const target = targetOf(flattening, widget.target, scope, flattening.groups[0]!.type.source);
      return [...elements(stars.map((loop) => [loop.from, loop.to] as const))].map((at) => {
        const by = new Map(stars.map((loop, depth) => [loop.variable, at[depth]!]));
        const one = {
          variable: target.variable,
          index: target.index.map((index) => substituteIndex(index, by)),
        };
        return slider(flattening, one, widget);
      });
    }
    default:
      return [widget];
  }
}

/** One for each element that `[*]` stands for. */
function diagrams(
  flattening: Flattening,
  { kind, target }: Extract<Widget, { kind: 'modes' | 'process' }>,
): FlatWidget[] {
  const stars: FlatLoop[] = [];
  const scope = { ...scopeOf(flattening.groups[0]!), stars };
  const { group, name, index } = placeOf(flattening, target, scope, flattening.groups[0]!.type.source);
  const position = (
    kind === 'modes' ? chartsOf(flattening).map((chart) => chart.name) : processNames(flattening)
  ).indexOf(join(group.path, name));
  return [...elements(stars.map((loop) => [loop.from, loop.to] as const))].map((at) => {
    const by = new Map(stars.map((loop, depth) => [loop.variable, at[depth]!]));
    const instance = index
      .map((each) => substituteIndex(each, by))
      .reduce<number>((place, each, axis) => place * group.dims[axis]! + (each as number), 0);
    return kind === 'modes'
      ? { kind, chart: position, instance }
      : { kind: 'process', process: position, instance };
  });
}

/** Where no range is said, from 0 to twice the default. */
export function slider(
  flattening: Flattening,
  target: FlatTarget,
  said: { low?: number; high?: number },
): FlatWidget {
  const variable = flattening.variables[target.variable]!;
  const group = flattening.groups.find((one) => [...one.variables.values()].includes(target.variable));
  const name = group && [...group.variables].find(([, id]) => id === target.variable)?.[0];
  const declared = group && name !== undefined ? group.declared.get(name) : undefined;
  const value = declared?.value && group ? constant(declared.value, group) : undefined;
  const around = value === undefined || value === 0 || variable.type.base === 'boolean' ? 1 : 2 * value;
  return {
    kind: 'slider',
    target,
    low: said.low ?? variable.low ?? Math.min(0, around),
    high: said.high ?? variable.high ?? Math.max(0, around),
  };
}

function placed(flattening: Flattening, expression: Expression): { group: Group; name: string } | undefined {
  if (expression.kind !== 'variable') return undefined;
  let group = flattening.groups[0]!;
  for (const { name } of expression.reference.segments.slice(0, -1))
    group = group.children.get(name) ?? group;
  return { group, name: expression.reference.segments.at(-1)!.name };
}

/** The variable or sensor that is shown, where it is just one. */
function subjectOf(
  flattening: Flattening,
  expression: Expression,
): { low?: number; high?: number; quantity: string } | undefined {
  const place = placed(flattening, expression);
  if (!place) return undefined;
  const id = place.group.variables.get(place.name);
  const sensor = place.group.sensors.get(place.name);
  if (id !== undefined) return flattening.variables[id]!;
  return sensor === undefined ? undefined : flattening.sensors[sensor]!;
}

function sensorOf(flattening: Flattening, expression: Expression): number | undefined {
  if (expression.kind !== 'variable' || expression.reference.target.kind !== 'sensor') return undefined;
  if (expression.reference.target.field !== 'measured') return undefined;
  const place = placed(flattening, expression);
  return place?.group.sensors.get(place.name);
}
