import { analyseProject, writeFindings } from '../analyse.ts';
import { writeReportFiles } from '../formats/files.ts';
import type { WriteFile } from '../formats/files.ts';
import { formatOf } from '../formats/names.ts';
import type { FormatOptions } from '../formats/names.ts';
import { diagnosticsJson, findingsOf, render, wholeFile } from '../formats/report.ts';
import { summary } from '../terminal/diagnostics.ts';
import { Exit } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

/** Exit 3 when there is an error; warnings and hints are shown and do not fail. */
export async function check(
  paths: readonly string[],
  options: FormatOptions,
  terminal: Terminal,
  write?: WriteFile,
): Promise<ExitCode> {
  const { findings, project } = analyseProject(paths);
  const format = formatOf(options);
  const report = {
    command: 'check',
    findings: findingsOf(findings),
    tests: [],
    files: [...project.asked].map((uri) => wholeFile(uri).path).toSorted(),
    summary: summary(findings, project.asked.size),
  };
  await writeReportFiles(report, options, write);
  if (format === 'json') terminal.out(diagnosticsJson(findings, project));
  else if (format === 'text') writeFindings(findings, project, terminal);
  else terminal.out(await render(report, format));
  return findings.some(({ severity }) => severity === 'error') ? Exit.findings : Exit.fine;
}
