/** `pollux diff` and `pollux breaking`: two versions → what changed, and what that means. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { html } from '../../review/html.ts';
import { momentsOf, timesApart } from '../../review/moment.ts';
import { described, markdown } from '../../review/markdown.ts';
import { svg } from '../../review/picture.ts';
import { intervalsText } from '../../review/kpis.ts';
import { placed, shortName, some } from '../../review/names.ts';
import { isSame } from '../../review/review.ts';
import type { Review } from '../../review/review.ts';
import type { Version } from '../../review/version.ts';
import { WAIVERS_FILE } from '../../review/waivers.ts';
import { brokenJson, brokenReport, writeBroken } from '../broken-version.ts';
import { writeFile, writeReportFiles } from '../formats/files.ts';
import type { WriteFile } from '../formats/files.ts';
import { formatOf } from '../formats/names.ts';
import type { FormatOptions } from '../formats/names.ts';
import { placeOf, render } from '../formats/report.ts';
import type { Finding, Place, Report } from '../formats/report.ts';
import { reviewOf } from '../reviewed.ts';
import type { ReviewWishes } from '../reviewed.ts';
import { pathOf } from '../terminal/diagnostics.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { writeWhole } from '../whole-file.ts';

export interface DiffOptions extends ReviewWishes {
  /** Most characters of Markdown. */
  limit?: number;
  format?: 'text' | 'json' | 'markdown' | 'html';
  out?: string;
  pictures?: string;
  /** A folder for all reports of one review. */
  report?: string;
}

/** Exit 2 when there is a difference. */
export async function diff(
  words: readonly string[],
  options: DiffOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const reviewed = await reviewOf(words, options, terminal);
  const { format = 'text' } = options;
  const say = (text: string): void =>
    options.out === undefined ? terminal.out(text) : writeReport(options.out, text);
  if ('broken' in reviewed) {
    const { broken } = reviewed;
    if (format === 'json') say(brokenJson(broken));
    else if (format === 'markdown') say(await render(brokenReport('diff', broken), format));
    else writeBroken(broken, terminal);
    return Exit.findings;
  }
  const { review: done } = reviewed;
  if (options.report !== undefined) writeAll(done, options.report);
  if (options.before !== undefined) {
    const before = reviewed.base.made();
    if ('version' in before) writeBefore(before.version, options.before);
  }
  const pictures = options.pictures === undefined ? undefined : writePictures(done, options.pictures);
  const text = {
    text: () => textOf(done, terminal),
    json: () => `${JSON.stringify(done, undefined, 2)}\n`,
    markdown: () =>
      markdown(done, {
        ...(options.limit === undefined ? {} : { limit: options.limit }),
        pictureOf: (scenario, signal) => pictures?.get(`${scenario} ${signal}`),
      }),
    html: () => html(done),
  }[format]();
  say(text);
  return isSame(done) ? Exit.fine : Exit.differences;
}

/** Exit 3 when something breaks that nobody has waived. */
export async function breaking(
  words: readonly string[],
  options: Omit<DiffOptions, 'format'> & FormatOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const format = formatOf(options);
  const { behaviour, recordings, recording, repeat, workers, cache } = options;
  const wishes = { behaviour, recordings, recording, repeat, workers, cache };
  const reviewed = await reviewOf(words, wishes, terminal);
  if ('broken' in reviewed) {
    const { broken } = reviewed;
    const failure = brokenReport('breaking', broken);
    await writeReportFiles(failure, options);
    if (format === 'text') writeBroken(broken, terminal);
    else terminal.out(format === 'json' ? brokenJson(broken) : await render(failure, format));
    return Exit.findings;
  }
  const { review: done } = reviewed;
  const { verdict, findings, waived, problems } = done;
  const report = breakingReport(done);
  await writeReportFiles(report, options);
  if (format === 'json')
    terminal.out(`${JSON.stringify({ verdict, findings, waived, problems }, undefined, 2)}\n`);
  else if (format !== 'text') terminal.out(await render(report, format));
  else {
    for (const finding of findings) writeFinding(finding, terminal);
    for (const { finding, waiver } of waived)
      terminal.out(
        terminal.style('dim', `waived until ${waiver.expires}: ${finding.text} (${waiver.reason})\n`),
      );
    for (const problem of problems) terminal.err(`${terminal.style('yellow', 'note')}: ${problem}\n`);
    terminal.out(`${verdict.text}\n`);
    if (verdict.breaking)
      terminal.err(`To accept one, write { "fingerprint", "reason", "expires" } into ${WAIVERS_FILE}.\n`);
  }
  return verdict.breaking ? Exit.findings : Exit.fine;
}

export const breakingReport = (done: Review): Report => ({
  command: 'breaking',
  findings: done.findings.map((each) => asFinding(each, placeIn(done, each.subject))),
  tests: [],
  files: [],
  summary: done.verdict.text,
});

/** Where a forge shows it: at the change that it comes of, or is about, and else at the first. */
function placeIn({ causes, changes }: Review, subject: string): Place | undefined {
  const cause = causes.find(({ scenario }) => subject.includes(scenario));
  const about = changes.find(({ subject: kind, path, oldText, newText }) =>
    kind === 'requirement'
      ? [oldText, newText].some((text) => text && subject.endsWith(text.replace(/^(require|expect) /, '')))
      : shortName(path) === shortName(subject),
  );
  const { newSource, oldSource } =
    (cause && changes[cause.changes[0]!]) ??
    about ??
    changes.find((each) => each.newSource) ??
    changes[0] ??
    {};
  const source = newSource ?? oldSource;
  return source && placeOf(source);
}

const asFinding = (
  { breaking: breaks, level, rule, text, fingerprint }: Review['findings'][number],
  place: Place | undefined,
): Finding => ({
  rule: `${level}/${rule}`,
  title: `${level}: ${rule.replaceAll('-', ' ')}`,
  severity: breaks ? 'error' : 'info',
  message: text,
  ...(breaks ? { help: `To accept it, waive ${fingerprint} in ${WAIVERS_FILE}.` } : {}),
  ...(place === undefined ? {} : { place }),
  related: [],
});

/** Names of the picture files, by scenario and signal. */
export function writePictures(
  { behaviour }: Review,
  folder: string,
  write: WriteFile = writeFile,
): Map<string, string> {
  const names = new Map<string, string>();
  for (const { scenario, title, signals } of behaviour.scenarios)
    for (const signal of signals.slice(0, 20)) {
      const name = `${title}-${signal.name}`.replaceAll(/[^\w.-]+/g, '_');
      const path = join(folder, `${name}.svg`);
      write(path, svg(signal, `${title}: ${signal.name}${signal.unit === '' ? '' : ` [${signal.unit}]`}`));
      names.set(`${scenario} ${signal.name}`, path);
    }
  return names;
}

/** Everything that a pipeline or an editor shows of a review: `review.json`, `.md` and `.html`, `pictures/`. */
function writeAll(done: Review, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const pictures = writePictures(done, join(folder, 'pictures'));
  const write = (name: string, text: string): void => writeWhole(join(folder, name), text);
  write('review.json', `${JSON.stringify(done, undefined, 2)}\n`);
  write('review.html', html(done));
  const pictureOf = (scenario: string, signal: string): string | undefined => {
    const path = pictures.get(`${scenario} ${signal}`);
    return path && relative(folder, path).split(sep).join('/');
  };
  write('review.md', markdown(done, { pictureOf }));
}

/** What an editor needs to run and to show the version before. For this machine alone: it holds what is private, too. */
function writeBefore(before: Version, file: string): void {
  const programs = before.roots.flatMap((root) => {
    const artefact = before.artefact(root);
    if (artefact === undefined) return [];
    const { manifest, wasm } = artefact;
    return [{ ...root, manifest, wasmBase64: Buffer.from(wasm).toString('base64') }];
  });
  const { label, texts } = before;
  writeWhole(file, JSON.stringify({ label, texts, programs }), 0o600);
}

function writeReport(path: string, text: string): void {
  if (!existsSync(dirname(resolve(path))))
    throw new Refusal(`${path} cannot be written: its folder is not there`);
  writeWhole(path, text);
}

const SHOWN = 30;

function textOf(done: Review, terminal: Terminal): string {
  const { style } = terminal;
  const notes = done.problems.map((problem) => `  ${style('yellow', 'note')}: ${problem}`);
  if (isSame(done))
    return `${['Nothing changed: neither what the text says nor what it does.', ...notes].join('\n')}\n`;
  const lines: string[] = [];
  const section = <Row>(title: string, rows: readonly Row[], line: (row: Row) => string): void => {
    if (rows.length === 0) return;
    lines.push('', style('bold', title), ...rows.slice(0, SHOWN).map((row) => `  ${line(row)}`));
    if (rows.length > SHOWN) lines.push(`  … and ${rows.length - SHOWN} more`);
  };
  const signs = {
    added: style('green', '+'),
    removed: style('red', '-'),
    changed: style('yellow', '~'),
    renamed: style('blue', '>'),
  };
  section('Text', done.changes, (change) => {
    const place = change.newSource ?? change.oldSource;
    const where = place === undefined ? '' : style('dim', `  ${pathOf(place.uri)}:${place.line}`);
    return `${signs[change.kind]} ${change.subject} ${change.path}: ${plain(described(change))}${where}`;
  });
  for (const scenario of done.behaviour.scenarios) {
    const { title, driver, signals, events, stopped } = scenario;
    const when = momentsOf(scenario);
    if (signals.length + events.length === 0 && stopped.after === stopped.before) continue;
    section(
      driver === 'scenario' ? `Scenario ${title}` : `Recording ${title.slice('recording '.length)}`,
      [...events, ...signals],
      (each) =>
        'kind' in each
          ? `${each.kind} ${each.name}: ${timesApart(when, each.before, each.after).join(' → ')}`
          : `${each.name}: ${each.text} at ${when(each.at)}, differs from ${when(each.first)} on`,
    );
    if (stopped.after !== undefined) lines.push(`  ${style('red', 'stops')}: ${stopped.after}`);
  }
  section(
    'Requirements',
    done.behaviour.tests,
    ({ test, requirement, replaces, before, after }) =>
      `${test}: ${requirement}${replaces === undefined ? '' : `, in place of ${replaces.requirement}`}: ${outcome(before)} → ${outcome(after)}`,
  );
  const moved = done.behaviour.kpis.filter(({ differs }) => differs);
  section(
    'KPIs',
    moved,
    ({ kind, of, name, text }) => `${kind === 'margin' ? 'margin in ' : ''}${of}: ${name}: ${text}`,
  );
  const intervals = intervalsText(moved);
  if (intervals !== '') lines.push(style('dim', `  ${intervals}`));
  const titles = new Map(done.behaviour.scenarios.map(({ scenario, title }) => [scenario, title]));
  section('Why', done.causes, ({ changes, scenario, effects }) => {
    const those = changes.map((at) => placed(done.changes[at]!)).join(' with ');
    return `${those} alone ${changes.length > 1 ? 'move' : 'moves'}, in ${titles.get(scenario)}: ${some(effects, 4)}`;
  });
  section(
    'Not isolated',
    done.unexplained,
    ({ scenario, effects, why }) => `in ${titles.get(scenario)}: ${some(effects, 4)}: ${why}`,
  );
  if (done.findings.length > 0) lines.push('', style('bold', 'For others'));
  for (const { breaking: breaks, level, text } of done.findings.slice(0, SHOWN))
    lines.push(`  ${breaks ? style('red', 'breaks') : style('green', 'new')} ${level}: ${text}`);
  if (done.findings.length > SHOWN) lines.push(`  … and ${done.findings.length - SHOWN} more`);
  lines.push(...notes);
  return `${style('bold', done.verdict.text)}\n${lines.join('\n')}\n`;
}

function writeFinding(
  { breaking: breaks, level, text, fingerprint }: Review['findings'][number],
  terminal: Terminal,
): void {
  terminal.out(
    `${breaks ? terminal.style('red', 'breaks') : terminal.style('green', 'new')} ${level}: ${text} ${terminal.style('dim', fingerprint)}\n`,
  );
}

const outcome = (side: { holds: boolean; margin: string } | undefined): string =>
  side === undefined
    ? 'absent'
    : `${side.holds ? 'holds' : 'fails'}${side.margin === '' ? '' : ` by ${side.margin.replace(/^-/, '')}`}`;
/** Markdown's marks mean nothing on a terminal. */
const plain = (text: string): string =>
  text.replaceAll(/\\([\\`*_[\]<>|~])|`/g, '$1').replaceAll('\u200b', '');
