/** Versions with errors in their texts → why they cannot be compared: to people, to programs, to CI. */
import { diagnosticEntries, findingsOf, wholeFile } from './formats/report.ts';
import type { Finding, Report } from './formats/report.ts';
import type { BrokenVersion } from './reviewed.ts';
import { renderDiagnostic, summary } from './terminal/diagnostics.ts';
import type { Terminal } from './terminal/terminal.ts';

export function writeBroken(broken: readonly BrokenVersion[], terminal: Terminal): void {
  for (const { side, diagnostics } of broken) {
    const texts = new Map(side.texts.map(({ uri, text }) => [uri, text]));
    terminal.err(`${terminal.style('bold', side.label)} has errors, so it cannot be compared:\n`);
    for (const each of diagnostics)
      terminal.err(`${renderDiagnostic(each, (uri) => texts.get(uri), terminal)}\n`);
  }
}

/** As other commands say what is wrong with texts, and besides which version each belongs to. */
export function brokenJson(broken: readonly BrokenVersion[]): string {
  const versions = Object.fromEntries(broken.map(({ which, side }) => [which, side.label]));
  const diagnostics = broken.flatMap(({ which, diagnostics: found }) =>
    diagnosticEntries(found).map((each) => ({ version: which, ...each })),
  );
  return `${JSON.stringify({ files: filesOf(broken).length, versions, diagnostics }, undefined, 2)}\n`;
}

export const brokenReport = (command: string, broken: readonly BrokenVersion[]): Report => ({
  command,
  findings: broken.flatMap(({ which, side, diagnostics }) =>
    findingsOf(diagnostics).map((each) => (which === 'head' ? each : withoutPlace(each, side.label))),
  ),
  tests: [],
  files: filesOf(broken)
    .map((uri) => wholeFile(uri).path)
    .toSorted(),
  summary: `nothing is compared: ${broken
    .map(({ side, diagnostics }) => `${side.label} has ${summary(diagnostics, side.texts.length)}`)
    .join('; ')}`,
});

/** A forge shows the version after: a line of the version before would be marked in a text that is another. */
function withoutPlace({ place, ...finding }: Finding, label: string): Finding {
  const where = place === undefined ? '' : `, ${place.path}:${place.line}`;
  return { ...finding, message: `In ${label}${where}: ${finding.message}`, related: [] };
}

const filesOf = (broken: readonly BrokenVersion[]): string[] => [
  ...new Set(broken.flatMap(({ side }) => side.texts.map(({ uri }) => uri))),
];
