/** Texts that a command wants to run → their model; or their errors, to people, or to programs that have asked for JSON. */
import type { CheckedModel, Diagnostic } from '../compiler/index.ts';
import { writeFindings } from './analyse.ts';
import type { AnalysedProject } from './analyse.ts';
import { diagnosticsJson } from './formats/report.ts';
import type { Project } from './project.ts';
import { inOrder } from './terminal/diagnostics.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface ErrorOptions {
  /** Errors go to standard output, as `pollux check --json` gives them. */
  json?: boolean;
}

/** The model, or nothing when the text has errors, which are written out then. */
export function modelOf(
  analysed: AnalysedProject,
  options: ErrorOptions,
  terminal: Terminal,
): (AnalysedProject & { model: CheckedModel }) | undefined {
  const { model, findings, project } = analysed;
  if (model !== undefined) return { ...analysed, model };
  writeErrors(findings, project, options, terminal);
  return undefined;
}

export function writeErrors(
  found: readonly Diagnostic[],
  project: Project,
  { json }: ErrorOptions,
  terminal: Terminal,
): void {
  if (json === true) terminal.out(diagnosticsJson(inOrder(found), project));
  else writeFindings(inOrder(found), project, terminal);
}
