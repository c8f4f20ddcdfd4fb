/** A review → one HTML page that needs nothing else: no network, no script. */
import { timeText } from '../runtime/trouble.ts';
import { momentsOf, timesApart } from './moment.ts';
import type { ScenarioDifference } from './behaviour.ts';
import { STYLE } from './html-style.ts';
import { intervalsText } from './kpis.ts';
import type { Kpi } from './kpis.ts';
import { escapeXml as text, eventStrip, intervals, svg } from './picture.ts';
import { count, some } from './names.ts';
import { isSame, runsText } from './review.ts';
import type { Review } from './review.ts';
import { apart } from './structure.ts';
import type { Change } from './structure.ts';

const PICTURES = 60;

/** The whole page; of each scenario so many signals are drawn as `PICTURES` says, and how many more there are. */
export function html(review: Review): string {
  const { verdict, findings, waived, behaviour, problems } = review;
  const state = verdict.breaking ? 'breaks' : isSame(review) ? 'same' : 'fits';
  const word = { breaks: 'Breaking', same: 'Same', fits: 'Compatible' }[state];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${text(review.base)} → ${text(review.head)}: Pollux review</title>
<style>${STYLE}</style>
</head>
<body>
<header class="${state}">
<p class="versions">${code(review.base)} → ${code(review.head)}</p>
<h1><span class="pill">${word}</span>${text(verdict.text)}</h1>
${state === 'same' ? '' : facts(review)}
</header>
${problems.map((each) => `<p class="notes">${text(each)}</p>`).join('\n')}
${section(
  'findings',
  'What it means for others',
  '',
  findings.length === 0
    ? ''
    : `<ul class="findings">${findings
        .map(
          (each) =>
            `<li class="${each.breaking ? 'breaks' : 'fits'}"><b>${each.breaking ? 'breaks' : 'new'}</b><i class="soft">${each.level}</i><span>${text(each.text)}</span><code title="for a waiver">${each.fingerprint}</code></li>`,
        )
        .join('')}</ul>`,
)}
${section(
  'requirements',
  'Requirements',
  '',
  table(
    ['test', 'requirement', 'before', 'after'],
    behaviour.tests.map((each) => [
      text(each.test),
      `${code(each.requirement)}${each.replaces === undefined ? '' : `, in place of ${code(each.replaces.requirement)}`}`,
      outcome(each.before),
      outcome(each.after),
    ]),
  ),
)}
${section('kpis', 'KPIs', intervalsText(behaviour.kpis), kpis(behaviour.kpis))}
${behaviour.scenarios
  .filter(
    ({ signals, events, stopped }) => signals.length + events.length > 0 || stopped.after !== stopped.before,
  )
  .toSorted((a, b) => Number(b.events.length > 0) - Number(a.events.length > 0))
  .map((each, n) => scenario(each, n, review))
  .join('\n')}
${notIsolated(review)}
${section(
  'changes',
  'What the text says',
  '',
  review.changes.map((each, at) => change(each, at, review)).join(''),
)}
${section(
  'waived',
  'Waived',
  '',
  table(
    ['level', 'what follows', 'reason', 'until'],
    waived.map(({ finding, waiver }) => [
      finding.level,
      text(finding.text),
      text(waiver.reason),
      waiver.expires,
    ]),
  ),
)}
<footer>${behaviour.scenarios.length === 0 ? 'Nothing was run.' : `${runsText(behaviour.scenarios)} in both versions, with the same random numbers; ${sameRuns(behaviour.scenarios)} without a difference.`}</footer>
</body>
</html>
`;
}

const code = (each: string): string => `<code>${text(each)}</code>`;
const section = (id: string, title: string, note: string, content: string): string =>
  content === ''
    ? ''
    : `<section id="${id}"><h2>${text(title)}${note === '' ? '' : `<small>${text(note)}</small>`}</h2>${content}</section>`;

function table(columns: readonly string[], rows: readonly (readonly string[])[], kind = ''): string {
  if (rows.length === 0) return '';
  const head = columns.map((each) => `<th scope="col">${text(each)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((each) => `<td>${each}</td>`).join('')}</tr>`).join('');
  return `<div class="scroll"><table class="${kind}"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** The numbers that one looks for first, each leading to where it is told. */
function facts({ findings, changes, behaviour, verdict }: Review): string {
  const broken = findings.filter(({ breaking }) => breaking).length;
  const { scenarios, tests } = behaviour;
  const failing = tests.filter(
    ({ before, after }) => before?.holds === true && after?.holds === false,
  ).length;
  const moved = behaviour.kpis.filter(({ differs }) => differs).length;
  const tile = (value: string | number, label: string, to: string, bad = false): string =>
    `<li${bad ? ' class="bad"' : ''}>${to === '' ? '<div>' : `<a href="#${to}">`}<b>${value}</b><span>${label}</span>${to === '' ? '</div>' : '</a>'}</li>`;
  return `<ul class="facts">${[
    tile(verdict.bump, 'version that this calls for', '', verdict.breaking),
    tile(
      broken,
      broken === 1 ? 'finding breaks something' : 'findings break something',
      findings.length > 0 ? 'findings' : '',
      broken > 0,
    ),
    ...(tests.length === 0 ? [] : [tile(failing, 'requirements fail anew', 'requirements', failing > 0)]),
    ...(scenarios.length === 0
      ? []
      : [
          tile(
            `${scenarios.length - sameRuns(scenarios)} of ${scenarios.length}`,
            'runs differ',
            sameRuns(scenarios) === scenarios.length ? '' : 'run-0',
          ),
        ]),
    ...(behaviour.kpis.length === 0
      ? []
      : [tile(`${moved} of ${behaviour.kpis.length}`, 'KPIs moved', 'kpis')]),
    tile(
      changes.length,
      `change${changes.length === 1 ? '' : 's'} of the text`,
      changes.length > 0 ? 'changes' : '',
    ),
  ].join('')}</ul>`;
}

const sameRuns = (scenarios: readonly ScenarioDifference[]): number =>
  scenarios.filter(
    ({ signals, events, stopped }) =>
      signals.length + events.length === 0 && stopped.after === stopped.before,
  ).length;

const outcome = (side: { holds: boolean; margin: string } | undefined): string =>
  side === undefined
    ? '<span class="soft">absent</span>'
    : `<span class="${side.holds ? 'holds' : 'fails'}">${side.holds ? 'holds' : 'fails'}</span>${side.margin === '' ? '' : ` by ${text(side.margin.replace(/^-/, ''))}`}`;

/** Those that moved; the others behind a click. */
function kpis(all: readonly Kpi[]): string {
  const rows = (some_: readonly Kpi[]): string =>
    table(
      ['', 'what', 'before and after', '', 'runs'],
      some_.map((kpi) => [
        `<span class="soft">${kpi.kind === 'margin' ? 'margin in ' : ''}${text(kpi.of)}</span>`,
        code(kpi.name),
        text(kpi.text),
        intervals(kpi),
        String(kpi.runs),
      ]),
    );
  const [moved, still] = [all.filter(({ differs }) => differs), all.filter(({ differs }) => !differs)];
  if (all.length === 0) return '';
  return `${moved.length === 0 ? '<p>None moved by more than may be chance.</p>' : rows(moved)}${
    still.length === 0
      ? ''
      : `<details${moved.length === 0 ? ' open' : ''}><summary>${still.length} did not move by more than may be chance</summary>${rows(still)}</details>`
  }`;
}

function scenario(difference: ScenarioDifference, at: number, { causes, changes }: Review): string {
  const { title, driver, signals, events, stopped, duration } = difference;
  const whole = Math.max(duration.before, duration.after);
  const when = momentsOf(difference);
  const first = Math.min(...signals.map((signal) => signal.first), Infinity);
  const why = causes
    .filter((cause) => cause.scenario === difference.scenario)
    .map(
      (cause) =>
        `${cause.changes.map((each) => `<a href="#change-${each}">${text(changes[each]!.path)}</a>`).join(' with ')} ${cause.changes.length > 1 ? 'move' : 'moves'} ${some(cause.effects.map(code), 5)}`,
    );
  const happened = table(
    ['alarms and rules', 'before', 'after', ''],
    events.map((each) => [
      code(each.name),
      ...timesApart(when, each.before, each.after),
      eventStrip(each, whole, `${each.name}, before above and after below`),
    ]),
    'happened',
  );
  const pictures = signals
    .slice(0, PICTURES)
    .map(
      (signal) =>
        `<figure>${svg(signal, `${signal.name}${signal.unit === '' ? '' : ` [${signal.unit}]`}`, { alone: false })}<figcaption>${text(signal.text)} at ${when(signal.at)}, where it differs most; from ${when(signal.first)} on</figcaption></figure>`,
    );
  return section(
    `run-${at}`,
    driver === 'scenario' ? `Scenario ${title}` : `R${title.slice(1)}`,
    `${timeText(whole)}${Number.isFinite(first) ? `; differs from ${when(first)} on, in ${count(signals.length, 'signal')} of ${difference.compared}` : ''}`,
    `${stopped.after === undefined ? '' : `<p class="fails">It stops now: ${text(stopped.after)}</p>`}${
      why.length === 0
        ? ''
        : `<p class="why"><b>Why.</b> Made alone to the version before, ${why.join('; ')}.</p>`
    }${happened}${pictures.length === 0 ? '' : `<h3>Signals</h3><div class="pictures">${pictures.join('\n')}</div>`}${
      signals.length > PICTURES ? `<p class="soft">… and ${signals.length - PICTURES} more signals.</p>` : ''
    }`,
  );
}

function notIsolated({ unexplained, behaviour }: Review): string {
  const titles = new Map(behaviour.scenarios.map(({ scenario: name, title }) => [name, title]));
  return section(
    'unexplained',
    'Not isolated',
    '',
    table(
      ['run', 'what differs', 'why no change is named'],
      unexplained.map(({ scenario: name, effects, why }) => [
        text(titles.get(name) ?? name),
        text(some(effects, 6)),
        text(why),
      ]),
    ),
  );
}

function change(
  { kind, subject, path, before, oldText, newText, newSource, oldSource }: Change,
  at: number,
  { causes, behaviour }: Review,
): string {
  const place = newSource ?? oldSource;
  const where = place === undefined ? '' : `${place.uri.slice(place.uri.lastIndexOf('/') + 1)}:${place.line}`;
  const titles = new Map(behaviour.scenarios.map(({ scenario: name, title }) => [name, title]));
  const moves = [
    ...new Set(
      causes.filter(({ changes }) => changes.includes(at)).map((each) => titles.get(each.scenario) ?? ''),
    ),
  ];
  const [old, now] =
    oldText === undefined || newText === undefined ? [oldText, newText] : apart(oldText, newText);
  return `<div class="change" id="change-${at}"><p><span class="soft">${text(where)}</span><b>${kind}</b> ${text(subject)} ${code(path)}${before === undefined ? '' : `, was ${code(before)}`}${moves.length === 0 ? '' : `; moves ${text(moves.join(', '))}`}</p>${
    kind === 'renamed'
      ? ''
      : `${old === undefined ? '' : `<del>${text(old)}</del>`}${now === undefined ? '' : `<ins>${text(now)}</ins>`}`
  }</div>`;
}
