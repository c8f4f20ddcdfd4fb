/** A review → one HTML page that needs nothing else: no network, no script. */
import { timeText } from '../runtime/trouble.ts';
import { escapeXml as text, svg } from './picture.ts';
import { count, shortName } from './names.ts';
import { isSame } from './review.ts';
import type { Review } from './review.ts';

const PICTURES = 60;

export function html(review: Review): string {
  const { verdict, findings, waived, changes, behaviour, causes, problems } = review;
  const table = (title: string, columns: readonly string[], rows: readonly (readonly string[])[]): string =>
    rows.length === 0
      ? ''
      : `<section><h2>${text(title)}</h2><table><thead><tr>${columns.map((each) => `<th scope="col">${text(each)}</th>`).join('')}</tr></thead><tbody>${rows
          .map((row) => `<tr>${row.map((each) => `<td>${each}</td>`).join('')}</tr>`)
          .join('')}</tbody></table></section>`;
  const code = (each: string): string => `<code>${text(each)}</code>`;
  const moments = (times: readonly number[]): string =>
    times.length === 0
      ? 'never'
      : `${timeText(times[0]!)}${times.length > 1 ? `, ${times.length} times` : ''}`;
  const outcome = (side: { holds: boolean; margin: string } | undefined): string =>
    side === undefined
      ? 'absent'
      : `<span class="${side.holds ? 'holds' : 'fails'}">${side.holds ? 'holds' : 'fails'}</span>${side.margin === '' ? '' : ` by ${text(side.margin.replace(/^-/, ''))}`}`;
  const scenarios = behaviour.scenarios.filter(({ signals, events }) => signals.length + events.length > 0);
  const causesOf = (scenario: string): string => {
    const here = causes.filter((cause) => cause.scenario === scenario);
    return here.length === 0
      ? ''
      : `<p class="why">By itself, ${here
          .map(
            ({ changes: those, effects }) =>
              `${those.map((at) => code(changes[at]!.path)).join(' with ')} moves ${count(effects.length, 'signal')}`,
          )
          .join('; ')}.</p>`;
  };
  const state = verdict.breaking ? 'breaks' : isSame(review) ? 'same' : 'fits';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${text(review.base)} → ${text(review.head)}: Pollux review</title>
<style>
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --ground: #ffffff; --raised: #f6f8fa; --bad: #b3261e; --good: #1a7f37 }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f6fc; --soft: #9198a1; --line: #3d444d; --ground: #0d1117; --raised: #151b23; --bad: #ff8182; --good: #3fb950 } }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; color: var(--ink); background: var(--ground); font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0.25rem 0 1.5rem } h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem } h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem }
.versions { color: var(--soft) } .breaks, .fails { color: var(--bad); font-weight: 600 } .holds, .fits { color: var(--good) } .why { color: var(--soft) }
section { overflow-x: auto } table { border-collapse: collapse; width: 100% } th { text-align: left; color: var(--soft); font-weight: 500 }
th, td { padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
code { font: 0.9em ui-monospace, monospace; background: var(--raised); padding: 0.1em 0.3em; border-radius: 4px; overflow-wrap: anywhere }
td:last-child code { overflow-wrap: normal }
del { color: var(--bad) } ins { color: var(--good); text-decoration: none } figure { margin: 1rem 0 } svg { max-width: 100%; height: auto }
</style>
</head>
<body>
<p class="versions">${code(review.base)} → ${code(review.head)}</p>
<h1 class="${state}">${text(verdict.text)}</h1>
${problems.map((each) => `<p class="fails">${text(each)}</p>`).join('\n')}
${table(
  'What it means',
  ['', 'level', 'what follows', 'fingerprint'],
  findings.map((each) => [
    each.breaking ? '<span class="breaks">breaks</span>' : 'new',
    each.level,
    text(each.text),
    code(each.fingerprint),
  ]),
)}
${table(
  'Requirements',
  ['test', 'requirement', 'before', 'after'],
  behaviour.tests.map((each) => [
    text(each.test),
    code(each.requirement),
    outcome(each.before),
    outcome(each.after),
  ]),
)}
${scenarios
  .map(
    ({
      scenario,
      signals,
      events,
    }) => `<section><h2>Scenario ${text(shortName(scenario))}</h2>${causesOf(scenario)}
${table(
  'Alarms and rules',
  ['name', 'before', 'after'],
  events.map((each) => [code(each.name), moments(each.before), moments(each.after)]),
)}
${signals
  .slice(0, PICTURES)
  .map(
    (signal) =>
      `<figure>${svg(signal, `${signal.name}${signal.unit === '' ? '' : ` [${signal.unit}]`}`)}<figcaption>Differs from ${timeText(signal.first)} on, most at ${timeText(signal.at)}: ${text(signal.text)}</figcaption></figure>`,
  )
  .join('\n')}
${signals.length > PICTURES ? `<p>… and ${signals.length - PICTURES} more signals.</p>` : ''}</section>`,
  )
  .join('\n')}
${table(
  'What the text says',
  ['', 'what', 'before', 'after'],
  changes.map(({ kind, subject, path, before, oldText, newText }) => [
    kind,
    `${subject} ${code(path)}${before === undefined ? '' : `, was ${code(before)}`}`,
    oldText === undefined ? '' : `<del>${code(oldText)}</del>`,
    newText === undefined ? '' : `<ins>${code(newText)}</ins>`,
  ]),
)}
${table(
  'Waived',
  ['level', 'what follows', 'reason', 'until'],
  waived.map(({ finding, waiver }) => [
    finding.level,
    text(finding.text),
    text(waiver.reason),
    waiver.expires,
  ]),
)}
<p class="versions">${count(behaviour.scenarios.length, 'scenario')} run in both versions, ${behaviour.scenarios.length - scenarios.length} without a difference.</p>
</body>
</html>
`;
}
