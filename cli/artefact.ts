/** A path → something to run: texts are compiled, bundles are opened. */
import { BUNDLE_EXTENSION } from '../bundles/names.ts';
import { compile } from '../compiler/index.ts';
import type { CheckedModel } from '../compiler/model/checked-model.ts';
import type { Artefact } from '../runtime/contract/manifest.ts';
import type { ManifestMethod } from '../runtime/contract/studies.ts';
import { analyseProject, chooseRoot, isNamed } from './analyse.ts';
import type { AnalysedProject } from './analyse.ts';
import { withMethod } from './method.ts';
import { offered } from './offered.ts';
import { modelOf, writeErrors } from './sound-texts.ts';
import type { ErrorOptions } from './sound-texts.ts';
import { Refusal } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';
import { trustedBundle } from './trust.ts';
import type { TrustOptions } from './trust.ts';

export interface Wanted extends TrustOptions, ErrorOptions {
  root?: string;
  /** A scenario decides the root when none is named. */
  scenario?: string;
  /** In the place of what scenarios say. */
  method?: ManifestMethod;
  /** Of a text with one scenario that is the one, though a twin is there that it is not for. */
  takesOnlyScenario?: boolean;
}

/** Nothing when the text has errors; they are written out then. */
export function artefactOf(path: string, wanted: Wanted, terminal: Terminal): Artefact | undefined {
  if (path.endsWith(BUNDLE_EXTENSION)) return trustedBundle(path, wanted).artefact;
  const analysed = modelOf(analyseProject([path]), wanted, terminal);
  if (analysed === undefined) return undefined;
  const { model, project } = analysed;
  const scenario =
    wanted.scenario === undefined
      ? wanted.takesOnlyScenario === true && wanted.root === undefined
        ? onlyScenario(analysed)
        : undefined
      : model.scenarios.find(({ name }) => isNamed(name, wanted.scenario!));
  if (wanted.scenario !== undefined && scenario === undefined)
    throw new Refusal(
      `there is no scenario ${wanted.scenario}; there are ${offered(
        model.scenarios.map(({ name }) => name),
        wanted.scenario,
      )}`,
    );
  const root = chooseRoot(analysed, wanted.root ?? scenario?.twin ?? scenario?.asset);
  const { value, diagnostics } = compile(
    wanted.method === undefined ? model : withMethod(model, wanted.method),
    root,
  );
  if (value !== undefined) return value.artefact;
  writeErrors(diagnostics, project, wanted, terminal);
  return undefined;
}

/** The one scenario of the texts that were asked for. */
function onlyScenario({ model, project }: AnalysedProject & { model: CheckedModel }) {
  const own = model.scenarios.filter(({ source }) => project.asked.has(source.uri));
  return own.length === 1 ? own[0] : undefined;
}
