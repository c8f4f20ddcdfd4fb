/** Findings → LSP diagnostics. */
import {
  DiagnosticSeverity,
  type Diagnostic as LspDiagnostic,
  type DiagnosticRelatedInformation,
} from 'vscode-languageserver-types';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { duplicateName } from '../../compiler/diagnostics/structure.ts';
import { locationOf, rangeOf } from './places.ts';

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

/** @param pages URI of the folder with a page for each code, with a slash at its end */
export function lspDiagnostic(diagnostic: Diagnostic, pages: string | undefined): LspDiagnostic {
  const related: DiagnosticRelatedInformation[] = diagnostic.related.map(({ message, source }) => ({
    message,
    location: locationOf(source),
  }));
  const help = aboutCopy(diagnostic) ?? diagnostic.help;
  return {
    source: 'pollux',
    code: diagnostic.code,
    severity: SEVERITIES[diagnostic.severity],
    message: help === undefined ? diagnostic.message : `${diagnostic.message}\n${help}`,
    range: rangeOf(diagnostic.source),
    ...(pages === undefined ? {} : { codeDescription: { href: `${pages}${diagnostic.code}.md` } }),
    ...(related.length === 0 ? {} : { relatedInformation: related }),
  };
}

/** Where all that a file declares is in another of the same name too, a second copy of its package is open: nothing of it needs another name. */
function aboutCopy({ code, source, related }: Diagnostic): string | undefined {
  if (code !== duplicateName.code) return undefined;
  const own = source.uri.split('/').at(-1)!;
  const copy = related.find(({ source: { uri } }) => uri !== source.uri && uri.endsWith(`/${own}`));
  if (copy === undefined) return undefined;
  const folder = decodeURIComponent(
    copy.source.uri
      .split('/')
      .slice(0, -1)
      .join('/')
      .replace(/^file:\/\//, ''),
  );
  return `The ${own} in ${folder} declares it, too. If that is a copy of this package, open one of the two in a window of its own; else give one of them another name.`;
}
