/** Project → checked model, for every command that compiles. */
import { analyse } from '../compiler/index.ts';
import type { Analysis, Diagnostic, Root, SourceText } from '../compiler/index.ts';
import { libraryFiles } from '../library/embedded.ts';
import { usesIn } from '../packages/used.ts';
import { readData } from './data-read.ts';
import { offered } from './offered.ts';
import { readProject } from './project.ts';
import type { Project } from './project.ts';
import { inOrder, renderDiagnostic, summary } from './terminal/diagnostics.ts';
import { Refusal } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface AnalysedProject extends Analysis {
  project: Project;
  /** Of the files that were asked for, and errors of what these look into. */
  findings: Diagnostic[];
  /** Of tables. */
  dataFiles: SourceText[];
}

export function analyseProject(paths: readonly string[]): AnalysedProject {
  const project = readProject(paths);
  const dataFiles = new Map<string, string>();
  const run = (texts: readonly SourceText[]): Analysis =>
    analyse(texts, libraryFiles, project.absentPackages, (uri, folder) => {
      const text = readData(uri, folder);
      if (text !== undefined) dataFiles.set(uri, text);
      return text;
    });
  let analysis = run(project.texts);
  const related = relatedTo(project);
  const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
  const matters = ({ source }: Diagnostic): boolean => related.has(source.uri);
  const errors = analysis.diagnostics.filter(isError);
  // Neighbours that nothing asked for looks into do not stand in its way.
  if (errors.length > 0 && !errors.some(matters)) {
    dataFiles.clear();
    analysis = run(project.texts.filter(({ uri }) => related.has(uri)));
  }
  const findings = inOrder(
    analysis.diagnostics.filter((d) => (isError(d) && matters(d)) || project.asked.has(d.source.uri)),
  );
  return { ...analysis, project, findings, dataFiles: [...dataFiles].map(([uri, text]) => ({ uri, text })) };
}

/** URIs of what was asked for, of the rest of its packages, and of the packages that these use. */
function relatedTo({ texts, asked }: Project): ReadonlySet<string> {
  const related = new Set<string>();
  const wanted = new Set<string>();
  for (let before = -1; before !== related.size;) {
    before = related.size;
    for (const { uri, text } of texts) {
      const name = /^[ \t]*package[ \t]+([\w.]+)/m.exec(text)?.[1] ?? '';
      const isUsed = wanted.has(name) || [...wanted].some((each) => each.startsWith(`${name}.`));
      if (related.has(uri) || !(asked.has(uri) || (name !== '' && isUsed))) continue;
      related.add(uri);
      for (const each of [name, ...usesIn(text)]) wanted.add(each);
    }
  }
  return related;
}

export function writeFindings(findings: readonly Diagnostic[], project: Project, terminal: Terminal): void {
  for (const diagnostic of findings)
    terminal.err(renderDiagnostic(diagnostic, project.textOf, terminal) + '\n');
  terminal.err(`${summary(findings, project.asked.size)}\n`);
}

const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
export const isNamed = (name: string, wanted: string): boolean =>
  name === wanted || shortName(name) === wanted;

/** Those of a name: the one that has it in full, if there is one, else all that end with it. */
export function named<T extends { name: string }>(all: readonly T[], wanted: string): T[] {
  const full = all.filter(({ name }) => name === wanted);
  return full.length > 0 ? full : all.filter(({ name }) => shortName(name) === wanted);
}

/** The root that is meant; the only one when none is named, of all texts or of those that were asked for. */
export function chooseRoot(
  { roots, model, project }: Pick<AnalysedProject, 'roots' | 'model' | 'project'>,
  wanted: string | undefined,
): Root {
  if (roots.length === 0) throw new Refusal('there is nothing here that can run: no twin and no asset');
  const twins = roots.filter(({ kind }) => kind === 'twin');
  const listed = (some: readonly Root[]): string =>
    offered(
      some.map(({ kind, name }) => `${kind} ${name}`),
      wanted,
    );
  if (wanted !== undefined) {
    const found = named(roots, wanted);
    if (found.length === 1) return found[0]!;
    throw new Refusal(
      found.length === 0
        ? `there is no twin or asset ${wanted}; there are ${listed(roots)}`
        : `${wanted} is not unique; there are ${listed(found)}: give the full name`,
    );
  }
  const all = twins.length > 0 ? twins : roots;
  const sourceOf = ({ kind, name }: Root): string | undefined =>
    (kind === 'twin' ? model?.twins.find((each) => each.name === name) : model?.assets[name])?.source.uri;
  const own = all.filter((root) => project.asked.has(sourceOf(root) ?? ''));
  const [only, ...others] = own.length > 0 ? own : all;
  if (others.length > 0) throw new Refusal(`say which with --root: there are ${listed([only!, ...others])}`);
  return only!;
}
