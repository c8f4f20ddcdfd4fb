/** Experiments on the root: what they set and vary becomes variables, what they report probes. */
import type { Scenario } from '../model/checked-model.ts';
import type { Experiment, Factor } from '../model/study.ts';
import type { FlatExperiment, FlatFactor } from '../ir/flat-system.ts';
import { settingsOf } from './experiments.ts';
import { constant } from './instances.ts';
import type { Flattening } from './lower.ts';
import type { Probes } from './probes.ts';

export function experimentsOf(
  flattening: Flattening,
  probes: Probes,
  experiments: readonly Experiment[],
  scenarios: readonly Scenario[],
): FlatExperiment[] {
  return experiments.map(({ asset: _, twin: __, overrides, factors, reports, scenario, ...rest }) => ({
    ...rest,
    ...(scenario === undefined ? {} : { scenario: scenarios.findIndex(({ name }) => name === scenario) }),
    settings: overrides.flatMap((override) => settingsOf(flattening, override)),
    factors: factors.map((factor) => factorOf(flattening, factor)),
    reports: reports.map(({ expression, ...report }) => {
      if (expression.type.base !== 'boolean')
        return { ...report, probe: probes.value(expression, report.text, report.unit) };
      const { condition, margin } = probes.condition(expression, report.text);
      return { ...report, probe: condition, ...(margin === undefined ? {} : { margin }) };
    }),
  }));
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
