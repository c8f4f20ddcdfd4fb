/** Reports for CI systems, against the schemas of the formats and as those systems read them. */
import { readFileSync } from 'node:fs';
import ajvDraft04 from 'ajv-draft-04';
import * as fc from 'fast-check';
import { validateXML } from 'xmllint-wasm';
import { describe, expect, it } from 'vitest';
import { github } from '../../cli/formats/github.ts';
import { gitlab } from '../../cli/formats/gitlab.ts';
import { junit } from '../../cli/formats/junit.ts';
import { markdown } from '../../cli/formats/markdown.ts';
import type { Report } from '../../cli/formats/report.ts';
import { sarif } from '../../cli/formats/sarif.ts';
import { COMMENT_LIMIT } from '../../review/markdown.ts';
import { sharedFile } from '../examples/example.ts';
import { place, report, reports } from './reports.ts';

describe('SARIF', () => {
  const schemaFile = sharedFile('data/tool-schemas/sarif-schema-2.1.0.json');

  it('fits the schema of the standard', (context) => {
    if (schemaFile === undefined)
      return context.skip('no ../shared/data/tool-schemas beside the repository (or at POLLUX_SHARED)');
    const validate = new ajvDraft04.default({ strict: false, validateFormats: false }).compile(
      JSON.parse(readFileSync(schemaFile, 'utf8')) as object,
    );
    validate(JSON.parse(sarif(report)));
    expect(validate.errors).toBeNull();
    fc.assert(
      fc.property(reports, (each) => {
        validate(JSON.parse(sarif(each)));
        expect(validate.errors).toBeNull();
      }),
      { numRuns: 30 },
    );
    return undefined;
  });

  it('names rules once, and places by a path that is a URI', () => {
    const log = JSON.parse(sarif(report)) as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleId: string; ruleIndex: number; level: string; locations: object[] }[];
      }[];
    };
    const [run] = log.runs;
    for (const { ruleId, ruleIndex } of run!.results)
      expect(run!.tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
    expect(run!.results.map(({ level }) => level)).toEqual(['error', 'warning', 'note', 'error']);
    expect(run!.results[0]!.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'plant/t%C3%A4nk%201.twin', uriBaseId: 'ROOT' },
          region: { startLine: 4, startColumn: 7, endLine: 4, endColumn: 12 },
        },
      },
    ]);
  });
});

describe('what a forge knows a finding by', () => {
  const at = (line: number) => ({ path: 'a.twin', line, column: 1, endLine: line, endColumn: 2 });
  const known = (lines: number[], message = 'too hot'): string[] => {
    const findings = lines.map((line) => ({ ...report.findings[0]!, message, place: at(line) }));
    const log = JSON.parse(sarif({ ...report, findings, tests: [] })) as {
      runs: { results: { partialFingerprints: { primaryLocationLineHash: string } }[] }[];
    };
    return log.runs[0]!.results.map((each) => each.partialFingerprints.primaryLocationLineHash);
  };

  it('stays where it only moved, and tells apart those alike', () => {
    expect(known([3, 9])).toEqual(known([5, 70]));
    expect(new Set([...known([3, 9, 12]), ...known([3], 'too cold')]).size).toBe(4);
  });
});

describe('JUnit', () => {
  const schemaFile = sharedFile('data/tool-schemas/junit-10.xsd');

  it('fits the schema of Jenkins, whatever a model says', async (context) => {
    if (schemaFile === undefined)
      return context.skip('no ../shared/data/tool-schemas beside the repository (or at POLLUX_SHARED)');
    const all = [report, { ...report, findings: [] }, { ...report, tests: [] }, ...fc.sample(reports, 20)];
    const xml = all.map((each, n) => ({ fileName: `${n}.xml`, contents: junit(each) }));
    const { errors } = await validateXML({ xml, schema: [readFileSync(schemaFile, 'utf8')] });
    expect(errors).toEqual([]);
    return undefined;
  });

  it('counts what failed, and lets files without findings pass', () => {
    const xml = junit({ ...report, tests: [] });
    expect(xml).toContain('<testsuite name="plant/a.twin" tests="1" failures="0"');
    expect(xml).toContain('<testsuite name="plant/tänk 1.twin" tests="2" failures="1"');
    expect(junit({ ...report, findings: [] })).toContain(
      '<testsuite name="plant/tests.twin" tests="2" failures="1" errors="0" skipped="0" time="1.750">',
    );
  });
});

describe('GitHub', () => {
  it('has an annotation a line, which the runner reads back as it was', () => {
    const lines = github(report).trimEnd().split('\n');
    expect(lines).toHaveLength(report.findings.length + 2);
    // The runner's own pattern (actions/runner, ActionCommand.cs).
    const [, command, properties = '', data = ''] = /^::(\w+) (.*?)::(.*)$/.exec(lines[0]!)!;
    const read = (value: string): string =>
      value
        .replaceAll('%0A', '\n')
        .replaceAll('%0D', '\r')
        .replaceAll('%3A', ':')
        .replaceAll('%2C', ',')
        .replaceAll('%25', '%');
    expect(command).toBe('error');
    expect(Object.fromEntries(properties.split(',').map((each) => each.split('=').map(read)))).toEqual({
      file: place.path,
      line: '4',
      endLine: '4',
      col: '7',
      endColumn: '12',
      title: 'PX3001',
    });
    expect(read(data)).toBe(`${report.findings[0]!.message}\n${report.findings[0]!.help}`);
  });

  it('cannot be made to say another command', () => {
    fc.assert(
      fc.property(reports, (each) => {
        const lines = github(each).split(/\r\n|\r|\n/);
        expect(lines.filter((line) => line.startsWith('::'))).toHaveLength(2);
      }),
      { numRuns: 100 },
    );
  });
});

describe('GitLab', () => {
  it('has what its Code Quality needs, and fingerprints that a moved line keeps', () => {
    const issues = (each: Report) =>
      JSON.parse(gitlab(each)) as { fingerprint: string; severity: string; location: object }[];
    const found = issues(report);
    expect(found).toHaveLength(3);
    for (const issue of found)
      expect(Object.keys(issue).toSorted()).toEqual([
        'check_name',
        'description',
        'fingerprint',
        'location',
        'severity',
      ]);
    expect(found.map(({ severity }) => severity)).toEqual(['major', 'minor', 'major']);
    const moved = {
      ...report,
      findings: report.findings.map((each) => ({ ...each, place: { ...place, line: 9, endLine: 9 } })),
    };
    expect(issues(moved)[0]!.fingerprint).toBe(found[0]!.fingerprint);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });
});

describe('Markdown', () => {
  it('is never longer than a comment may be', () => {
    const many = { ...report, findings: Array.from({ length: 3000 }, () => report.findings[0]!) };
    expect(markdown(many).length).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(markdown(many)).toMatch(/… and \d+ more\.\n$/);
    expect(markdown({ ...report, findings: [], tests: [] })).toBe(
      '### 🟢 pollux check: 1 error, 1 warning in 2 files\n',
    );
  });
});
