import type { FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import type { FlatSeries, FlatView, FlatWidget } from '../../ir/flat-shown.ts';
import type { FlatVariable, ProbeId, VariableId } from '../../ir/flat-system.ts';
import type { DisplayUnit } from '../../model/asset.ts';
import { loopName } from '../../ir/expressions.ts';
import type { Flattening } from '../flattening.ts';
import { commonUnits } from './one-unit.ts';
import type { Drawn } from './one-unit.ts';
import type { Probes } from './probes.ts';
import { chartsOf } from './mode-charts.ts';
import { processNames } from '../process/flow.ts';
import { eventsOf } from '../instances/signals.ts';
import { slider } from './views.ts';

/** Of a long array a derived view shows the first ones: it is a first look, not a report. */
const MOST_ELEMENTS = 6;
const MOST_GAUGES = 8;
const MOST_KPIS = 24;
const MOST_CHARTS = 6;
const MOST_SERIES = 32;
const MOST_SLIDERS = 8;
const MOST_DIAGRAMS = 4;

/** What a chart draws, once its unit is settled. */
interface Line extends Drawn {
  series: (unit: DisplayUnit) => FlatSeries;
}

/**
 * The view of a model that has none: a kpi becomes a number, what has a range becomes a gauge, what is true or false a lamp, what is measured or
 * integrated a line in the chart of its quantity, what can be set a slider.
 */
export function derivedView(
  flattening: Flattening,
  probes: Probes,
  title: string,
  estimated: ReadonlySet<VariableId>,
): FlatView {
  const { variables, sensors, alarms, groups } = flattening;
  const shown = (id: VariableId, name: string, as?: DisplayUnit): ProbeId => {
    const variable = variables[id]!;
    const loops: FlatLoop[] = variable.dims.map((size, at) => ({
      variable: loopName(at),
      from: 0,
      to: Math.min(size, MOST_ELEMENTS),
    }));
    const index: FlatIndex[] = loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
    const { type, unit } = variable;
    return probes.add({
      text: name.replaceAll('[]', '[*]'),
      loops,
      value: { kind: 'load', variable: id, index },
      type,
      unit: as ?? unit,
    });
  };
  const measured = new Set(
    sensors.flatMap(({ target }) => (target.kind === 'load' ? [target.variable] : [])),
  );

  const numbers: FlatWidget[] = variables.flatMap((variable, id) =>
    variable.kpi === true && variable.visible ? [{ kind: 'number', value: shown(id, variable.name) }] : [],
  );

  const lamps: FlatWidget[] = [];
  variables.forEach((variable, id) => {
    if (!variable.visible || variable.role === 'parameter' || lamps.length >= MOST_GAUGES) return;
    const { low, high, name, type, role } = variable;
    const changes =
      role === 'state' || role === 'discrete' || (role === 'algebraic' && type.base === 'boolean');
    if (!changes) return;
    if (type.base !== 'boolean' && low !== undefined && high !== undefined)
      lamps.push({ kind: 'gauge', value: shown(id, name), low, high });
    else if (type.base !== 'number') lamps.push({ kind: 'number', value: shown(id, name) });
  });

  const charts = new Map<string, Line[]>();
  const draw = (line: Line) => {
    const key = line.quantity || line.type.dimension;
    const known = charts.get(key);
    if (known === undefined) charts.set(key, [line]);
    else if (known.length < MOST_SERIES) known.push(line);
  };
  sensors.forEach(({ name, measured: value, type, quantity }, sensor) =>
    draw({
      type,
      quantity,
      unit: variables[value]!.unit,
      series: (unit) => ({ probe: shown(value, name, unit), sensor }),
    }),
  );
  const drawVariable = ({ name, type, quantity, unit: own }: FlatVariable, id: VariableId): void =>
    draw({ type, quantity, unit: own, series: (unit) => ({ probe: shown(id, name, unit) }) });
  variables.forEach((variable, id) => {
    // Beside its samples an estimate is what they are compared with.
    if (variable.role === 'state' && (!measured.has(id) || estimated.has(id))) drawVariable(variable, id);
  });
  if (charts.size === 0)
    variables.forEach((variable, id) => {
      if (variable.visible && variable.role === 'algebraic' && variable.type.base === 'number')
        drawVariable(variable, id);
    });

  const sliders: FlatWidget[] = [];
  for (const role of ['input', 'parameter'] as const)
    variables.forEach((variable, id) => {
      const { low, high, dims, final } = variable;
      if (variable.role !== role || final || dims.length > 0 || sliders.length >= MOST_SLIDERS) return;
      if (variable.type.base === 'boolean' ? role === 'parameter' : low === undefined || high === undefined)
        return;
      sliders.push(slider(flattening, { variable: id, index: [] }, {}));
    });

  const buttons: FlatWidget[] = eventsOf(flattening).flatMap(({ command, dims, parameters }, position) =>
    command && dims.length === 0
      ? [{ kind: 'button', title: '', command: position, instance: 0, values: parameters.map(() => null) }]
      : [],
  );

  const widgets: FlatWidget[] = [];
  if (numbers.length > 0) widgets.push({ kind: 'row', title: '', widgets: numbers.slice(0, MOST_KPIS) });
  if (lamps.length > 0) widgets.push({ kind: 'row', title: '', widgets: lamps });
  if (alarms.length > 0) widgets.push({ kind: 'alarms' });
  for (const [quantity, lines] of [...charts].slice(0, MOST_CHARTS)) {
    const units = commonUnits(lines);
    const series = lines.map((line, at) => line.series(units[at]!));
    widgets.push({ kind: 'chart', title: spaced(quantity), series });
  }
  widgets.push(...diagramsOf(flattening));
  if (groups.length > 1) widgets.push({ kind: 'schematic' });
  widgets.push(...buttons.slice(0, MOST_SLIDERS), ...sliders);
  return { title, widgets, derived: true };
}

/** Processes with their items, and modes with the active one; of an array the first. */
function diagramsOf(flattening: Flattening): FlatWidget[] {
  const processes = processNames(flattening).map((_, process): FlatWidget => ({
    kind: 'process',
    process,
    instance: 0,
  }));
  const charts = chartsOf(flattening).map((_, chart): FlatWidget => ({ kind: 'modes', chart, instance: 0 }));
  return [...processes.slice(0, MOST_DIAGRAMS), ...charts.slice(0, MOST_DIAGRAMS)];
}

/** `VolumeFlow` → `Volume flow`. */
function spaced(name: string): string {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
