/**
 * Text → artefact, in one place: what the command line, the language server and tests call. Text in, data out; no disk.
 *
 *   texts ─1-parse─▶ linked AST ─2-check─▶ CheckedModel ─3-flatten─▶ FlatSystem ─4-generate─▶ Artefact
 */
import type { TwinFile } from '../grammar/generated/ast.ts';
import type { Artefact } from '../runtime/contract/manifest.ts';
import { packageOf, parse } from './1-parse/index.ts';
import type { Absence, SourceText, Workspace } from './1-parse/index.ts';
import { createChecker } from './2-check/index.ts';
import type { Checker, ReadData } from './2-check/index.ts';
import type { IsWritten } from './3-flatten/shown/branches.ts';
import { flatten } from './3-flatten/index.ts';
import { isBeyondMatrix } from './ir/sparse.ts';
import { linearise } from './3-flatten/algebra/linearise.ts';
import { balance, isOpen } from './3-flatten/equations/balance.ts';
import { generate } from './4-generate/generate.ts';
import type { Diagnostic, Outcome } from './diagnostics/diagnostic.ts';
import type { FlatSystem } from './ir/flat-system.ts';
import type { LibraryFiles } from './library-files.ts';
import type { Override } from './model/asset.ts';
import type { CheckedModel, Twin } from './model/checked-model.ts';

export type { Absence, SourceText } from './1-parse/index.ts';
export type { IsWritten } from './3-flatten/shown/branches.ts';
export type { Diagnostic } from './diagnostics/diagnostic.ts';
export type { CheckedModel } from './model/checked-model.ts';

/** Something that can be compiled and run: a twin, or an asset type by itself. */
export interface Root {
  kind: 'twin' | 'asset';
  /** Qualified: `waterworks.East`. */
  name: string;
}

/** What is known of texts: a model where they can be run, and what is wrong with them. */
export interface Analysis {
  /** Absent when there was an error. */
  model?: CheckedModel;
  diagnostics: Diagnostic[];
  roots: Root[];
}

/**
 * Parses and checks all texts, and the equations of everything in them that can run.
 * @param absentPackages packages that the project names and that are not here, and why
 * @param readData the texts of data files of tables, by their URI
 */
export function analyse(
  texts: readonly SourceText[],
  library: LibraryFiles,
  absentPackages?: ReadonlyMap<string, Absence>,
  readData?: ReadData,
): Analysis {
  const { files, diagnostics, workspace } = parse(texts, { library, absentPackages });
  const own = files.slice(0, texts.length);
  return analyseFiles(own, diagnostics, checkerOf(workspace, readData).model);
}

/** A checker of what has been parsed together. `readData` as for `analyse`. */
export function checkerOf(workspace: Workspace, readData?: ReadData): Checker {
  return createChecker({
    filesOfPackage: (name) =>
      workspace.files().flatMap(({ tree }) => (packageOf(tree) === name ? [tree] : [])),
    readData,
  });
}

/** The same for files that are parsed already, as the language server has them. */
export function analyseFiles(
  files: readonly TwinFile[],
  parseDiagnostics: readonly Diagnostic[],
  model: (files: readonly TwinFile[]) => Outcome<CheckedModel>,
): Analysis {
  const checked = model(files);
  const diagnostics = [...parseDiagnostics, ...checked.diagnostics];
  if (checked.value === undefined || diagnostics.some(isError))
    return { diagnostics: withoutRepeats(diagnostics), roots: [] };
  const roots = rootsOf(checked.value);
  const { flat, found } = analyseRoots(checked.value, roots);
  diagnostics.push(...found);
  FLAT.set(checked.value, flat);
  const broken = diagnostics.some(isError);
  return { ...(broken ? {} : { model: checked.value }), diagnostics: withoutRepeats(diagnostics), roots };
}

/** What was flattened to be checked, as it is what will be compiled. */
const FLAT = new WeakMap<CheckedModel, ReadonlyMap<string, Outcome<FlatSystem>>>();
const keyOf = ({ kind, name }: Root): string => `${kind} ${name}`;

/** What is wrong with the equations of one type as a whole and, when it is to run, with all that it consists of. */
export function analyseRoot(model: CheckedModel, root: Root, runs: boolean): Diagnostic[] {
  return withoutRepeats(runs ? analyseRoots(model, [root]).found : balance(model));
}

/**
 * What is wrong with the equations of these as wholes. Where a type lacks an equation, that alone is said: whatever has it as a
 * part cannot be solved for the same reason.
 */
function analyseRoots(
  model: CheckedModel,
  roots: readonly Root[],
): { flat: ReadonlyMap<string, Outcome<FlatSystem>>; found: Diagnostic[] } {
  const assets = new Set(roots.flatMap(({ kind, name }) => (kind === 'asset' ? [name] : [])));
  const flat = new Map<string, Outcome<FlatSystem>>();
  const ofParts = balance(model, assets);
  let isBroken = ofParts.some(isError);
  if (!isBroken) {
    const namesakes = namesakesOf(model, assets);
    const known = new Set([...namesakes.values()].flat().map(({ name }) => name));
    for (const root of roots) {
      if (root.kind === 'twin' && known.has(root.name)) continue;
      const same = root.kind === 'asset' ? namesakes.get(root.name) : undefined;
      flat.set(keyOf(root), flatten(model, { ...named(root), namesakes: same }));
    }
    isBroken = [...flat.values()].some(({ diagnostics }) => diagnostics.some(isError));
  }
  const uneven = isBroken ? balance(model) : [];
  if (uneven.some(isError)) return { flat: new Map(), found: uneven };
  return { flat, found: [...ofParts, ...[...flat.values()].flatMap(({ diagnostics }) => diagnostics)] };
}

/** By asset, the twins that are one of these as it stands, bound to something perhaps: the same equations under another name. */
function namesakesOf(model: CheckedModel, assets: ReadonlySet<string>): Map<string, Twin[]> {
  const studied = new Set(
    [...model.scenarios, ...model.experiments, ...model.calibrations].map(({ twin }) => twin),
  );
  const found = new Map<string, Twin[]>();
  for (const twin of model.twins) {
    const { name, asset, overrides, estimates } = twin;
    // What is estimated adds to the system.
    const isPlain = overrides.length === 0 && estimates.length === 0;
    if (!assets.has(asset) || !isPlain || studied.has(name)) continue;
    found.set(asset, [...(found.get(asset) ?? []), twin]);
  }
  return found;
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

/** The equations, for people and for the interpreter, and what runs. */
export interface Compiled {
  system: FlatSystem;
  artefact: Artefact;
}

/**
 * `overrides` hold over all that the text says: what an experiment varies of what is fixed. With `branches` the artefact says which of these
 * are taken, and which steps of processes are passed.
 */
export function compile(
  model: CheckedModel,
  root: Root,
  overrides: readonly Override[] = [],
  branches?: IsWritten,
): Outcome<Compiled> {
  const known =
    overrides.length === 0 && branches === undefined ? FLAT.get(model)?.get(keyOf(root)) : undefined;
  const { value: flat, diagnostics } = known ?? flatten(model, named(root), overrides, branches);
  if (flat === undefined) return { diagnostics };
  const linear = isBeyondMatrix(flat) ? undefined : linearise(flat);
  const system = linear ? { ...flat, linear } : flat;
  return { value: { system, artefact: generate(system) }, diagnostics };
}

const named = ({ kind, name }: Root): { twin: string } | { asset: string } =>
  kind === 'twin' ? { twin: name } : { asset: name };

/** Twins first; then assets that a scenario is for; then assets that are a part of no other. */
export function rootsOf(model: CheckedModel): Root[] {
  const inOthers = new Set(
    Object.values(model.assets).flatMap((asset) => asset.parts.map((part) => part.asset)),
  );
  const inScenarios = new Set(
    [...model.scenarios, ...model.experiments, ...model.calibrations].flatMap(({ twin, asset }) =>
      twin === undefined ? [asset] : [],
    ),
  );
  const assets = Object.values(model.assets).filter((asset) => {
    const { name, abstract, port } = asset;
    if (abstract || port || name.startsWith('pollux.')) return false;
    // What ends in ports or needs links is made to stand beside others, not to run.
    return inScenarios.has(name) || !(inOthers.has(name) || isOpen(asset));
  });
  const rank = (name: string): number => (inScenarios.has(name) ? 0 : 1);
  return [
    ...model.twins.map(({ name }): Root => ({ kind: 'twin', name })),
    ...assets
      .toSorted((a, b) => rank(a.name) - rank(b.name))
      .map(({ name }): Root => ({ kind: 'asset', name })),
  ];
}

/** What has to be compiled to run the tests of a model. */
export function rootsWithTests(model: CheckedModel): Root[] {
  const roots = new Map<string, Root>();
  for (const { scenario } of model.tests) {
    const found = model.scenarios.find(({ name }) => name === scenario);
    if (found === undefined) continue;
    const root: Root =
      found.twin === undefined ? { kind: 'asset', name: found.asset } : { kind: 'twin', name: found.twin };
    roots.set(keyOf(root), root);
  }
  return [...roots.values()];
}

/** Roots share types, so what is wrong with a type is found once for each. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, message, source }) => {
    const key = `${code} ${source.uri} ${source.start} ${source.end} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
