/**
 * A review → Markdown for a pull request. Forges cut comments at 65,536 characters; this one is never longer: sections are
 * written in the order of what matters, each into the room that is left, and say how much they left out.
 */
import { stopsNow } from './behaviour.ts';
import type { Behaviour, ScenarioDifference, SignalDifference } from './behaviour.ts';
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
/** Changes of the text that stand before what they mean; more of them unfold behind it. */
const MOST_SEEN = 8;
/** Signals that are seen without unfolding all. */
const MOST_MOVED = 5;

export interface MarkdownOptions {
  limit?: number;
  /** Where the pictures are, by scenario and signal; none: Mermaid charts instead. */
  pictureOf?: (scenario: string, signal: string) => string | undefined;
}

/** Text in a table's cell: no break, no bar, no mark that begins something, and nobody and nothing of the forge that it refers to. */
export const cell = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_[\]<>|~]/g, (mark) => `\\${mark}`)
    .replaceAll('@', '@\u200b')
    .replaceAll(/[#!&$%](?=["\d])/g, '$&\u200b')
    .trim();
/** As code, whatever marks it holds. */
export const code = (text: string): string => {
  const plain = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim();
  const fence = plain.includes('`') ? '``' : '`';
  return plain === '' ? '' : `${fence}${fence.length > 1 ? ` ${plain} ` : plain}${fence}`;
};
const short = (text: string, limit = 160): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;

/** No longer than `limit`, in UTF-16 code units as of `length`. What changed and what follows can be seen; the rest unfolds. */
export function markdown(review: Review, options: MarkdownOptions = {}): string {
  const limit = options.limit ?? COMMENT_LIMIT;
  const page = new Page(limit);
  const { verdict, findings, waived, changes, behaviour, problems } = review;
  const mark = verdict.breaking ? '🔴' : isSame(review) ? '⚪' : '🟢';
  page.add(`### ${mark} ${cell(verdict.text)}\n\n${code(review.base)} → ${code(review.head)}\n`);

  const seen = changes.length <= MOST_SEEN;
  if (seen) textTable(page, changes);
  page.table('What it means', ['', 'level', 'what follows', 'fingerprint'], findings, (finding) => [
    finding.breaking ? '**breaks**' : wordOf(finding),
    finding.level,
    cell(finding.text),
    code(finding.fingerprint),
  ]);
  if (problems.length > 0) page.add(`\n${problems.map((each) => `> ${cell(each)}\n`).join('')}`);
  const moved = behaviour.kpis.filter(({ differs }) => differs);
  page.table('KPIs', ['of', 'what', 'before → after (difference)', 'runs'], moved, (kpi) => [
    cell(`${kpi.kind === 'margin' ? 'margin in ' : ''}${kpi.of}`),
    code(short(kpi.name)),
    cell(kpi.text),
    String(kpi.runs),
  ]);
  const intervals = intervalsText(moved);
  if (intervals !== '') page.add(`\n<sub>${intervals}</sub>\n`);
  const differing = differingOf(behaviour);
  page.table(
    'What moves most',
    ['signal', 'scenario', 'from', 'most at', 'before → after'],
    mostMoved(differing).slice(0, MOST_MOVED),
    ({ scenario, signal, alike, elements, elsewhere }) => [
      `${code(signal.name)}${elements === 0 ? '' : ` and ${elements} more of them`}${alike.length === 0 ? '' : `, as ${some(alike.map(code), 2)}`}`,
      `${cell(scenario.title)}${elsewhere.length === 0 ? '' : ` and ${elsewhere.length} more`}`,
      momentsOf(scenario)(signal.first),
      momentsOf(scenario)(signal.at),
      cell(signal.text),
    ],
  );
  // One change needs no telling which of them it was.
  if (changes.length > 1) whyTable(page, review);
  page.unfolds('In each scenario: signals, alarms and rules, requirements', (inner) => {
    signalTables(inner, differing, options);
    testTable(inner, behaviour);
    if (changes.length === 1) whyTable(inner, review);
  });
  if (!seen) page.unfolds(`All ${changes.length} changes of the text`, (inner) => textTable(inner, changes));
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

/** What does not break is something new, or there before and otherwise. */
const wordOf = ({ rule }: Review['findings'][number]): string =>
  /-(added|new)$/.test(rule) || rule === 'requirement-tightened' ? 'new' : 'differs';

const differingOf = ({ scenarios }: Behaviour): ScenarioDifference[] =>
  scenarios
    .filter(
      ({ signals, events, stopped }) =>
        signals.length + events.length > 0 || stopped.after !== stopped.before,
    )
    .toSorted((a, b) => Number(b.events.length > 0) - Number(a.events.length > 0));

interface Moved {
  scenario: ScenarioDifference;
  signal: SignalDifference;
  /** Other signals that are the same, before and after: what is handed on from part to part. */
  alike: string[];
  /** How many more elements of the same array differ in the scenario. */
  elements: number;
  /** In which other scenarios it differs. */
  elsewhere: string[];
}

/** How far it moved: in orders of magnitude of its own size. */
function strideOf({ largest, tolerance, text }: SignalDifference): number {
  const isNumber = !Number.isNaN(Number.parseFloat(text));
  const share = isNumber ? Math.min(largest / tolerance, 1000) : 1000;
  return Math.round(Math.log10(share));
}

const depthOf = ({ name }: SignalDifference): number => name.split('.').length;

/** Each signal where it moved most, the farthest first, and of those the ones that lie least deep in parts. */
function mostMoved(differing: readonly ScenarioDifference[]): Moved[] {
  const byName = new Map<string, Moved>();
  const sorted = differing
    .filter((scenario) => !stopsNow(scenario))
    .flatMap((scenario) => scenario.signals.map((signal) => ({ scenario, signal })))
    .toSorted((a, b) => strideOf(b.signal) - strideOf(a.signal) || depthOf(a.signal) - depthOf(b.signal));
  const first = new Map<string, Moved>();
  for (const { scenario, signal } of sorted) {
    const name = signal.name.replaceAll(/\[[\d, ]+\]/g, '[]');
    const known = byName.get(name);
    if (known !== undefined) {
      if (known.scenario === scenario) known.elements += 1;
      else if (!known.elsewhere.includes(scenario.scenario)) known.elsewhere.push(scenario.scenario);
      continue;
    }
    const { before, after } = signal.picture;
    const course = JSON.stringify([scenario.scenario, signal.unit, before, after]);
    const same = first.get(course);
    const moved = { scenario, signal, alike: [], elements: 0, elsewhere: [] };
    byName.set(name, moved);
    if (same === undefined) first.set(course, moved);
    else same.alike.push(signal.name);
  }
  return [...first.values()];
}

function signalTables(
  page: Page,
  differing: readonly ScenarioDifference[],
  { pictureOf }: MarkdownOptions,
): void {
  const events = differing.flatMap((scenario) => scenario.events.map((event) => ({ scenario, event })));
  page.table('Alarms and rules', ['scenario', 'name', 'before', 'after'], events, ({ scenario, event }) => [
    cell(scenario.title),
    code(event.name),
    ...timesApart(momentsOf(scenario), event.before, event.after),
  ]);
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
  for (const { scenario, signal } of mostMoved(differing).slice(0, 4)) {
    const picture = pictureOf?.(scenario.scenario, signal.name);
    const title = `${scenario.title}: ${signal.name}${signal.unit === '' ? '' : ` [${signal.unit}]`}`;
    page.add(picture === undefined ? chart(signal, title) : `\n![${cell(title)}](${picture})\n`);
  }
}

const testTable = (page: Page, { tests }: Behaviour): void =>
  page.table(
    'Requirements',
    ['test', 'requirement', 'before', 'after'],
    tests,
    ({ test, requirement, replaces, before, after }) => [
      cell(test),
      `${code(short(requirement))}${replaces === undefined ? '' : `, in place of ${code(short(replaces.requirement))}`}`,
      outcome(before),
      outcome(after),
    ],
  );

function whyTable(page: Page, { causes, changes, unexplained, behaviour }: Review): void {
  const titles = new Map(behaviour.scenarios.map(({ scenario, title }) => [scenario, title]));
  page.table('Why', ['change', 'scenario', 'what it moves by itself'], causes, (cause) => [
    cause.changes.map((at) => code(placed(changes[at]!))).join(' with '),
    cell(titles.get(cause.scenario) ?? shortName(cause.scenario)),
    cell(some(cause.effects, 6)),
  ]);
  page.table(
    'Not isolated',
    ['scenario', 'what differs', 'why'],
    unexplained,
    ({ scenario, effects, why }) => [
      cell(titles.get(scenario) ?? shortName(scenario)),
      cell(some(effects, 6)),
      cell(why),
    ],
  );
}

const textTable = (page: Page, changes: readonly Change[]): void =>
  page.table('What the text says', ['', 'what', 'change'], changes, (change) => [
    change.kind,
    `${change.subject} ${code(placed(change))}`,
    described(change),
  ]);

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

  /** What is hidden until somebody asks for it; forges want an empty line before the Markdown within. */
  unfolds(summary: string, write: (inner: Page) => void): void {
    const [head, foot] = [`\n<details><summary>${summary}</summary>\n`, '\n</details>\n'];
    const inner = new Page(this.limit - this.parts.length - head.length - foot.length);
    write(inner);
    if (inner.text() !== '') this.add(`${head}${inner.text()}${foot}`);
  }

  text(): string {
    return this.parts;
  }
}
