/** What changed → what it means to those who depend on it, and what the next version has to be called. */
import { hashBytes } from '../runtime/snapshot.ts';
import { firstApart, momentsOf, ordinal } from './moment.ts';
import { count, shortName, some } from './names.ts';
import { stopsNow } from './behaviour.ts';
import type { Behaviour, ScenarioDifference } from './behaviour.ts';
import type { Effect } from './interface.ts';
import type { TestDifference } from './requirements.ts';
import type { Change } from './structure.ts';

export interface Finding extends Effect {
  /** Stays the same as long as the finding is the same: what a waiver names. */
  fingerprint: string;
}

export type Bump = 'major' | 'minor' | 'patch' | 'none';

/** @param titleOf what scenarios that are gone are called */
export function behaviourEffects(
  { scenarios, tests, gone }: Behaviour,
  titleOf: (scenario: string) => string,
): Effect[] {
  const effects: Effect[] = [];
  const grouped = new Map<string, TestDifference[]>();
  for (const each of tests) {
    if (each.whole !== true) continue;
    const key = `${each.root}\n${each.scenario}\n${each.test}`;
    grouped.set(key, [...(grouped.get(key) ?? []), each]);
  }
  const stopping = new Set(scenarios.filter(stopsNow).map(({ scenario }) => scenario));
  const wholes = [...grouped.values()].filter((all) => all.length > 1);
  for (const all of wholes) effects.push(wholeTest(all));
  for (const each of tests) {
    if (wholes.some((all) => all.includes(each))) continue;
    if (stopping.has(each.scenario) && each.before?.holds === true && each.after?.holds === false) continue;
    const { root, test, requirement: written, replaces, before, after } = each;
    const requirement = bare(written);
    const subject = `${root}: ${test}: ${requirement}`;
    const add = (breaking: boolean, rule: string, text: string, rank?: number): void =>
      void effects.push({
        level: 'behaviour',
        breaking,
        rule,
        subject,
        text,
        ...(rank === undefined ? {} : { rank }),
      });
    if (after === undefined)
      add(
        true,
        'requirement-removed',
        `"${test}" no longer requires ${requirement}: a promise is withdrawn.`,
      );
    else if (before === undefined)
      add(
        !after.holds,
        'requirement-added',
        `"${test}" requires ${requirement}${after.holds ? '' : ', which does not hold'}.`,
      );
    else if (replaces !== undefined) {
      const [was, kept] = [bare(replaces.requirement), after.holds ? '' : ', which does not hold'];
      const said = `"${test}" requires ${requirement}, and required ${was}`;
      if (replaces.strength === 'stronger')
        add(
          before.holds && !after.holds,
          'requirement-tightened',
          `${said}: a promise made stronger${kept}.`,
        );
      else if (replaces.strength === 'weaker')
        add(true, 'requirement-weakened', `${said}: a promise made weaker${kept}.`);
      else
        add(
          true,
          'requirement-replaced',
          `${said}: another promise, from which the one before is not known to follow${kept}.`,
        );
    } else if (before.holds && !after.holds)
      add(
        true,
        'requirement-fails',
        `"${test}": ${requirement} held${by(before.margin)} and fails${by(after.margin)}.`,
      );
    else if (!before.holds && after.holds)
      add(false, 'requirement-holds', `"${test}": ${requirement} failed and holds${by(after.margin)}.`);
    else
      add(
        false,
        'requirement-margin',
        after.holds
          ? `"${test}": ${requirement} held by ${before.margin} and holds by ${after.margin}.`
          : `"${test}": ${requirement} failed${by(before.margin)} and still fails${by(after.margin)}.`,
        shareLeft(before.value, after.value),
      );
  }
  for (const each of scenarios) {
    const { root, scenario, title, driver, events, duration } = each;
    const when = momentsOf({ duration });
    // What another package calls the same makes no other finding of one that is waived.
    const said = (text: (title: string) => string): Pick<Effect, 'text' | 'known'> =>
      driver === 'recording' || title === shortName(scenario)
        ? { text: text(title) }
        : { text: text(title), known: text(shortName(scenario)) };
    for (const { kind, name, before, after } of events) {
      if (kind !== 'alarm' || stopsNow(each)) continue;
      const subject = `${root}: ${scenario}: ${name}`;
      const add = (breaking: boolean, rule: string, text: (title: string) => string): void =>
        void effects.push({ level: 'behaviour', breaking, rule, subject, ...said(text) });
      if (before.length === 0)
        add(
          true,
          'alarm-gained',
          (called) => `In ${called}, alarm ${name} is raised at ${when(after[0]!)}; it was not before.`,
        );
      else if (after.length === 0)
        add(
          true,
          'alarm-lost',
          (called) => `In ${called}, alarm ${name} is no longer raised; it was at ${when(before[0]!)}.`,
        );
      else {
        const at = firstApart(when, before, after);
        add(
          false,
          'alarm-moved',
          (called) =>
            `In ${called}, alarm ${name} is raised ${times(when, after, at)}; before ${times(when, before, at)}.`,
        );
      }
    }
  }
  effects.push(...stops(scenarios));
  for (const name of gone)
    effects.push({
      level: 'behaviour',
      breaking: false,
      rule: 'scenario-removed',
      subject: name,
      text: `Scenario ${titleOf(name)} is gone.`,
    });
  return effects;
}

/** What stops several runs for the same reason is one finding, which names them all. */
function stops(scenarios: readonly ScenarioDifference[]): Effect[] {
  const byReason = new Map<string, ScenarioDifference[]>();
  for (const each of scenarios.filter(stopsNow)) {
    const reason = each.stopped.after!.replaceAll(STOPPED_AT, 't');
    byReason.set(reason, [...(byReason.get(reason) ?? []), each]);
  }
  return [...byReason.values()].map((those) => {
    const messages = those.map(({ stopped }) => stopped.after!);
    const text = (titles: readonly string[]): string => {
      const stop = `${and(titles)} stop${titles.length === 1 ? 's' : ''}`;
      return messages.every((message) => message === messages[0])
        ? `${stop}: ${messages[0]}`
        : `${stop}, each at its own time. In ${titles[0]}: ${messages[0]}`;
    };
    const titles = those.map(({ title }) => title);
    const known = those.map(({ driver, title, scenario }) =>
      driver === 'recording' ? title : shortName(scenario),
    );
    return {
      level: 'behaviour',
      breaking: true,
      rule: 'run-stops',
      subject: those.map(({ root, scenario }) => `${root}: ${scenario}`).join(', '),
      text: text(titles),
      ...(text(known) === text(titles) ? {} : { known: text(known) }),
    };
  });
}

/** `t = 5 s`, `t = 1 h 2 min`, as messages of runs say it. */
const STOPPED_AT = /\bt = -?[\d.e+-]+ [a-zµ]+(?: [\d.e+-]+ [a-zµ]+)*/g;

/** `a`, `a and b`, `a, b and c` */
const and = (names: readonly string[]): string =>
  names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Without the word that it begins with. */
export const bare = (requirement: string): string => requirement.replace(/^(require|expect) /, '');

/** A test that is gone or new with all that it requires. */
function wholeTest(all: readonly TestDifference[]): Effect {
  const [{ root, test, after }] = all as readonly [TestDifference];
  const subject = `${root}: ${test}`;
  const promises = count(all.length, 'requirement');
  if (after === undefined)
    return {
      level: 'behaviour',
      breaking: true,
      rule: 'test-removed',
      subject,
      text: `Test "${test}" is gone, and with it ${promises}: promises are withdrawn.`,
    };
  const failing = all.filter((each) => each.after?.holds === false);
  const said =
    failing.length === 0
      ? ''
      : failing.length === all.length
        ? ', none of which holds'
        : `, of which these do not hold: ${some(
            failing.map(({ requirement }) => bare(requirement)),
            4,
          )}`;
  return {
    level: 'behaviour',
    breaking: failing.length > 0,
    rule: 'test-added',
    subject,
    text: `Test "${test}" is new, with ${promises}${said}.`,
  };
}

const by = (margin: string): string => (margin === '' ? '' : ` by ${margin.replace(/^-/, '')}`);
/** `at 5 s`, `3 times, first at 5 s`, `3 times, the 2nd at 8 s`, `once`. `at`: which of them is told. */
const times = (when: (seconds: number) => string, all: readonly number[], at: number): string => {
  const often = all.length === 1 ? 'once' : `${all.length} times`;
  if (at >= all.length) return often;
  if (at > 0) return `${often}, the ${ordinal(at + 1)} at ${when(all[at]!)}`;
  return all.length === 1 ? `at ${when(all[0]!)}` : `${often}, first at ${when(all[0]!)}`;
};

/** Of a margin, how much of it is left: what is left with least is the gravest. */
const shareLeft = (before: number | null, after: number | null): number =>
  before === null || after === null || before === 0 ? 1 : after / Math.abs(before);

/** What a reviewer has to know first, whatever else there is. */
const FIRST = ['run-stops', 'requirement-fails', 'alarm-lost', 'alarm-gained'];

/** Most severe first, then by level, then by how grave it is; the same order each time. */
export function findingsOf(effects: readonly Effect[]): Finding[] {
  const levels = ['wire', 'data', 'behaviour', 'deployment'];
  const place = ({ rule }: Effect): number => (FIRST.indexOf(rule) + FIRST.length + 1) % (FIRST.length + 1);
  return effects
    .toSorted(
      (a, b) =>
        Number(b.breaking) - Number(a.breaking) ||
        place(a) - place(b) ||
        levels.indexOf(a.level) - levels.indexOf(b.level) ||
        (a.rank ?? 0) - (b.rank ?? 0) ||
        (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : a.rule < b.rule ? -1 : 1),
    )
    .map(({ known, rank: _, ...effect }) => ({
      ...effect,
      fingerprint: fingerprint({ ...effect, text: known ?? effect.text }),
    }));
}

const fingerprint = ({ level, rule, subject, text }: Effect): string =>
  hashBytes(new TextEncoder().encode(`${level}\n${rule}\n${subject}\n${text}`));

/** Semantic versioning (semver.org): breaking is major, new or different is minor, the rest is a patch. */
export function bumpOf(findings: readonly Finding[], changes: readonly Change[], behaviour: Behaviour): Bump {
  if (findings.some(({ breaking }) => breaking)) return 'major';
  const differs =
    behaviour.scenarios.some(({ signals, events }) => signals.length > 0 || events.length > 0) ||
    behaviour.kpis.some((kpi) => kpi.differs);
  if (
    differs ||
    findings.some(({ rule }) => rule.endsWith('-added') || rule === 'requirement-tightened') ||
    changes.some(({ kind, subject }) => kind === 'added' && subject === 'asset')
  )
    return 'minor';
  return changes.length > 0 || findings.length > 0 ? 'patch' : 'none';
}
