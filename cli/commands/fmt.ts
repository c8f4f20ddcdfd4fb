import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from '../../compiler/1-parse/format.ts';
import { createTwinServices } from '../../compiler/1-parse/index.ts';
import type { Diagnostic } from '../../compiler/index.ts';
import { writeReportFiles } from '../formats/files.ts';
import type { FormatOptions } from '../formats/names.ts';
import { findingsOf, render, wholeFile } from '../formats/report.ts';
import type { Finding } from '../formats/report.ts';
import { readTexts } from '../project.ts';
import { inOrder, pathOf, renderDiagnostic } from '../terminal/diagnostics.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { writeWhole } from '../whole-file.ts';

/** Files with syntax errors stay as they are, and are reported. `-` formats standard input to standard output. */
export async function fmt(
  paths: readonly string[],
  options: { check?: boolean } & Omit<FormatOptions, 'json'>,
  terminal: Terminal,
): Promise<ExitCode> {
  const kind = options.format ?? 'text';
  if (kind !== 'text' && options.check !== true) throw new Refusal('--format goes with --check');
  if (options.report !== undefined && options.check !== true) throw new Refusal('--report goes with --check');
  if (paths.length === 1 && paths[0] === '-') return standardInput(options, terminal);
  if (paths.includes('-')) throw new Refusal('- stands for standard input, and goes without other files');
  // How a text is written depends on no package.
  const { asked, found } = readTexts(paths);
  const services = createTwinServices().twin;
  const different: { uri: string; text: string; formatted: string }[] = [];
  const diagnostics: Diagnostic[] = [];
  let broken = 0;
  for (const uri of [...asked].toSorted()) {
    const text = found.get(uri)!;
    const formatted = format(text, services);
    if (formatted.diagnostics.length > 0) {
      broken++;
      for (const diagnostic of inOrder(formatted.diagnostics)) {
        const placed = { ...diagnostic, source: { ...diagnostic.source, uri } };
        diagnostics.push(placed);
        if (kind === 'text')
          terminal.err(renderDiagnostic(placed, (each) => found.get(each), terminal) + '\n');
      }
    } else if (formatted.text !== text) {
      different.push({ uri, text, formatted: formatted.text });
      if (options.check !== true) writeWhole(fileURLToPath(uri), formatted.text);
    }
  }
  const word = options.check === true ? 'would change' : 'changed';
  const summary =
    `${different.length} of ${asked.size} file${asked.size === 1 ? '' : 's'} ${word}` +
    (broken === 0 ? '' : `, ${broken} with syntax errors left alone`);
  const report = {
    command: 'fmt',
    findings: [...findingsOf(diagnostics), ...different.map(unformatted)],
    tests: [],
    files: [...asked].map((uri) => wholeFile(uri).path).toSorted(),
    summary,
  };
  await writeReportFiles(report, options);
  if (kind === 'text') {
    for (const { uri } of different) terminal.out(`${pathOf(uri)}\n`);
    terminal.err(`${summary}\n`);
  } else {
    terminal.out(kind === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : await render(report, kind));
  }
  return broken > 0 || (options.check === true && different.length > 0) ? Exit.findings : Exit.fine;
}

function unformatted({ uri, text, formatted }: { uri: string; text: string; formatted: string }): Finding {
  const isEnds = text.replaceAll('\r\n', '\n') === formatted;
  const wanted = formatted.split('\n');
  const first = text.split(/\r?\n/).findIndex((line, at) => line !== wanted[at]);
  const line = Math.max(first, 0) + 1;
  return {
    rule: 'format',
    title: 'A file that is not in the canonical format',
    severity: 'error',
    message: isEnds
      ? 'The file is in the canonical format but for the ends of its lines, which are CR LF in place of LF.'
      : 'The file is not in the canonical format, from this line on.',
    help: isEnds
      ? 'pollux fmt writes it so; the line "*.twin text eol=lf" in .gitattributes has git leave it so.'
      : 'pollux fmt writes it so.',
    place: { ...wholeFile(uri), line, endLine: line },
    related: [],
  };
}

function standardInput(options: { check?: boolean }, terminal: Terminal): ExitCode {
  const text = readFileSync(0, 'utf8');
  const formatted = format(text);
  if (formatted.diagnostics.length > 0) {
    for (const diagnostic of formatted.diagnostics)
      terminal.err(renderDiagnostic(diagnostic, () => text, terminal) + '\n');
    return Exit.findings;
  }
  if (options.check === true) return formatted.text === text ? Exit.fine : Exit.findings;
  terminal.out(formatted.text);
  return Exit.fine;
}
