/** Diagnostics as text with the line they stand on, or as JSON. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { Style, Terminal } from './terminal.ts';

const COLORS = { error: 'red', warning: 'yellow', info: 'blue' } as const satisfies Record<string, Style>;

/** Errors first within a file; files by name. The same order on every machine. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return diagnostics.toSorted(
    (a, b) =>
      compare(a.source.uri, b.source.uri) || a.source.start - b.source.start || compare(a.code, b.code),
  );
}

export function pathOf(uri: string, folder = process.cwd()): string {
  if (!uri.startsWith('file:')) return uri;
  const path = fileURLToPath(uri);
  const short = relative(folder, path);
  return short.startsWith('..') ? path : short;
}

/**
 * station.twin:4:7 error PX3001
 *   …message
 *     4 │   let x = 3 m + 2 s
 *       │               ^^^
 *   help: …
 */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  textOf: (uri: string) => string | undefined,
  terminal: Terminal,
): string {
  const { source, severity, code } = diagnostic;
  const place = `${pathOf(source.uri)}:${source.line}:${source.column}`;
  const lines = [
    `${terminal.style('bold', place)} ${terminal.style([COLORS[severity], 'bold'], severity)} ${terminal.style('dim', code)}`,
    `  ${diagnostic.message.replaceAll('\n', '\n  ')}`,
  ];
  const text = textOf(source.uri)?.split(/\r\n|\r|\n/)[source.line - 1];
  if (text !== undefined) {
    const number = String(source.line);
    const shown = text.replaceAll('\t', ' ');
    const end = source.endLine === source.line ? source.endColumn : shown.length + 1;
    const marks = '^'.repeat(Math.max(1, end - source.column));
    lines.push(
      terminal.style('dim', `  ${number} │ `) + shown,
      terminal.style('dim', `  ${' '.repeat(number.length)} │ `) +
        ' '.repeat(source.column - 1) +
        terminal.style(COLORS[severity], marks),
    );
  }
  for (const related of diagnostic.related)
    lines.push(
      `  ${pathOf(related.source.uri)}:${related.source.line}:${related.source.column}: ${related.message}`,
    );
  const fix = diagnostic.fixes[0];
  if (diagnostic.help !== undefined) lines.push(`  ${terminal.style('green', 'help')}: ${diagnostic.help}`);
  else if (fix !== undefined) lines.push(`  ${terminal.style('green', 'fix')}: ${fix.title}`);
  return lines.join('\n') + '\n';
}

/** `asked` is the number of files that were looked at; what was found may stand in others too, and is counted where it stands. */
export function summary(diagnostics: readonly Diagnostic[], asked: number): string {
  const files = Math.max(asked, new Set(diagnostics.map((each) => each.source.uri)).size);
  const count = (severity: Diagnostic['severity'], word: string): string[] => {
    const n = diagnostics.filter((d) => d.severity === severity).length;
    return n === 0 ? [] : [`${n} ${word}${n === 1 ? '' : 's'}`];
  };
  const found = [...count('error', 'error'), ...count('warning', 'warning'), ...count('info', 'hint')];
  const where = `${files} file${files === 1 ? '' : 's'}`;
  return found.length === 0 ? `${where}: nothing to report` : `${found.join(', ')} in ${where}`;
}
