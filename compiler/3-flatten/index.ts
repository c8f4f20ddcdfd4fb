import type { CheckedModel, Twin } from '../model/checked-model.ts';
import type { Override } from '../model/asset.ts';
import type { SourceRange } from '../model/source.ts';
import type { FlatSystem } from '../ir/flat-system.ts';
import { takeTurns } from '../ir/turns.ts';
import { awaitMeasured } from '../ir/unmeasured.ts';
import type { Diagnostic, Outcome } from '../diagnostics/diagnostic.ts';
import { report } from '../diagnostics/diagnostic.ts';
import { unknownRoot } from '../diagnostics/flattening.ts';
import { arrange } from './equations/arrange.ts';
import { branchesOf } from './shown/branches.ts';
import type { IsWritten } from './shown/branches.ts';
import { calibrationsOf } from './studies/calibrations.ts';
import { crossingsOf } from './events/crossings.ts';
import { defaults } from './equations/defaults.ts';
import { derivedView } from './shown/derived-view.ts';
import { namedByEstimates, withSureness } from './shown/sureness.ts';
import { warnOfEqualities } from './events/equalities.ts';
import { warnOfStandstills } from './events/standstill.ts';
import { handlersOf } from './events/events.ts';
import { bindingsOf, scenariosOf, testsOf } from './studies/scenarios.ts';
import { collect } from './equations/families.ts';
import { initialSystem } from './equations/initially.ts';
import { instantiate } from './instances/instances.ts';
import { beginFlattening } from './flattening.ts';
import { keepPrivate, reportPrivate } from './instances/private.ts';
import { determine } from './causality/index-reduction.ts';
import { projections } from './causality/projection.ts';
import { declareMeasures } from './instances/measures.ts';
import { flowOf } from './process/flow.ts';
import { awaitedConditions, couple } from './process/coupling.ts';
import { polesOf } from './events/poles.ts';
import { Probes } from './shown/probes.ts';
import { completeSensors } from './shown/sensors.ts';
import { eventsOf } from './instances/signals.ts';
import { reportTooLarge } from './size.ts';
import { sort } from './causality/sort.ts';
import { markSteep } from './events/steep.ts';
import { experimentsOf } from './studies/experiments.ts';
import { addEstimator } from './studies/estimator.ts';
import { estimatesMoveNothing, sayWhatIsNotEstimated } from './studies/estimated.ts';
import { drivesOf, letGo, lineBlocks } from './studies/inputs.ts';
import { sayWhatDivides } from './expressions/divisors.ts';
import { limitsOf, sayWhereTablesEnd } from './expressions/tables.ts';
import { doubtsOf } from './events/doubts.ts';
import { declareVariables } from './instances/variables.ts';
import { structureOf } from './shown/structure.ts';
import { turnedCrossings } from './events/turned.ts';
import { chartsOf } from './shown/mode-charts.ts';
import { viewsOf } from './shown/views.ts';
import { wavesOf } from './events/waves.ts';

export { printFlat } from './print.ts';

export interface Root {
  /** Qualified name of an asset type. */
  asset?: string;
  /** Qualified name of a twin. */
  twin?: string;
  /** Twins that are the asset as it stands: what they are bound to is judged with it. */
  namesakes?: readonly Twin[];
}

/**
 * A checked model → one asset or twin as a single system; `overrides` come last. With `branches` the branches that it names are
 * looked at by probes of their own, for coverage. With errors there is no value; what is said is about the
 * whole of its equations, as single lines were checked before.
 */
export function flatten(
  model: CheckedModel,
  root: Root,
  overrides: readonly Override[] = [],
  branches?: IsWritten,
): Outcome<FlatSystem> {
  const diagnostics: Diagnostic[] = [];
  const failed = (): Outcome<FlatSystem> => ({ diagnostics: distinct(diagnostics) });
  const twin = model.twins.find((one) => one.name === root.twin);
  const asset = root.twin === undefined ? model.assets[root.asset ?? ''] : model.assets[twin?.asset ?? ''];
  if (!asset || asset.abstract) {
    const source = asset?.source ?? twin?.source ?? nowhere;
    return { diagnostics: [report(unknownRoot, { name: root.twin ?? root.asset ?? '' }, source)] };
  }

  const groups = instantiate(model, asset, [...(twin?.overrides ?? []), ...overrides], diagnostics);
  if (!groups) return failed();
  const flattening = beginFlattening(model, groups, diagnostics);
  declareVariables(flattening);
  declareMeasures(flattening);
  reportTooLarge(flattening);
  if (hasErrors(diagnostics)) return failed();
  const onRoot = (one: { asset: string; twin?: string }): boolean =>
    twin ? one.twin === twin.name : one.asset === asset.name && !one.twin;
  const scenarios = model.scenarios.filter(onRoot);
  const drives = drivesOf(flattening, scenarios);

  const sorted = arrange(flattening, collect(flattening), (families) => {
    const matched = determine(flattening, families);
    return hasErrors(diagnostics) ? undefined : sort(flattening, matched);
  });
  if (!sorted || hasErrors(diagnostics)) return failed();
  const [dynamics, outputs] = markSteep(flattening, sorted.dynamics, sorted.outputs);
  const running = [...dynamics, ...outputs];
  estimatesMoveNothing(flattening, dynamics);
  const projection = projections(flattening, running);
  if (hasErrors(diagnostics)) return failed();
  sayWhereTablesEnd(flattening, running);
  const { parameters, start } = defaults(flattening, running);
  const { guesses, initial } = initialSystem(flattening, running);
  if (hasErrors(diagnostics)) return failed();

  const tests = model.tests.filter((test) => scenarios.some((scenario) => scenario.name === test.scenario));
  const handlers = handlersOf(flattening, scenarios);
  letGo(flattening, handlers);
  sayWhatDivides(flattening, running, handlers);
  warnOfEqualities(flattening, running, handlers);
  warnOfStandstills(flattening, running, parameters, handlers);
  completeSensors(flattening);
  keepPrivate(flattening, [...parameters, ...start, ...running], handlers);
  const probes = new Probes(flattening);
  const name = twin?.name ?? asset.name;
  const title = name.slice(name.lastIndexOf('.') + 1);
  const views = viewsOf(
    flattening,
    probes,
    model.views.filter((view) => view.asset === asset.name),
  );
  const system: FlatSystem = {
    name,
    title: views[0]?.title || title,
    doc: twin?.doc || asset.doc,
    variables: flattening.variables,
    parameters,
    start,
    dynamics,
    outputs,
    projection,
    guesses,
    initial,
    crossings: crossingsOf(flattening, running, handlers, dynamics),
    poles: [],
    handlers,
    tables: flattening.tables,
    delays: flattening.delays,
    limits: [...limitsOf(flattening, running), ...wavesOf(flattening, running, handlers)],
    alarms: flattening.alarms,
    events: eventsOf(flattening),
    sensors: flattening.sensors,
    streams: flattening.streams,
    windows: flattening.windows,
    probes: probes.list,
    scenarios: scenariosOf(flattening, scenarios, drives),
    tests: testsOf(probes, tests, scenarios),
    experiments: experimentsOf(flattening, probes, model.experiments.filter(onRoot), scenarios),
    calibrations: calibrationsOf(flattening, probes, model.calibrations.filter(onRoot), scenarios),
    views:
      views.length > 0
        ? views
        : [derivedView(flattening, probes, title, namedByEstimates(flattening, twin?.estimates ?? []))],
    charts: chartsOf(flattening),
    bindings: bindingsOf(flattening, probes, twin?.bindings ?? []),
    structure: structureOf(flattening, groups[0]!, title),
  };
  const flow = flowOf(flattening, running);
  if (flow) {
    couple(flattening, flow, { dynamics, outputs }, system);
    system.flow = flow;
    const awaiting = [...handlers, ...awaitedConditions(flow)];
    system.crossings = crossingsOf(flattening, running, awaiting, system.dynamics);
    system.limits = [...limitsOf(flattening, running), ...wavesOf(flattening, running, awaiting)];
  }
  system.poles = polesOf(system, running);
  system.crossings = turnedCrossings(system.crossings, handlers, running);
  system.outputs = [...system.outputs, ...doubtsOf(flattening, running, handlers)];
  system.dynamics = [...lineBlocks(flattening), ...system.dynamics];
  awaitMeasured(system);
  takeTurns(system);
  addEstimator(flattening, probes, system, twin?.estimates ?? []);
  system.views = withSureness(system.views, system, probes);
  sayWhatIsNotEstimated(flattening, system, model.twins, { twin, namesakes: root.namesakes });
  reportPrivate(flattening, system, model, asset.name);
  for (const { bindings } of root.namesakes ?? []) {
    const looked = new Probes(flattening);
    const own = { bindings: bindingsOf(flattening, looked, bindings), probes: looked.list };
    reportPrivate(flattening, { ...system, views: [], experiments: [], ...own }, model, asset.name);
  }
  if (branches) system.coverage = { branches: branchesOf(flattening, probes, handlers, branches) };
  return hasErrors(diagnostics) ? failed() : { value: system, diagnostics: distinct(diagnostics) };
}

const nowhere: SourceRange = { uri: '', start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** A type that stands in several places is explained once. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((one) => {
    const key = JSON.stringify([one.code, one.message, one.source]);
    return !seen.has(key) && seen.add(key);
  });
}
