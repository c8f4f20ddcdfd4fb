/**
 * A search among smooth models → an artefact of its own that computes, in one run, what is reported and its derivatives by
 * what is chosen. Made only where a search by gradient asks for it.
 */
import type { Artefact } from '../runtime/contract/manifest.ts';
import { linearise } from './3-flatten/algebra/linearise.ts';
import { sensitivitiesOf } from './3-flatten/slopes/sensitivities.ts';
import type { NotSmooth } from './3-flatten/slopes/sensitivities.ts';
import { generate } from './4-generate/generate.ts';
import type { FlatCalibration, FlatExperiment, FlatReport } from './ir/flat-studies.ts';
import type { FlatSystem } from './ir/flat-system.ts';
import { isBeyondMatrix } from './ir/sparse.ts';

export type { NotSmooth } from './3-flatten/slopes/sensitivities.ts';

/** The system with derivatives beside its values, and what runs it. */
export interface Gradients {
  system: FlatSystem;
  artefact: Artefact;
}

/**
 * Of the search that an experiment of this `name` makes; slopes are by shares of the range of what is chosen. Else why there are none: a report jumps, or
 * what is chosen has whole values.
 */
export function gradientsOf(system: FlatSystem, name: string): Gradients | NotSmooth {
  const experiment = system.experiments.find((one) => one.name === name);
  if (experiment?.search === undefined) return { because: 'nothing is searched for' };
  const { search, factors, reports, settings, scenario } = experiment;
  const judged = reports.slice(0, 1 + search.constraints);
  for (const report of judged) {
    const because = isJumpy(system, report);
    if (because !== undefined) return { because };
  }
  const whole = factors.find(({ type, structural }) => structural || type.base !== 'number');
  if (whole !== undefined) return { because: `${whole.text} has whole values` };
  const found = sensitivitiesOf(system, {
    ...(scenario === undefined ? {} : { scenario }),
    settings: [...(scenario === undefined ? [] : system.scenarios[scenario]!.settings), ...settings],
    directions: factors.map(({ targets, levels, source }) => ({
      targets,
      size: 'low' in levels ? levels.high - levels.low : 1,
      source,
    })),
    probes: judged.map(({ probe }) => probe),
  });
  if ('because' in found) return found;
  const own: FlatExperiment = {
    ...experiment,
    settings: [...settings, ...found.settings],
    reports: reports.map((report, at) =>
      at < judged.length ? { ...report, slopes: found.slopes.get(report.probe)! } : report,
    ),
  };
  return made({ ...found.system, experiments: [own] });
}

/** The same for what a calibration compares with its data; `at` is its position. */
export function jacobianOf(system: FlatSystem, at: number): Gradients | NotSmooth {
  const calibration = system.calibrations[at]!;
  const { parameters, compared, columns, settings, scenario } = calibration;
  const whole = parameters.find(({ type }) => type.base !== 'number');
  if (whole !== undefined) return { because: `${whole.text} has whole values` };
  const sizes = parameters.map((one) => sizeOf(system, one));
  const unknown = sizes.findIndex((size) => size === undefined);
  if (unknown >= 0) return { because: `${parameters[unknown]!.text} has no range that says its size` };
  const probes = [...system.probes];
  const predicted = compared.map(({ of, text, unit }) => {
    if (of.kind === 'probe') return of.probe;
    const { loops, target, type } = system.sensors[of.sensor]!;
    return probes.push({ text, loops, value: target, type, unit }) - 1;
  });
  const found = sensitivitiesOf(
    { ...system, probes },
    {
      ...(scenario === undefined ? {} : { scenario }),
      settings: [...(scenario === undefined ? [] : system.scenarios[scenario]!.settings), ...settings],
      directions: parameters.map(({ targets, source }, n) => ({ targets, size: sizes[n]!, source })),
      probes: predicted,
    },
  );
  if ('because' in found) return found;
  const given = columns.find(({ variable }) => found.active.has(variable));
  if (given !== undefined) return { because: `${given.text} is fitted and recorded` };
  return made({
    ...found.system,
    calibrations: [
      {
        ...calibration,
        settings: [...settings, ...found.settings],
        compared: compared.map((one, n) => ({ ...one, slopes: found.slopes.get(predicted[n]!)!.probe })),
        sizes: sizes.map((size) => size!),
      },
    ],
  });
}

/** Of its range, else of its value where that is a number of the text. */
function sizeOf(
  { parameters, start }: FlatSystem,
  { low, high, targets }: FlatCalibration['parameters'][number],
): number | undefined {
  if (low !== undefined && high !== undefined && high > low) return high - low;
  const own = [...parameters, ...start].find(
    (block) => block.kind === 'assign' && block.target.variable === targets[0]?.variable,
  );
  if (own?.kind !== 'assign' || own.value.kind !== 'number' || own.value.value === 0) return undefined;
  return Math.abs(own.value.value);
}

function made(flat: FlatSystem): Gradients {
  const { linear: _, ...plain } = flat;
  const linear = isBeyondMatrix(flat) ? undefined : linearise(flat);
  const system = linear === undefined ? plain : { ...plain, linear };
  return { system, artefact: generate(system) };
}

/** What is reported of a run goes by counting, or by being true. */
function isJumpy(system: FlatSystem, { statistic, text, probe }: FlatReport): string | undefined {
  const { type, loops } = system.probes[probe]!;
  if (statistic === 'count') return `${text} counts how often something happens`;
  if (statistic === 'share' || statistic === 'time') return `${text} says how long a condition holds`;
  if (type.base !== 'number') return `${text} has no value in between`;
  return loops.length > 0 ? `${text} is many values` : undefined;
}
