/** Experiments on the root: what they set and vary becomes variables, what they report probes. */
import type { Scenario } from '../../model/checked-model.ts';
import type { Experiment, Factor, Report, Search } from '../../model/experiment.ts';
import type { FlatExperiment, FlatFactor, FlatReport } from '../../ir/flat-studies.ts';
import { elements } from '../box.ts';
import { settingsOf } from './scenarios.ts';
import { constant } from '../instances/instances.ts';
import type { Flattening } from '../flattening.ts';
import type { Probes } from '../shown/probes.ts';

export function experimentsOf(
  flattening: Flattening,
  probes: Probes,
  experiments: readonly Experiment[],
  scenarios: readonly Scenario[],
): FlatExperiment[] {
  return experiments.map(
    ({ asset: _, twin: __, overrides, factors, reports, scenario, search, ...rest }) => ({
      ...rest,
      ...(scenario === undefined ? {} : { scenario: scenarios.findIndex(({ name }) => name === scenario) }),
      settings: overrides.flatMap((override) => settingsOf(flattening, override)),
      factors: factors.flatMap((factor) => {
        const flat = factorOf(flattening, factor);
        return search === undefined ? [flat] : byElement(flattening, flat);
      }),
      reports: [
        ...(search === undefined
          ? []
          : [
              reportOf(probes, search.objective),
              ...search.constraints.map((constraint) => marginOf(probes, constraint)),
            ]),
        ...reports.map((report) => reportOf(probes, report)),
      ],
      ...(search === undefined
        ? {}
        : {
            search: {
              goal: search.goal,
              method: search.method,
              runs: search.runs,
              constraints: search.constraints.length,
            },
          }),
    }),
  );
}

function reportOf(probes: Probes, { expression, ...report }: Report): FlatReport {
  if (expression.type.base !== 'boolean')
    return {
      ...report,
      probe: probes.value(expression, report.text, report.unit),
      ...probes.doubt(expression, report.text),
    };
  const { condition, ...found } = probes.condition(expression, report.text);
  return { ...report, probe: condition, ...found };
}

/** The least margin that a constraint has over a run. */
function marginOf(probes: Probes, { condition, text, source }: Search['constraints'][number]): FlatReport {
  const found = probes.condition(condition, text);
  const probe = found.margin ?? found.condition;
  const { unit } = probes.list[probe]!;
  const doubt = found.doubt === undefined ? {} : { doubt: found.doubt };
  return { probe, text, statistic: 'min', unit, base: 'number', confidence: 0.95, source, ...doubt };
}

function factorOf(flattening: Flattening, { target, ...factor }: Factor): FlatFactor {
  const { type, source } = factor;
  const value = { kind: 'number', value: 0, type, source } as const;
  if (!factor.structural)
    return {
      ...factor,
      targets: settingsOf(flattening, { target, value, source }).map(({ variable, index }) => ({
        variable,
        ...(index === undefined ? {} : { index }),
      })),
    };
  const base = constant({ kind: 'variable', reference: target, type, source }, flattening.groups[0]!);
  return { ...factor, targets: [], ...(base === undefined ? {} : { base }) };
}

/** Each element of an array is chosen by itself. */
function byElement(flattening: Flattening, factor: FlatFactor): FlatFactor[] {
  return factor.targets.flatMap(({ variable, index }) => {
    const { name, dims } = flattening.variables[variable]!;
    const all = index === undefined ? [...elements(dims.map((size) => [0, size] as const))] : [index];
    return all.map((at) => {
      let next = 0;
      const text = name.replaceAll('[]', () => `[${at[next++]! + 1}]`);
      return { ...factor, text, targets: [{ variable, index: [...at] }] };
    });
  });
}
