/** A path and a name → what is to be run: the plan of an experiment, and compiled structures for its variants. */
import { BUNDLE_EXTENSION } from '../../bundles/names.ts';
import { gradientsOf } from '../../compiler/gradients.ts';
import { compile } from '../../compiler/index.ts';
import type { CheckedModel, Root } from '../../compiler/index.ts';
import type { Override } from '../../compiler/model/asset.ts';
import type { Experiment } from '../../compiler/model/experiment.ts';
import type { ManifestExperiment } from '../../runtime/contract/studies.ts';
import { designOf } from '../../runtime/experiments/design.ts';
import type { Design } from '../../runtime/experiments/design.ts';
import { reportsOf } from '../../runtime/experiments/one-run.ts';
import { analyseProject, named } from '../analyse.ts';
import { offered } from '../offered.ts';
import { modelOf, writeErrors } from '../sound-texts.ts';
import type { ErrorOptions } from '../sound-texts.ts';
import { Refusal } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { trustedBundle } from '../trust.ts';
import type { TrustOptions } from '../trust.ts';
import type { Structure } from './job.ts';
import type { GradientsCame } from './search-runs.ts';

/** What an experiment runs: its plan, and a structure for each variant. */
export interface Prepared {
  experiment: ManifestExperiment;
  design: Design;
  /** What is run: an asset or twin. */
  root: string;
  structures: Structure[];
  /** Position in `structures` of a variant's. */
  structureOf: (variant: number) => number;
  /** Of a search by gradient; where they are exact, the second structure brings them. */
  gradients?: GradientsCame;
}

/** What of the plan is said by whoever runs it. */
interface Wanted extends TrustOptions, ErrorOptions {
  seed?: number;
  repeat?: number;
}

/** Nothing when the text has errors; they are written out then. */
export function prepare(
  path: string,
  name: string | undefined,
  options: Wanted,
  terminal: Terminal,
): Prepared | undefined {
  if (path.endsWith(BUNDLE_EXTENSION)) {
    const { artefact } = trustedBundle(path, options);
    const found = chosen(artefact.manifest.experiments ?? [], name);
    const { design, experiment } = planned(found, options);
    if (experiment.factors.some(({ structural }) => structural))
      throw new Refusal(`${experiment.name} varies what is fixed in a bundle: run it from its source`);
    return {
      experiment,
      design,
      root: artefact.manifest.name,
      structures: [artefact],
      structureOf: () => 0,
      ...(experiment.search?.method === 'gradient'
        ? { gradients: { by: 'differences', because: 'a bundle holds no equations' } }
        : {}),
    };
  }
  const analysed = modelOf(analyseProject([path]), options, terminal);
  if (analysed === undefined) return undefined;
  const { model, project } = analysed;
  const found = chosen(model.experiments, name);
  const root: Root =
    found.twin === undefined ? { kind: 'asset', name: found.asset } : { kind: 'twin', name: found.twin };
  const first = compile(model, root);
  if (first.value === undefined) {
    writeErrors(first.diagnostics, project, options, terminal);
    return undefined;
  }
  const manifest = first.value.artefact.manifest;
  const { design, experiment } = planned(
    manifest.experiments!.find((one) => one.name === found.name)!,
    options,
  );
  if (!experiment.factors.some(({ structural }) => structural)) {
    const slopes =
      experiment.search?.method === 'gradient' ? gradientsOf(first.value.system, found.name) : undefined;
    return {
      experiment,
      design,
      root: root.name,
      structures: [first.value.artefact, ...(slopes && 'artefact' in slopes ? [slopes.artefact] : [])],
      structureOf: () => 0,
      ...(slopes && {
        gradients: 'artefact' in slopes ? { by: 'exact' } : { by: 'differences', because: slopes.because },
      }),
    };
  }
  return withStructures(model, root, found, experiment, design);
}

function chosen<T extends { name: string }>(all: readonly T[], name: string | undefined): T {
  const names = offered(
    all.map((one) => one.name),
    name,
  );
  if (name === undefined) {
    if (all.length === 1) return all[0]!;
    throw new Refusal(
      all.length === 0 ? 'there is no experiment here' : `say which experiment: there are ${names}`,
    );
  }
  const found = named(all, name);
  if (found.length === 1) return found[0]!;
  throw new Refusal(
    found.length === 0
      ? `there is no experiment ${name}; there are ${names}`
      : `${name} is not unique; there are ${names}: give the full name`,
  );
}

function planned(
  experiment: ManifestExperiment,
  { seed, repeat }: Wanted,
): { experiment: ManifestExperiment; design: Design } {
  const wanted = repeat === undefined ? experiment : { ...experiment, repeat };
  return { experiment: wanted, design: designOf(wanted, seed ?? wanted.seed ?? 1) };
}

/** Compiles each combination of `fixed` values once. */
function withStructures(
  model: CheckedModel,
  root: Root,
  { factors }: Experiment,
  experiment: ManifestExperiment,
  design: Design,
): Prepared {
  const structures: Structure[] = [];
  const known = new Map<string, number>();
  const positionOf = (values: readonly number[]): number => {
    const overrides = factors.flatMap(({ structural, target, type, source }, at): Override[] => {
      const value = { kind: 'number' as const, value: values[at]!, type, source };
      return structural ? [{ target, value, source }] : [];
    });
    const key = JSON.stringify(overrides.map(({ value }) => value));
    const before = known.get(key);
    if (before !== undefined) return before;
    const { value, diagnostics } = compile(model, root, overrides);
    const variant = factors
      .flatMap(({ structural, text }, at) => (structural ? [`${text} = ${values[at]!}`] : []))
      .join(', ');
    if (value === undefined) {
      const error = diagnostics.find(({ severity }) => severity === 'error');
      throw new Refusal(`with ${variant} the model does not compile: ${error?.message ?? ''}`);
    }
    const { artefact } = value;
    const own = artefact.manifest.experiments!.find(({ name }) => name === experiment.name)!;
    if (structures.length > 0) {
      const [one, other] = [
        reportsOf(structures[0]!.manifest, experiment),
        reportsOf(artefact.manifest, own),
      ];
      if (one.map(({ name }) => name).join() !== other.map(({ name }) => name).join())
        throw new Refusal(
          `with ${variant} there are ${other.length} reported values, not ${one.length}: report one value of an array, such as sum(x[*])`,
        );
    }
    known.set(key, structures.length);
    return structures.push(artefact) - 1;
  };
  const positions = Uint32Array.from(design.variants(), positionOf);
  return { experiment, design, root: root.name, structures, structureOf: (variant) => positions[variant]! };
}
