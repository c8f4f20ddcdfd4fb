import { availableParallelism } from 'node:os';
import { compile, rootsWithTests } from '../../compiler/index.ts';
import type { Diagnostic } from '../../compiler/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { outcomeOf, runTest } from '../../runtime/run-test.ts';
import type { RequirementResult } from '../../runtime/requirement-results.ts';
import type { TestResult } from '../../runtime/run-test.ts';
import type { ManifestTest } from '../../runtime/contract/studies.ts';
import { coverableOf, writtenIn } from '../../compiler/coverable.ts';
import { watchCoverage } from '../../runtime/coverage.ts';
import { measure, percentOf, percentText, shareOf } from '../coverage/measure.ts';
import type { Coverage } from '../coverage/measure.ts';
import type { CoverageOptions } from '../coverage/names.ts';
import { writeReports } from '../coverage/reports.ts';
import { runTestInThreads } from '../experiments/chances.ts';
import { writeFile, writeReportFiles } from '../formats/files.ts';
import type { WriteFile } from '../formats/files.ts';
import { analyseProject } from '../analyse.ts';
import { formatOf } from '../formats/names.ts';
import type { Format, FormatOptions } from '../formats/names.ts';
import { failureOf, placeOf, render, writeFailure } from '../formats/report.ts';
import type { TestCase } from '../formats/report.ts';
import { pathOf } from '../terminal/diagnostics.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

interface Ran {
  test: ManifestTest;
  result: TestResult;
  seconds: number;
}

export interface TestOptions extends FormatOptions, CoverageOptions {
  filter?: string;
  shard?: Shard;
  /** s */
  budget?: number;
  /** Threads for the many runs of probabilities. */
  workers?: number;
}

/** One of several equal parts of the tests; from one. */
export interface Shard {
  part: number;
  of: number;
}

/** Runs the tests of the files asked for. Exit 3 when one fails, 4 when the time is up before all have run. */
export async function test(
  paths: readonly string[],
  options: TestOptions,
  terminal: Terminal,
  toFile: WriteFile = writeFile,
): Promise<ExitCode> {
  const begun = performance.now();
  const format = formatOf(options);
  const { model, project, findings } = analyseProject(paths);
  const fails = async (found: readonly Diagnostic[]): Promise<ExitCode> => {
    await writeReportFiles(failureOf('test', found, project), options, toFile);
    await writeFailure('test', found, project, format, terminal);
    return Exit.findings;
  };
  if (model === undefined) return fails(findings);
  const all = model.tests.filter(
    ({ name, source }) => project.asked.has(source.uri) && name.includes(options.filter ?? ''),
  );
  const wanted = partOf(all, options.shard);
  if (all.length === 0)
    throw new Refusal(
      options.filter === undefined
        ? 'there is no test in these files'
        : `no test's name contains "${options.filter}"`,
    );
  const { textOf } = project;
  const coverage = wantsCoverage(options)
    ? measure(coverableOf(model, textOf, isCovered(project.asked)), model)
    : undefined;
  const ran: Ran[] = [];
  let notRun = 0;
  for (const root of rootsWithTests(model)) {
    const { value, diagnostics } = compile(model, root, [], coverage && writtenIn(textOf));
    if (value === undefined) return fails(diagnostics);
    const { manifest } = value.artefact;
    const kernel = kernelFactory(value.artefact);
    for (const test of manifest.tests) {
      const isWanted = wanted.some(
        ({ source }) => source.uri === test.source.uri && source.start === test.source.start,
      );
      if (!isWanted) continue;
      if ((performance.now() - begun) / 1000 > (options.budget ?? Infinity)) {
        notRun += 1;
        continue;
      }
      const started = performance.now();
      const watching = coverage && watchCoverage(manifest, kernel, test);
      const result = watching
        ? runTest(manifest, watching.kernel, test, { prepare: watching.prepare })
        : await runTestInThreads(value.artefact, kernel, test, options.workers ?? availableParallelism());
      if (watching) coverage?.ran(manifest, test, watching.seen(), result);
      ran.push({ test, result, seconds: (performance.now() - started) / 1000 });
      if (format === 'text') write(ran.at(-1)!, terminal);
    }
  }
  const failed = ran.filter(({ result }) => !result.holds).length;
  const late = notRun === 0 ? '' : `, ${notRun} not run: the budget of ${options.budget} s is used up`;
  const counts = `${ran.length - failed} passed, ${failed} failed${late}`;
  const tests = ran.map(testCase);
  const files = [...new Set(tests.map(({ suite }) => suite))].toSorted();
  const report = { command: 'test', findings: [], tests, files, summary: counts };
  await writeReportFiles(report, options, toFile);
  if (format === 'json') terminal.out(asJson(ran, notRun) + '\n');
  else if (format === 'text') terminal.out(`\n${counts}\n`);
  else terminal.out(await render(report, format));
  const enough =
    coverage === undefined || (await covered(coverage.result(), options, format, terminal, toFile));
  if (failed > 0) return Exit.findings;
  if (!enough && notRun === 0) return Exit.findings;
  if (notRun === 0) return Exit.fine;
  if (format === 'json') terminal.err(`${counts}\n`);
  return Exit.budget;
}

/** What was asked for, and what lies beside it: the tests of one file are of the types of others. */
function isCovered(asked: ReadonlySet<string>): (uri: string) => boolean {
  const folderOf = (uri: string): string => uri.slice(0, uri.lastIndexOf('/'));
  const folders = new Set([...asked].map(folderOf));
  return (uri) => folders.has(folderOf(uri));
}

/** A report or a bound alone asks for it too. */
const wantsCoverage = ({ coverage, coverageReport, coverageMin }: CoverageOptions): boolean =>
  coverage === true || coverageReport !== undefined || coverageMin !== undefined;

/** Whether as much was reached as is asked for. What a program reads on standard output stays as it is. */
async function covered(
  result: Coverage,
  options: TestOptions,
  format: Format,
  terminal: Terminal,
  writeFile: WriteFile,
): Promise<boolean> {
  const say = (text: string): void => (format === 'text' ? terminal.out(text) : terminal.err(text));
  await writeReports(result, options, terminal, say, writeFile);
  const share = shareOf(result.files.flatMap(({ points }) => points));
  const { coverageMin = 0 } = options;
  if (percentOf(share) >= coverageMin) return true;
  terminal.err(
    `pollux: the tests reach ${percentText(share)} of what they could; ${coverageMin} % is asked for\n`,
  );
  return false;
}

/** Every nth by place in the texts, so that the parts are the same on each machine and cost about the same. */
function partOf<T extends { source: { uri: string; start: number } }>(
  tests: readonly T[],
  shard: Shard | undefined,
): T[] {
  if (shard === undefined) return [...tests];
  const inOrderOfText = tests.toSorted((a, b) =>
    a.source.uri === b.source.uri ? a.source.start - b.source.start : a.source.uri < b.source.uri ? -1 : 1,
  );
  return inOrderOfText.filter((_, n) => n % shard.of === shard.part - 1);
}

/** What the tests' scenarios run on, each once. */
function write({ test, result, seconds }: Ran, terminal: Terminal): void {
  const mark = result.holds ? terminal.style('green', '✓') : terminal.style('red', '✗');
  terminal.out(`${mark} ${test.name} ${terminal.style('dim', `${(seconds * 1000).toFixed(0)} ms`)}\n`);
  for (const { holds, text, message: whole, source, marginText } of result.requirements) {
    if (holds) {
      terminal.out(terminal.style('dim', `    ${heldText({ text, message: whole, marginText })}\n`));
      continue;
    }
    const message = whole.startsWith(`${text}: `) ? whole.slice(text.length + 2) : whole;
    terminal.out(`    ${terminal.style('red', text)}\n      ${message}\n`);
    terminal.out(terminal.style('dim', `      ${pathOf(source.uri)}:${source.line}:${source.column}\n`));
  }
  for (const { name, text } of result.events.filter(({ code }) => code !== undefined))
    terminal.out(`    ${terminal.style('yellow', 'warning')}: ${name}: ${text}\n`);
  if (result.trouble !== undefined)
    terminal.out(
      `    ${terminal.style('red', `stopped, ${result.trouble.code}`)}: ${result.trouble.message}\n`,
    );
}

/** With its margin, or with why there is none: `holds; its trigger never occurred up to t = 1 h`. */
function heldText({
  text,
  message,
  marginText,
}: Pick<RequirementResult, 'text' | 'message' | 'marginText'>): string {
  return marginText === '' ? message : `${text}: by ${marginText}`;
}

function testCase({ test, result, seconds }: Ran): TestCase {
  const place = placeOf(test.source);
  const broken = result.requirements.filter(({ holds }) => !holds).map(({ message }) => message);
  if (result.trouble !== undefined) broken.push(`stopped, ${result.trouble.code}: ${result.trouble.message}`);
  const held = result.requirements.filter(({ holds }) => holds);
  return {
    suite: place.path,
    name: test.name,
    place,
    seconds,
    ...(broken.length === 0 ? {} : { failure: broken.join('\n') }),
    output: held.map(heldText).join('\n'),
  };
}

function asJson(ran: readonly Ran[], notRun: number): string {
  const tests = ran.map(({ test, result, seconds }) => outcomeOf(test, result, seconds));
  const passed = tests.filter((each) => each.passed).length;
  return JSON.stringify({ passed, ...(notRun > 0 ? { notRun } : {}), tests }, undefined, 2);
}
