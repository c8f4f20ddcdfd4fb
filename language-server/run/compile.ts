/** A root of a file → its artefact, from the editor's texts. */
import { analyseFiles, compile, type Root } from '../../compiler/index.ts';
import { packageOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { CheckedModel } from '../../compiler/model/checked-model.ts';
import { rangeOf } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';
import type { CompileResult, Problem } from '../protocol.ts';

export function compileRoot(project: Project, file: ParsedFile, wanted: string | undefined): CompileResult {
  const broken = project.findings(file).filter((each) => each.severity === 'error');
  if (broken.length > 0) return { ok: false, root: wanted ?? '', problems: broken.map(problem) };
  const files = [file, ...neighbours(project, file)];
  const { model, roots, diagnostics } = analyseFiles(
    files.map((each) => each.tree),
    [],
    (trees) => project.checker.model(trees),
  );
  if (model === undefined) return { ok: false, root: wanted ?? '', problems: diagnostics.map(problem) };
  const root =
    wanted === undefined ? roots.find((each) => isIn(model, each, file)) : rootNamed(model, roots, wanted);
  if (root === undefined) {
    const problems = [nothingToRun(file, wanted), ...diagnostics.map(problem)];
    return { ok: false, root: wanted ?? '', problems };
  }
  const compiled = compile(model, root);
  const problems = distinct([...diagnostics, ...compiled.diagnostics]).map(problem);
  if (compiled.value === undefined) return { ok: false, root: root.name, problems };
  const { manifest, wasm } = compiled.value.artefact;
  return { ok: true, root: root.name, artefact: { manifest, wasmBase64: base64(wasm) }, problems };
}

/** Other files of the package that are in order: they may hold scenarios, tests and views of the root. */
function neighbours(project: Project, file: ParsedFile): ParsedFile[] {
  return project.workspace
    .filesOfPackage(packageOf(file.tree))
    .filter((each) => each !== file && project.findings(each).every(({ severity }) => severity !== 'error'));
}

/** A twin or asset by name, or what a scenario or test of that name runs on. */
function rootNamed(model: CheckedModel, roots: readonly Root[], name: string): Root | undefined {
  const found = roots.find((each) => each.name === name);
  if (found !== undefined) return found;
  if (model.assets[name]?.abstract === false) return { kind: 'asset', name };
  const test = model.tests.find((each) => each.name === name);
  const scenario = model.scenarios.find((each) => each.name === (test?.scenario ?? name));
  if (scenario === undefined) return undefined;
  return scenario.twin === undefined
    ? { kind: 'asset', name: scenario.asset }
    : { kind: 'twin', name: scenario.twin };
}

function isIn(model: CheckedModel, root: Root, file: ParsedFile): boolean {
  const declared =
    root.kind === 'twin' ? model.twins.find((each) => each.name === root.name) : model.assets[root.name];
  return declared?.source.uri === file.uri;
}

function nothingToRun(file: ParsedFile, wanted: string | undefined): Problem {
  const start = { line: 0, character: 0 };
  const message =
    wanted === undefined
      ? 'There is nothing to run in this file.'
      : `There is nothing to run named ${wanted}.`;
  return { code: '', severity: 'error', message, uri: file.uri, range: { start, end: start } };
}

function problem({ code, severity, message, help, source }: Diagnostic): Problem {
  const text = help === undefined ? message : `${message}\n${help}`;
  return { code, severity, message: text, uri: source.uri, range: rangeOf(source) };
}

function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((each) => [keyOf(each), each])).values()];
}

function keyOf({ code, message, source }: Diagnostic): string {
  return `${code} ${source.uri} ${source.start} ${message}`;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  }
  return btoa(text);
}
