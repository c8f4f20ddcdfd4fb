/** Calibrations of the root: what is fitted becomes variables, what is compared sensors and probes. */
import type { Scenario } from '../../model/checked-model.ts';
import type { Calibration, Compared } from '../../model/calibration.ts';
import type { FlatCalibration } from '../../ir/flat-studies.ts';
import type { FlatIndex } from '../../ir/flat-expression.ts';
import { settingsOf } from './scenarios.ts';
import { placeOf, targetOf } from '../expressions/places.ts';
import { scopeOf } from '../expressions/scope.ts';
import type { Flattening } from '../flattening.ts';
import type { Probes } from '../shown/probes.ts';

export function calibrationsOf(
  flattening: Flattening,
  probes: Probes,
  calibrations: readonly Calibration[],
  scenarios: readonly Scenario[],
): FlatCalibration[] {
  const root = scopeOf(flattening.groups[0]!);
  const constants = (index: readonly FlatIndex[]): number[] =>
    index.filter((one): one is FlatIndex & number => typeof one === 'number');
  const comparedOf = ({ expression, ...compared }: Compared): FlatCalibration['compared'][number] => {
    if (expression.kind === 'variable' && expression.reference.target.kind === 'sensor') {
      const { reference, source } = expression;
      const { group, name, index } = placeOf(flattening, reference, root, source);
      if (expression.reference.target.field === 'measured')
        return {
          ...compared,
          of: { kind: 'sensor', sensor: group.sensors.get(name)!, index: constants(index) },
        };
    }
    return {
      ...compared,
      of: { kind: 'probe', probe: probes.value(expression, compared.text, compared.unit) },
    };
  };
  return calibrations.map(
    ({ asset: _, twin: __, overrides, parameters, compared, columns, scenario, ...rest }) => ({
      ...rest,
      ...(scenario === undefined ? {} : { scenario: scenarios.findIndex(({ name }) => name === scenario) }),
      settings: overrides.flatMap((override) => settingsOf(flattening, override)),
      parameters: parameters.map(({ target, ...parameter }) => {
        const { type, source } = parameter;
        const value = { kind: 'number', value: 0, type, source } as const;
        const targets = settingsOf(flattening, { target, value, source });
        return { ...parameter, targets: targets.map(({ value: _value, source: _source, ...one }) => one) };
      }),
      compared: compared.map(comparedOf),
      columns: columns.map(({ target, ...column }) => {
        const { variable, index } = targetOf(flattening, target, root, column.source);
        return { ...column, variable, index: constants(index) };
      }),
    }),
  );
}
