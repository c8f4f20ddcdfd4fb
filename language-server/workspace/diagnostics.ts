/** Findings → LSP diagnostics. */
import {
  DiagnosticSeverity,
  type Diagnostic as LspDiagnostic,
  type DiagnosticRelatedInformation,
} from 'vscode-languageserver-types';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
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
  return {
    source: 'pollux',
    code: diagnostic.code,
    severity: SEVERITIES[diagnostic.severity],
    message: diagnostic.help === undefined ? diagnostic.message : `${diagnostic.message}\n${diagnostic.help}`,
    range: rangeOf(diagnostic.source),
    ...(pages === undefined ? {} : { codeDescription: { href: `${pages}${diagnostic.code}.md` } }),
    ...(related.length === 0 ? {} : { relatedInformation: related }),
  };
}
