/** What `check`, `fmt --check`, `test` and `breaking` have found, in one form for all formats. */
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { CATALOGUE } from '../../compiler/diagnostics/catalogue.ts';
import type { Format } from './names.ts';
import { writeFindings } from '../analyse.ts';
import type { Project } from '../project.ts';
import { inOrder, pathOf, summary } from '../terminal/diagnostics.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface Report {
  /** `check`, `test`, … */
  command: string;
  findings: Finding[];
  tests: TestCase[];
  /** Files that were looked at. */
  files: string[];
  /** One line for people. */
  summary: string;
}

export interface Place {
  /** Relative, with `/`. */
  path: string;
  /** From one. */
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

export interface Finding {
  rule: string;
  /** A sentence without particulars. */
  title: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  help?: string;
  /** Absent for what has no place in a text. */
  place?: Place;
  related: { message: string; place: Place }[];
}

export interface TestCase {
  /** The file. */
  suite: string;
  name: string;
  place: Place;
  /** s */
  seconds: number;
  /** Absent when it passed. */
  failure?: string;
  /** Margins of what held. */
  output: string;
}

interface Source {
  uri: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

export const placeOf = ({ uri, line, column, endLine, endColumn }: Source): Place => ({
  path: pathOf(uri).replaceAll('\\', '/'),
  line,
  column,
  endLine,
  endColumn,
});

/** What concerns a file as a whole. */
export const wholeFile = (uri: string): Place =>
  placeOf({ uri, line: 1, column: 1, endLine: 1, endColumn: 1 });

export const findingsOf = (diagnostics: readonly Diagnostic[]): Finding[] =>
  inOrder(diagnostics).map(({ code, severity, message, help, source, related }) => ({
    rule: code,
    title: CATALOGUE.find((entry) => entry.code === code)?.title ?? code,
    severity,
    message,
    ...(help === undefined ? {} : { help }),
    place: placeOf(source),
    related: related.map((each) => ({ message: each.message, place: placeOf(each.source) })),
  }));

export const render = async (report: Report, format: Exclude<Format, 'text' | 'json'>): Promise<string> => {
  switch (format) {
    case 'sarif':
      return (await import('./sarif.ts')).sarif(report);
    case 'junit':
      return (await import('./junit.ts')).junit(report);
    case 'github':
      return (await import('./github.ts')).github(report);
    case 'gitlab':
      return (await import('./gitlab.ts')).gitlab(report);
    case 'markdown':
      return (await import('./markdown.ts')).markdown(report);
  }
};

/** Why a command could not do what it is there for: to people on standard error, to programs and CI in their format. */
export async function writeFailure(
  command: string,
  found: readonly Diagnostic[],
  project: Project,
  format: Format,
  terminal: Terminal,
): Promise<void> {
  if (format === 'text') writeFindings(inOrder(found), project, terminal);
  else if (format === 'json') terminal.out(diagnosticsJson(inOrder(found), project));
  else terminal.out(await render(failureOf(command, found, project), format));
}

/** What is wrong with texts, for programs: the same of every command that wants them sound (`diagnostics.schema.json`). */
export const diagnosticsJson = (found: readonly Diagnostic[], project: Project): string =>
  `${JSON.stringify({ files: project.asked.size, diagnostics: diagnosticEntries(found) }, undefined, 2)}\n`;

export const diagnosticEntries = (found: readonly Diagnostic[]): (Diagnostic & { page: string })[] =>
  found.map((each) => ({ ...each, page: `docs/diagnostics/${each.code}.md` }));

export const failureOf = (command: string, found: readonly Diagnostic[], project: Project): Report => ({
  command,
  findings: findingsOf(found),
  tests: [],
  files: [...project.asked].map((uri) => wholeFile(uri).path).toSorted(),
  summary: summary(found, project.asked.size),
});
