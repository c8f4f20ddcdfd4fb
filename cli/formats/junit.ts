/** JUnit XML as Jenkins and GitLab read it (junit-10.xsd of Jenkins' xunit plugin). Findings stand as failed cases of their file. */
import type { Report } from './report.ts';
import { attribute, content } from './xml.ts';

interface Case {
  suite: string;
  name: string;
  seconds: number;
  failure?: { type: string; message: string };
  output: string;
}

export function junit(report: Report): string {
  const cases: Case[] = report.tests.map(({ suite, name, seconds, failure, output }) => ({
    suite,
    name,
    seconds,
    ...(failure === undefined ? {} : { failure: { type: 'test-failed', message: failure } }),
    output,
  }));
  // A file without findings passes.
  const named = new Set(report.findings.flatMap(({ place }) => (place === undefined ? [] : [place.path])));
  if (report.tests.length === 0)
    for (const suite of report.files)
      if (!named.has(suite)) cases.push({ suite, name: report.command, seconds: 0, output: '' });
  for (const { rule, severity, message, help, place } of report.findings) {
    const where = place === undefined ? '' : `${place.path}:${place.line}:${place.column} `;
    const text = `${where}${message}${help === undefined ? '' : `\n${help}`}`;
    const name = place === undefined ? rule : `${rule} in line ${place.line}, column ${place.column}`;
    cases.push({
      suite: place?.path ?? report.command,
      name,
      seconds: 0,
      ...(severity === 'error' ? { failure: { type: rule, message: text } } : {}),
      output: severity === 'error' ? '' : text,
    });
  }
  const suites = [...new Set(cases.map(({ suite }) => suite))].toSorted();
  const lines = suites.map((suite) =>
    suiteText(
      suite,
      cases.filter((each) => each.suite === suite),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="pollux ${attribute(report.command)}">\n${lines.join('')}</testsuites>\n`;
}

function suiteText(suite: string, cases: readonly Case[]): string {
  const failed = cases.filter(({ failure }) => failure !== undefined).length;
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0);
  const body = cases.map(({ name, seconds: took, failure, output }) => {
    const inner = [
      ...(failure === undefined
        ? []
        : [
            `<failure type="${attribute(failure.type)}" message="${attribute(firstLine(failure.message))}">${content(failure.message)}</failure>`,
          ]),
      ...(output === '' ? [] : [`<system-out>${content(output)}</system-out>`]),
    ];
    const head = `<testcase classname="${attribute(suite)}" name="${attribute(name)}" time="${took.toFixed(3)}"`;
    return inner.length === 0 ? `    ${head}/>\n` : `    ${head}>${inner.join('')}</testcase>\n`;
  });
  return `  <testsuite name="${attribute(suite)}" tests="${cases.length}" failures="${failed}" errors="0" skipped="0" time="${seconds.toFixed(3)}">\n${body.join('')}  </testsuite>\n`;
}

const firstLine = (text: string): string => text.split('\n')[0]!;
