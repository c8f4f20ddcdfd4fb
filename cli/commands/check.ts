import { analyseProject, writeFindings } from '../analyse.ts';
import { Exit } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

/** Exit 3 when there is an error; warnings and hints are shown and do not fail. */
export function check(paths: readonly string[], options: { json?: boolean }, terminal: Terminal): ExitCode {
  const { findings, project } = analyseProject(paths);
  if (options.json === true) {
    const documented = findings.map((finding) => ({
      ...finding,
      page: `docs/diagnostics/${finding.code}.md`,
    }));
    terminal.out(JSON.stringify({ files: project.asked.size, diagnostics: documented }, undefined, 2) + '\n');
  } else writeFindings(findings, project, terminal);
  return findings.some(({ severity }) => severity === 'error') ? Exit.findings : Exit.fine;
}
