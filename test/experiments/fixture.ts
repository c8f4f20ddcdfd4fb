/** A text → its experiment, run in this process. */
import { analyse, compile } from '../../compiler/index.ts';
import type { Compiled } from '../../compiler/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { designOf, seedOf } from '../../runtime/experiments/design.ts';
import { defaultsOf, reportsOf, reusing, runOnce } from '../../runtime/experiments/one-run.ts';
import type { RunResult } from '../../runtime/experiments/one-run.ts';
import { resultsAmong, summarise } from '../../runtime/experiments/summary.ts';
import type { Summary, VariantSummary } from '../../runtime/experiments/summary.ts';
import type { ManifestExperiment } from '../../runtime/contract/studies.ts';
import { kernelFactory } from '../../runtime/load.ts';

export function compiled(text: string): Compiled {
  const { model, roots, diagnostics } = analyse([{ uri: 'file:///plant/a.twin', text }], libraryFiles);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { value } = compile(model, roots[0]!);
  if (value === undefined) throw new Error('it does not compile');
  return value;
}

export interface Ran {
  experiment: ManifestExperiment;
  names: string[];
  results: RunResult[];
  summary: Pick<Summary, 'base' | 'baseIsModel'> & { variants: VariantSummary[] };
}

export function runExperiment(text: string, at = 0): Ran {
  const { artefact } = compiled(text);
  const { manifest } = artefact;
  const experiment = manifest.experiments![at]!;
  const design = designOf(experiment, experiment.seed ?? 1);
  const kernel = reusing(kernelFactory(artefact));
  const results = [...design.variants()].flatMap((values) =>
    Array.from({ length: design.repeat }, (_, n) =>
      runOnce(manifest, kernel, experiment, values, seedOf(design.seed, n)),
    ),
  );
  const reports = reportsOf(manifest, experiment);
  const defaults = defaultsOf(manifest, kernelFactory(artefact), experiment);
  const summary = summarise(
    design,
    experiment.factors,
    defaults,
    reports,
    resultsAmong(results, design.repeat),
  );
  return {
    experiment,
    names: reports.map(({ name }) => name),
    results,
    summary: {
      ...summary,
      variants: Array.from({ length: summary.count }, (_, variant) => summary.variant(variant)),
    },
  };
}
