/**
 * A review → Markdown for a pull request. Forges cut comments at 65,536 characters; this one is never longer: sections are
 * written in the order of what matters, each into the room that is left, and say how much they left out.
 */
import type { SignalDifference } from './behaviour.ts';
import { momentsOf, timesApart } from './moment.ts';

import { placed, shortName, some } from './names.ts';
import { intervalsText } from './kpis.ts';
import { isSame, runsText } from './review.ts';
import type { Review } from './review.ts';
import { apart } from './structure.ts';
import type { Change } from './structure.ts';

export const COMMENT_LIMIT = 65_536;
/** Rows of a table: more of them nobody reads in a comment. */
const MOST_ROWS = 30;

export interface MarkdownOptions {
  limit?: number;
  /** Where the pictures are, by scenario and signal; none: Mermaid charts instead. */
  pictureOf?: (scenario: string, signal: string) => string | undefined;
}

/** Text in a table's cell: no break, no bar, no mark that begins something. */
export const cell = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_[\]<>|~]/g, (mark) => `\\${mark}`)
    .replaceAll('@', '@\u200b')
    .trim();
/** As code, whatever marks it holds. */
export const code = (text: string): string => {
  const plain = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim();
  const fence = plain.includes('`') ? '``' : '`';
  return plain === '' ? '' : `${fence}${fence.length > 1 ? ` ${plain} ` : plain}${fence}`;
};
const short = (text: string, limit = 160): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;

/** No longer than `limit`, in UTF-16 code units as of `length`. */
export function markdown(review: Review, options: MarkdownOptions = {}): string {
  const limit = options.limit ?? COMMENT_LIMIT;
  const page = new Page(limit);
  const { verdict, findings, waived, changes, behaviour, causes, problems } = review;
  const mark = verdict.breaking ? '🔴' : isSame(review) ? '⚪' : '🟢';
  page.add(`### ${mark} ${cell(verdict.text)}\n\n${code(review.base)} → ${code(review.head)}\n`);

  page.table(
    'What it means',
    ['', 'level', 'what follows', 'fingerprint'],
    findings,
    ({ breaking, level, text, fingerprint }) => [
      breaking ? '**breaks**' : 'new',
      level,
      cell(text),
      code(fingerprint),
    ],
  );
  if (problems.length > 0) page.add(`\n${problems.map((each) => `> ${cell(each)}\n`).join('')}`);

  const titles = new Map(behaviour.scenarios.map(({ scenario, title }) => [scenario, title]));
  const differing = behaviour.scenarios
    .filter(
      ({ signals, events, stopped }) =>
        signals.length + events.length > 0 || stopped.after !== stopped.before,
    )
    .toSorted((a, b) => Number(b.events.length > 0) - Number(a.events.length > 0));
  const signals = differing.flatMap((scenario) => scenario.signals.map((signal) => ({ scenario, signal })));
  page.table(
    'Signals outside of tolerance',
    ['scenario', 'signal', 'from', 'most at', 'before → after'],
    signals,
    ({ scenario, signal }) => [
      cell(scenario.title),
      code(signal.name),
      momentsOf(scenario)(signal.first),
      momentsOf(scenario)(signal.at),
      cell(signal.text),
    ],
  );
  const events = differing.flatMap((scenario) => scenario.events.map((event) => ({ scenario, event })));
  page.table('Alarms and rules', ['scenario', 'name', 'before', 'after'], events, ({ scenario, event }) => [
    cell(scenario.title),
    code(event.name),
    ...timesApart(momentsOf(scenario), event.before, event.after),
  ]);
  page.table(
    'Requirements',
    ['test', 'requirement', 'before', 'after'],
    behaviour.tests,
    ({ test, requirement, replaces, before, after }) => [
      cell(test),
      `${code(short(requirement))}${replaces === undefined ? '' : `, in place of ${code(short(replaces.requirement))}`}`,
      outcome(before),
      outcome(after),
    ],
  );
  const moved = behaviour.kpis.filter(({ differs }) => differs);
  page.table('KPIs', ['of', 'what', 'before → after (difference)', 'runs'], moved, (kpi) => [
    cell(`${kpi.kind === 'margin' ? 'margin in ' : ''}${kpi.of}`),
    code(short(kpi.name)),
    cell(kpi.text),
    String(kpi.runs),
  ]);
  if (moved.some(({ runs }) => runs > 1)) page.add(`\n<sub>${intervalsText(moved)}</sub>\n`);
  page.table('Why', ['change', 'scenario', 'what it moves by itself'], causes, (cause) => [
    cause.changes.map((at) => code(placed(changes[at]!))).join(' with '),
    cell(titles.get(cause.scenario) ?? shortName(cause.scenario)),
    cell(some(cause.effects, 6)),
  ]);
  page.table(
    'Not isolated',
    ['scenario', 'what differs', 'why'],
    review.unexplained,
    ({ scenario, effects, why }) => [
      cell(titles.get(scenario) ?? shortName(scenario)),
      cell(some(effects, 6)),
      cell(why),
    ],
  );
  for (const { scenario, signal } of signals.slice(0, 4)) {
    const picture = options.pictureOf?.(scenario.scenario, signal.name);
    const title = `${scenario.title}: ${signal.name}${signal.unit === '' ? '' : ` [${signal.unit}]`}`;
    page.add(picture === undefined ? chart(signal, title) : `\n![${cell(title)}](${picture})\n`);
  }
  page.table('What the text says', ['', 'what', 'change'], changes, (change) => [
    change.kind,
    `${change.subject} ${code(change.path)}`,
    described(change),
  ]);
  page.table('Waived', ['level', 'what follows', 'reason', 'until'], waived, ({ finding, waiver }) => [
    finding.level,
    cell(finding.text),
    cell(waiver.reason),
    waiver.expires,
  ]);
  const same = behaviour.scenarios.length - differing.length;
  if (behaviour.scenarios.length > 0 && !isSame(review))
    page.add(
      `\n<sub>${runsText(behaviour.scenarios)} run in both versions, ${same} without a difference.</sub>\n`,
    );
  return page.text();
}

export function described(change: Change): string {
  const { kind, text, before, oldText, newText } = change;
  if (kind === 'renamed') return `was ${code(before ?? '')}`;
  const [old, now] = apart(oldText ?? '', newText ?? '');
  if (kind === 'changed' && text !== `${old} → ${now}`) return cell(text);
  if (kind === 'changed') return `${code(short(old))} → ${code(short(now))}`;
  return code(short(text));
}

const outcome = (side: { holds: boolean; margin: string } | undefined): string =>
  side === undefined
    ? 'absent'
    : `${side.holds ? 'holds' : '**fails**'}${side.margin === '' ? '' : ` by ${cell(side.margin.replace(/^-/, ''))}`}`;

/** Drawn by the forge itself. */
function chart({ picture }: SignalDifference, title: string): string {
  const step = Math.ceil(picture.times.length / 40);
  const points = (all: readonly number[]): string =>
    all.filter((value, n) => n % step === 0 && Number.isFinite(value)).join(', ');
  const finite = picture.before.every(Number.isFinite) && picture.after.every(Number.isFinite);
  if (!finite) return '';
  const end = picture.times.at(-1)!;
  return `\n\`\`\`mermaid\nxychart-beta\n  title "${title.replaceAll(/["\n]/g, "'")}"\n  x-axis "time [s]" ${picture.times[0]} --> ${end}\n  line [${points(picture.before)}]\n  line [${points(picture.after)}]\n\`\`\`\n`;
}

/** Text of bounded length. */
class Page {
  private parts = '';
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** A piece that is there as a whole or not at all. */
  add(text: string): boolean {
    if (this.parts.length + text.length > this.limit) return false;
    this.parts += text;
    return true;
  }

  table<Row>(
    title: string,
    columns: readonly string[],
    rows: readonly Row[],
    cells: (row: Row) => readonly string[],
  ): void {
    if (rows.length === 0) return;
    const head = `\n#### ${title}\n\n| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}\n`;
    const more = (left: number): string => `\n… and ${left} more: see the full report.\n`;
    const room = more(rows.length).length;
    let text = head;
    let written = 0;
    for (const row of rows.slice(0, MOST_ROWS)) {
      const line = `| ${cells(row).join(' | ')} |\n`;
      if (this.parts.length + text.length + line.length + room > this.limit) break;
      text += line;
      written += 1;
    }
    if (written === 0) text = head.slice(0, head.indexOf('\n\n|') + 1);
    if (written < rows.length) text += more(rows.length - written);
    this.add(text);
  }

  text(): string {
    return this.parts;
  }
}
