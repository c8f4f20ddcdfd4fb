/** What CI does with a project, one step after the other, each with its reports as files and its outcome. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { html } from '../../review/html.ts';
import { markdown } from '../../review/markdown.ts';
import { isSame } from '../../review/review.ts';
import type { Review } from '../../review/review.ts';
import type { Part } from '../../forge/text.ts';
import { writeBroken } from '../broken-version.ts';
import { breakingReport, writePictures } from '../commands/diff.ts';
import { reviewOf, waiversText } from '../reviewed.ts';
import { percentText } from '../coverage/measure.ts';
import type { Share } from '../coverage/measure.ts';
import { writeReportFiles } from '../formats/files.ts';
import type { FormatOptions, ReportFile } from '../formats/names.ts';
import { render } from '../formats/report.ts';
import { git } from '../git.ts';
import { digestOfFile, filesIn } from '../recordings.ts';
import { checkedOut, folderOf, NothingThere, shortRevision } from '../revisions.ts';
import { remembered } from '../results-cache.ts';
import { present } from './base.ts';
import { systemSentence } from '../terminal/system-error.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

export interface CiPlan {
  path: string;
  /** The version before; absent: nothing is compared. */
  base?: string;
  /** What people call the two versions. */
  called: { base?: string; head?: string };
  /** It may be nowhere any more, which is no failure then. */
  mayBeGone?: boolean;
  /** Folder for reports. */
  out: string;
  format: 'github' | 'text';
  cache: boolean;
  coverageMin?: number;
  /** A bundle to build, and of what. */
  build?: string;
  root?: string;
  sign?: string;
}

export interface Step {
  name: string;
  code: ExitCode;
  /** One line. */
  summary: string;
  /** What is worth a comment. */
  part?: Part;
}

/** Characters of a comment that the report of a change may take. */
const CHANGE_LIMIT = 48_000;

export async function runSteps(plan: CiPlan, terminal: Terminal): Promise<Step[]> {
  mkdirSync(plan.out, { recursive: true });
  const steps: Step[] = [];
  const step = async (name: string, action: (own: Terminal) => Promise<Step>): Promise<void> => {
    try {
      steps.push(await action(terminal));
    } catch (error) {
      const why = error instanceof Refusal ? error.message : systemSentence(error);
      if (why === undefined) throw error;
      terminal.err(`pollux: ${why}\n`);
      const text = `### 🔴 pollux ${name} could not run\n\n${fenced(why)}`;
      steps.push({ name, code: Exit.failure, summary: why, part: { text } });
    }
  };
  const { path, cache, format } = plan;
  const options = (name: string): FormatOptions & { cache: boolean } => ({
    format,
    cache,
    report: reportsOf(plan, name),
  });

  await step('check', async (own) => {
    const asked = options('check');
    const code = await remembered('check', [path], asked, own, async (hearing, write) =>
      (await import('../commands/check.ts')).check([path], asked, hearing, write),
    );
    return found(plan, 'check', code);
  });
  await step('fmt', async (own) => {
    const { format: kind, report } = options('fmt');
    const { fmt } = await import('../commands/fmt.ts');
    return found(plan, 'fmt', await fmt([path], { check: true, format: kind, report }, own));
  });
  if (steps[0]?.code === Exit.fine) {
    await step('test', async (own) => {
      const asked = {
        ...options('test'),
        coverageReport: ['json', 'cobertura', 'lcov'] as ('json' | 'cobertura' | 'lcov')[],
        coverageOut: plan.out,
        ...(plan.coverageMin === undefined ? {} : { coverageMin: plan.coverageMin }),
      };
      try {
        const code = await remembered('test', [path], asked, own, async (hearing, write) =>
          (await import('../commands/test.ts')).test([path], asked, hearing, write),
        );
        return withCoverage(plan, found(plan, 'test', code));
      } catch (error) {
        if (error instanceof Refusal && error.message.startsWith('there is no test'))
          return { name: 'test', code: Exit.fine, summary: 'no tests' };
        throw error;
      }
    });
    if (plan.base !== undefined) await step('breaking', async (own) => changed(plan, plan.base!, own));
    if (plan.build !== undefined)
      await step('build', async (own) => {
        const { build } = await import('../commands/build.ts');
        const code = await build(
          path,
          {
            ...options('build'),
            out: plan.build!,
            ...(plan.root === undefined ? {} : { root: plan.root }),
            ...(plan.sign === undefined ? {} : { sign: plan.sign }),
          },
          own,
        );
        return found(plan, 'build', code);
      });
  }
  return steps;
}

const fenced = (text: string): string => `~~~text\n${text.replaceAll('~~~', '~ ~')}\n~~~\n`;

const fileOf = ({ out }: CiPlan, name: string, ending: string): string => join(out, `${name}.${ending}`);

const reportsOf = (plan: CiPlan, name: string): ReportFile[] => [
  { format: 'sarif', path: fileOf(plan, name, 'sarif') },
  { format: 'markdown', path: fileOf(plan, name, 'md') },
  { format: 'gitlab', path: fileOf(plan, name, 'codequality.json') },
  ...(name === 'test' ? [{ format: 'junit' as const, path: fileOf(plan, name, 'junit.xml') }] : []),
];

/** What a step's reports say. */
function found(plan: CiPlan, name: string, code: ExitCode): Step {
  const text = readFileSync(fileOf(plan, name, 'md'), 'utf8');
  const log = JSON.parse(readFileSync(fileOf(plan, name, 'sarif'), 'utf8')) as {
    runs: { results: unknown[] }[];
  };
  const isSaid = code !== Exit.fine || log.runs.some(({ results }) => results.length > 0);
  const said = /^### \S+ pollux \w+: (.*)$/m.exec(text)?.[1] ?? '';
  // Without the marks that Markdown needs.
  const summary = said.replaceAll(/\\([\\`*_[\]<>|~])/g, '$1').replaceAll('\u200b', '');
  return { name, code, summary, ...(isSaid ? { part: { text } } : {}) };
}

function withCoverage(plan: CiPlan, step: Step): Step {
  const file = join(plan.out, 'coverage.json');
  if (!existsSync(file)) return step;
  const { summary } = JSON.parse(readFileSync(file, 'utf8')) as { summary: { total: Share } };
  const share = percentText(summary.total);
  const isLow = plan.coverageMin !== undefined && step.code === Exit.findings && step.part === undefined;
  const low = `### 🔴 The tests reach ${share} of what they could; ${plan.coverageMin} % is asked for\n`;
  return {
    ...step,
    summary: `${step.summary}, ${share} reached`,
    ...(isLow ? { part: { text: low } } : {}),
  };
}

/** What is kept of a comparison beside its reports. */
interface Compared {
  summary: string;
  isSame: boolean;
}

/** What changed since the version before, run once for all of its reports, and not again for the same versions. */
async function changed(plan: CiPlan, base: string, terminal: Terminal): Promise<Step> {
  const name = 'breaking';
  const { path, cache, out, format } = plan;
  const folder = folderOf(path);
  if (!present(base, folder)) {
    const gone = `the commit before, ${shortRevision(base)}, is nowhere any more`;
    if (plan.mayBeGone !== true)
      throw new Refusal(`${gone}: name another one with the option or the input base`);
    return { name, code: Exit.fine, summary: `${gone}, so nothing is compared` };
  }
  const wish = {
    cache,
    out,
    format,
    base: git(['rev-parse', `${base}^{commit}`], folder).trim(),
    called: { base: shortRevision(base), head: checkedOut(folder), ...plan.called },
    // Waivers end on a day.
    today: new Date().toISOString().slice(0, 10),
    waivers: waiversText(folder),
    recordings: filesIn(folder).map((file) => [file.name, digestOfFile(file)]),
  };
  const code = await remembered('ci breaking', [path], wish, terminal, async (hearing, write) => {
    const keep = (compared: Compared): void => write(fileOf(plan, name, 'json'), JSON.stringify(compared));
    let review: Review | undefined;
    // Then it cannot be told that nothing changed.
    let readOtherwise = false;
    try {
      const reviewed = await reviewOf([base, path], { cache }, hearing, wish.called);
      if ('broken' in reviewed) writeBroken(reviewed.broken, hearing);
      else {
        review = reviewed.review;
        readOtherwise = reviewed.base.notes.length > 0;
      }
    } catch (error) {
      if (!(error instanceof NothingThere)) throw error;
      keep({ summary: 'the version before has no .twin file, so nothing is compared', isSame: true });
      return Exit.fine;
    }
    if (review === undefined) {
      keep({ summary: 'the version before has errors, so nothing is compared', isSame: true });
      return Exit.fine;
    }
    const report = breakingReport(review);
    await writeReportFiles(report, { report: reportsOf(plan, name) }, write);
    write(fileOf(plan, 'diff', 'html'), html(review));
    write(fileOf(plan, 'diff', 'json'), `${JSON.stringify(review, undefined, 2)}\n`);
    write(fileOf(plan, 'diff', 'md'), markdown(review, { limit: CHANGE_LIMIT }));
    writePictures(review, join(out, 'pictures'), write);
    keep({ summary: review.verdict.text, isSame: isSame(review) && !readOtherwise });
    hearing.out(format === 'text' ? `${review.verdict.text}\n` : await render(report, format));
    return review.verdict.breaking ? Exit.findings : Exit.fine;
  });
  const compared = JSON.parse(readFileSync(fileOf(plan, name, 'json'), 'utf8')) as Compared;
  const { summary, isSame: same } = compared;
  return {
    name,
    code,
    summary,
    ...(same ? {} : { part: { text: readFileSync(fileOf(plan, 'diff', 'md'), 'utf8') } }),
  };
}

/** The worst of them: what could not run, then findings, then what had no time. */
export function codeOf(steps: readonly Step[]): ExitCode {
  const codes = steps.map(({ code }) => code);
  for (const code of [Exit.failure, Exit.findings, Exit.budget] as const)
    if (codes.includes(code)) return code;
  return Exit.fine;
}
