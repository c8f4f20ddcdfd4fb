/** SARIF 2.1.0 (OASIS standard, 2020), as code scanning of GitHub, Azure DevOps and editors take it. */
import type { Location, Log, ReportingDescriptor, Result } from 'sarif';
import { fingerprinter } from './fingerprints.ts';
import type { Finding, Place, Report } from './report.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { failures } from './tests.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

export function sarif(report: Report): string {
  const found = [...report.findings, ...failures(report)];
  const titles = new Map(found.map(({ rule, title }) => [rule, title]));
  const rules: ReportingDescriptor[] = [...titles.keys()].toSorted().map((id) => ({
    id,
    shortDescription: { text: titles.get(id)! },
    ...(id.startsWith('PX')
      ? { help: { text: `pollux explain ${id} shows an example and what mends it.` } }
      : {}),
  }));
  const fingerprintOf = fingerprinter();
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'pollux', semanticVersion: packageJson.version, rules } },
        automationDetails: { id: `pollux/${report.command}/` },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { ROOT: { description: { text: 'The folder that the command ran in.' } } },
        results: found.map((finding) => resultOf(finding, rules, fingerprintOf(finding))),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function resultOf(
  { rule, severity, message, help, place, related }: Finding,
  rules: readonly ReportingDescriptor[],
  fingerprint: string,
): Result {
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: LEVELS[severity],
    message: { text: help === undefined ? message : `${message}\n${help}` },
    locations: place === undefined ? [] : [locationOf(place)],
    // Without one, GitHub shows what a push has not touched anew.
    partialFingerprints: { primaryLocationLineHash: `${fingerprint}:1` },
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((each, id) => ({
            id,
            ...locationOf(each.place),
            message: { text: each.message },
          })),
        }),
  };
}

const locationOf = ({ path, line, column, endLine, endColumn }: Place): Location => ({
  physicalLocation: {
    artifactLocation: { uri: encodeURI(path), uriBaseId: 'ROOT' },
    region: { startLine: line, startColumn: column, endLine, endColumn },
  },
});
