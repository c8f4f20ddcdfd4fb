/**
 * A search among smooth models → an artefact of its own that computes, in one run, what is reported and its derivatives by
 * what is chosen. Made only where a search by gradient asks for it.
 */
import type { Artefact } from '../runtime/contract/manifest.ts';
import { linearise } from './3-flatten/linearise.ts';
import { sensitivitiesOf } from './3-flatten/sensitivities.ts';
import type { NotSmooth } from './3-flatten/sensitivities.ts';
import { generate } from './4-generate/generate.ts';
import type { FlatExperiment, FlatReport, FlatSystem } from './ir/flat-system.ts';
import { isBeyondMatrix } from './ir/sparse.ts';

export type { NotSmooth } from './3-flatten/sensitivities.ts';

export interface Gradients {
  system: FlatSystem;
  artefact: Artefact;
}

/** Slopes are by shares of the range of what is chosen. */
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
  const flat: FlatSystem = { ...found.system, experiments: [own] };
  const linear = isBeyondMatrix(flat) ? undefined : linearise(flat);
  const made = linear === undefined ? withoutMatrix(flat) : { ...flat, linear };
  return { system: made, artefact: generate(made) };
}

function withoutMatrix({ linear: _, ...flat }: FlatSystem): FlatSystem {
  return flat;
}

/** What is reported of a run goes by counting, or by being true. */
function isJumpy(system: FlatSystem, { statistic, text, probe }: FlatReport): string | undefined {
  const { type, loops } = system.probes[probe]!;
  if (statistic === 'count') return `${text} counts how often something happens`;
  if (statistic === 'share' || statistic === 'time') return `${text} says how long a condition holds`;
  if (type.base !== 'number') return `${text} has no value in between`;
  return loops.length > 0 ? `${text} is many values` : undefined;
}
