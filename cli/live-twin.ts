/** A path → a twin that can be served, and what is said of it. */
import { compile } from '../compiler/index.ts';
import type { Root } from '../compiler/index.ts';
import type { CheckedModel } from '../compiler/model/checked-model.ts';
import { BUNDLE_EXTENSION } from '../bundles/names.ts';
import type { Artefact } from '../runtime/contract/manifest.ts';
import { analyseProject, chooseRoot, isNamed } from './analyse.ts';
import type { AnalysedProject } from './analyse.ts';
import { artefactOf } from './artefact.ts';
import type { Wanted } from './artefact.ts';
import { modelOf, writeErrors } from './sound-texts.ts';
import { Refusal } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface LiveTwin {
  artefact: Artefact;
  /** The first scenario that is for the twin itself, else the first. */
  scenario?: string;
}

/**
 * The twin, or what the first scenario is for where there are only assets. Nothing when the text has errors, which are
 * written out then.
 */
export function liveTwinOf(path: string, wanted: Wanted, terminal: Terminal): LiveTwin | undefined {
  if (path.endsWith(BUNDLE_EXTENSION)) {
    const artefact = artefactOf(path, wanted, terminal);
    return artefact && { artefact, scenario: scenarioIn(artefact, wanted.scenario) };
  }
  const analysed = modelOf(analyseProject([path]), wanted, terminal);
  if (analysed === undefined) return undefined;
  const { model, project } = analysed;
  const root = rootFor(analysed, wanted);
  const { value, diagnostics } = compile(model, root);
  if (value === undefined) {
    writeErrors(diagnostics, project, wanted, terminal);
    return undefined;
  }
  const own = model.scenarios.find(({ twin }) => twin === root.name)?.name;
  return { artefact: value.artefact, scenario: scenarioIn(value.artefact, wanted.scenario ?? own) };
}

function rootFor(
  analysed: AnalysedProject & { model: CheckedModel },
  wanted: { root?: string; scenario?: string },
): Root {
  const { model, roots } = analysed;
  if (wanted.root !== undefined) return chooseRoot(analysed, wanted.root);
  if (wanted.scenario !== undefined) {
    const scenario = model.scenarios.find(({ name }) => isNamed(name, wanted.scenario!));
    if (scenario?.twin !== undefined) return chooseRoot(analysed, scenario.twin);
    // A scenario of an asset is one of every twin of it.
    const twins = model.twins.filter(({ asset }) => asset === scenario?.asset);
    if (scenario !== undefined)
      return chooseRoot(analysed, twins.length === 1 ? twins[0]!.name : scenario.asset);
  }
  const [first] = model.scenarios;
  if (roots.every(({ kind }) => kind === 'asset') && first !== undefined)
    return chooseRoot(analysed, first.asset);
  return chooseRoot(analysed, undefined);
}

function scenarioIn({ manifest }: Artefact, wanted: string | undefined): string | undefined {
  if (wanted === undefined) return manifest.scenarios[0]?.name;
  const found = manifest.scenarios.find(({ name }) => isNamed(name, wanted));
  if (found !== undefined) return found.name;
  const names = manifest.scenarios.map(({ name }) => name).join(', ');
  throw new Refusal(`${manifest.name} has no scenario ${wanted}; it has ${names || 'none'}`);
}
