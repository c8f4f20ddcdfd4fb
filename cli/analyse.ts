/** Project → checked model, for every command that compiles. */
import { analyse } from '../compiler/index.ts';
import type { Analysis, CheckedModel, Diagnostic, Root, SourceText } from '../compiler/index.ts';
import { libraryFiles } from '../library/embedded.ts';
import { readData } from './data-read.ts';
import { readProject } from './project.ts';
import type { Project } from './project.ts';
import { inOrder, renderDiagnostic, summary } from './terminal/diagnostics.ts';
import { Refusal } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface AnalysedProject extends Analysis {
  project: Project;
  /** Of the files that were asked for, and errors of any. */
  findings: Diagnostic[];
  /** Of tables. */
  dataFiles: SourceText[];
}

export function analyseProject(paths: readonly string[]): AnalysedProject {
  const project = readProject(paths);
  const dataFiles = new Map<string, string>();
  const analysis = analyse(project.texts, libraryFiles, project.absentPackages, (uri, folder) => {
    const text = readData(uri, folder);
    if (text !== undefined) dataFiles.set(uri, text);
    return text;
  });
  const findings = inOrder(
    analysis.diagnostics.filter((d) => d.severity === 'error' || project.asked.has(d.source.uri)),
  );
  return { ...analysis, project, findings, dataFiles: [...dataFiles].map(([uri, text]) => ({ uri, text })) };
}

/** The model, or nothing when the text has errors, which are written out then. */
export function modelOf(
  analysed: AnalysedProject,
  terminal: Terminal,
): (AnalysedProject & { model: CheckedModel }) | undefined {
  const { model, findings, project } = analysed;
  if (model !== undefined) return { ...analysed, model };
  writeFindings(findings, project, terminal);
  return undefined;
}

export function writeFindings(findings: readonly Diagnostic[], project: Project, terminal: Terminal): void {
  for (const diagnostic of findings)
    terminal.err(renderDiagnostic(diagnostic, project.textOf, terminal) + '\n');
  terminal.err(`${summary(findings, project.asked.size)}\n`);
}

const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
export const isNamed = (name: string, wanted: string): boolean =>
  name === wanted || shortName(name) === wanted;

/** The root that is meant; the only one when none is named. */
export function chooseRoot(roots: readonly Root[], wanted: string | undefined): Root {
  const list = roots.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  if (roots.length === 0) throw new Refusal('there is nothing here that can run: no twin and no asset');
  if (wanted !== undefined) {
    const found = roots.filter(({ name }) => isNamed(name, wanted));
    if (found.length === 1) return found[0]!;
    throw new Refusal(
      found.length === 0
        ? `there is no twin or asset ${wanted}; there are ${list}`
        : `${wanted} is not unique; there are ${found.map(({ name }) => name).join(', ')}: give the full name`,
    );
  }
  const twins = roots.filter(({ kind }) => kind === 'twin');
  const [only, ...others] = twins.length > 0 ? twins : roots;
  if (others.length > 0) throw new Refusal(`say which with --root: there are ${list}`);
  return only!;
}
