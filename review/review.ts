/** Two versions → the whole review, as plain data: what `review.schema.json` describes and every report prints. */
import type { Analysis, Root, SourceText } from '../compiler/index.ts';
import type { Artefact } from '../runtime/contract/manifest.ts';
import { atHand, madeHere } from './asked-runs.ts';
import type { Asking } from './asked-runs.ts';
import { compareRecorded, scenarioComparison, stopsNow, USUAL_TOLERANCE } from './behaviour.ts';
import type { Behaviour, NameMap, ScenarioDifference, Tolerance } from './behaviour.ts';
import { applyChanges, effectsOf, findCauses, usualBudget } from './causes.ts';
import type { Cause, Unexplained } from './causes.ts';
import { bare, behaviourEffects, bumpOf, findingsOf } from './impact.ts';
import type { Bump, Finding } from './impact.ts';
import { compareInterfaces } from './interface.ts';
import type { Effect } from './interface.ts';
import { compareKpis, USUAL_REPEAT } from './kpis.ts';
import type { KpiOfSeries } from './kpis.ts';
import type { KeptResults } from './known-runs.ts';
import { count, shortName, toldApart } from './names.ts';
import type { Recording } from './recorded.ts';
import { compareTests } from './requirements.ts';
import type { TestDifference } from './requirements.ts';
import { runsTheSame } from './same.ts';
import { promisesBetween } from './strength.ts';
import { compareStructure } from './structure.ts';
import type { Change } from './structure.ts';
import type { Renames } from './renames.ts';
import { columnsOf } from './trace.ts';
import { applyWaivers } from './waivers.ts';
import type { Waived, Waiver } from './waivers.ts';
import { versionOfTexts } from './version.ts';
import type { Version } from './version.ts';

export interface Review {
  format: 1;
  base: string;
  head: string;
  changes: Change[];
  behaviour: Behaviour;
  causes: Cause[];
  /** What no change could be found for. */
  unexplained: Unexplained[];
  /** Not waived. */
  findings: Finding[];
  waived: Waived[];
  /** About waivers. */
  problems: string[];
  verdict: { breaking: boolean; bump: Bump; text: string };
}

export interface ReviewOptions {
  tolerance?: Tolerance;
  /** Whether scenarios and tests are run. */
  behaviour?: boolean;
  waivers?: readonly Waiver[];
  /** `2026-11-22` */
  today: string;
  analyse: (texts: readonly SourceText[]) => Analysis;
  /** What drives both versions beside their scenarios. */
  recordings?: readonly Recording[];
  /** Runs of each version where chance plays a part; 0: no KPIs. */
  repeat?: number;
  /** Where results of runs are looked for before anything is run many times, and kept. */
  kept?: KeptResults;
  /** Told before each scenario. */
  onScenario?: (root: string, scenario: string) => void;
  /** Whether a text is one of those under review. */
  own?: (uri: string) => boolean;
}

/**
 * What changed from one version to the next: in the text, in what scenarios, tests and recordings come to, and for others; with the version
 * number that this calls for. Where a version has no model, as a bundle, its text is not compared. Same input, same review.
 */
export const review = (base: Version, head: Version, options: ReviewOptions): Review =>
  madeHere(reviewing(base, head, options));

/** The same by way of runs that somebody else makes. */
export function* reviewing(base: Version, head: Version, options: ReviewOptions): Asking<Review> {
  const own =
    options.own ?? ((uri: string) => base.textOf(uri) !== undefined || head.textOf(uri) !== undefined);
  const { changes, renames } =
    base.model === undefined || head.model === undefined
      ? { changes: [], renames: { declarations: new Map(), tests: new Map(), members: new Map() } }
      : compareStructure(
          { model: base.model, textOf: base.textOf, own },
          { model: head.model, textOf: head.textOf, own },
        );
  const effects: Effect[] = [];
  const behaviour: Behaviour = { scenarios: [], tests: [], kpis: [], gone: [], fresh: [] };
  const kpis: KpiOfSeries[] = [];
  const causes: Cause[] = [];
  const unexplained: Unexplained[] = [];
  const notes: string[] = [];
  const budget = usualBudget();
  const tolerance = options.tolerance ?? USUAL_TOLERANCE;
  const trials = new Map<string, Version | undefined>();
  const promised =
    base.model === undefined || head.model === undefined
      ? []
      : promisesBetween(base.model, head.model, renames);
  const rename = (name: string): string => renames.declarations.get(name) ?? name;
  // Assets are for others only where there is no twin of them.
  const isForOthers = ({ kind }: Root): boolean =>
    kind === 'twin' || !base.roots.some((each) => each.kind === 'twin');
  for (const root of base.roots) {
    const now = head.roots.find(({ kind, name }) => kind === root.kind && name === rename(root.name));
    const before = base.artefact(root);
    if (before === undefined) continue;
    const after = now === undefined ? undefined : head.artefact(now);
    if (after === undefined) {
      effects.push({
        level: 'deployment',
        breaking: isForOthers(root),
        rule: 'root-removed',
        subject: root.name,
        text: `${root.kind === 'twin' ? 'Twin' : 'Asset'} ${root.name} ${now === undefined ? 'is gone' : 'can no longer be built'}.`,
      });
      continue;
    }
    const names = elementNames(base, root, renames);
    const [was, is] = [shortName(root.name), shortName(now!.name)];
    if (was !== is && isForOthers(root))
      effects.push({
        level: 'deployment',
        breaking: true,
        rule: 'root-renamed',
        subject: root.name,
        text: `${root.kind === 'twin' ? 'Twin' : 'Asset'} ${was} is called ${is} now: whoever builds, runs or uses it by its name finds nothing.`,
      });
    if (isForOthers(root))
      effects.push(...compareInterfaces(shortName(root.name), before.manifest, after.manifest, names));
    if (options.behaviour === false) continue;
    yield* compareRuns(root, before, after, names);
  }
  for (const root of head.roots)
    if (!base.roots.some(({ kind, name }) => kind === root.kind && rename(name) === root.name))
      effects.push({
        level: 'deployment',
        breaking: false,
        rule: 'root-added',
        subject: root.name,
        text: `${root.kind === 'twin' ? 'Twin' : 'Asset'} ${root.name} is new.`,
      });

  function* compareRuns(root: Root, before: Artefact, after: Artefact, names: NameMap): Asking<void> {
    const title = shortName(root.name);
    const same = runsTheSame(before, after);
    // What is called otherwise would draw other numbers, and nobody could tell them from a change.
    const drawing = drawingAs(before, after, names);
    function* keep(difference: ScenarioDifference, again: Again): Asking<void> {
      behaviour.scenarios.push(difference);
      if (difference.signals.length + difference.events.length > 0)
        yield* explain(root, difference, names, again);
    }
    const there = new Set(after.manifest.scenarios.map(({ name }) => name));
    for (const { name } of before.manifest.scenarios) {
      const nameAfter = rename(name);
      if (!there.has(nameAfter)) {
        if (!behaviour.gone.includes(name)) behaviour.gone.push(name);
        continue;
      }
      there.delete(nameAfter);
      // A scenario of an asset runs once, not again for each twin of it.
      if (behaviour.scenarios.some((each) => each.scenario === name)) continue;
      if (same) {
        behaviour.scenarios.push(sameRun(title, before, name));
        continue;
      }
      options.onScenario?.(root.name, name);
      const compare = scenarioComparison(title, before, name, tolerance);
      yield* keep(yield* compare(drawing, names, nameAfter), (other) =>
        other.manifest.scenarios.some((each) => each.name === name)
          ? compare(other, (each) => each)
          : undefined,
      );
    }
    for (const name of there) if (!behaviour.fresh.includes(name)) behaviour.fresh.push(name);
    if (same) return;
    // What was recorded at a plant drives the twin of it.
    const drives = root.kind === 'twin' || !base.roots.some(({ kind }) => kind === 'twin');
    for (const recording of drives ? (options.recordings ?? []) : []) {
      options.onScenario?.(root.name, recording.name);
      const compared = compareRecorded(title, before, drawing, recording, names, tolerance);
      if (compared === undefined) continue;
      const { difference, oneSided } = compared;
      if (oneSided.length > 0)
        notes.push(`${difference.title} feeds ${oneSided.join(', ')} of one of the versions alone`);
      const again: Again = (other) =>
        atHand(compareRecorded(title, before, other, recording, (each) => each, tolerance)?.difference);
      yield* keep(difference, again);
    }
    const rewrite = rewriter(renames);
    const becameOf = new Map(
      promised
        .filter(({ strength }) => strength === 'same')
        .map(({ old, now }) => [bare(rewrite(old)), bare(now)]),
    );
    const titled: NameMap = (test) => renames.tests.get(test) ?? test;
    const called: NameMap = (text) =>
      renames.declarations.get(text) ??
      renames.tests.get(text) ??
      becameOf.get(rewrite(text)) ??
      rewrite(text);
    const key = ({ scenario, test, requirement }: TestDifference): string =>
      `${scenario}\n${test}\n${requirement}`;
    const known = new Set(behaviour.tests.map(key));
    behaviour.tests.push(
      ...(yield* compareTests(title, before, after, rewrite, tolerance, rename, titled, promised)).filter(
        (each) => !known.has(key(each)),
      ),
    );
    const keyOf = ({ series, kpi: { of, name } }: KpiOfSeries): string => `${series}\n${of}\n${name}`;
    const have = new Set(kpis.map(keyOf));
    kpis.push(
      ...(yield* compareKpis(
        title,
        before,
        drawing,
        called,
        options.repeat ?? USUAL_REPEAT,
        tolerance,
        options.kept,
      )).filter((each) => !have.has(keyOf(each))),
    );
  }

  /** The version before with some of the changes made. */
  function trialWith(positions: readonly number[]): Version | undefined {
    const key = positions.join();
    if (!trials.has(key)) {
      const texts = applyChanges(
        base.texts,
        positions.map((at) => changes[at]!),
        head.textOf,
        oldNames(renames),
      );
      const made = texts && versionOfTexts('trial', texts, options.analyse);
      trials.set(key, made !== undefined && 'version' in made ? made.version : undefined);
    }
    return trials.get(key);
  }

  function* explain(root: Root, difference: ScenarioDifference, names: NameMap, again: Again): Asking<void> {
    if (base.model === undefined || head.model === undefined) return;
    const found = yield* findCauses(
      difference,
      changes,
      function* (positions) {
        const artefact = trialWith(positions)?.artefact(root);
        const asked = artefact && again(artefact);
        const made = asked && (yield* asked);
        return made && effectsOf(made).map(names);
      },
      budget,
    );
    causes.push(...found.causes);
    if (found.unexplained !== undefined) unexplained.push(found.unexplained);
  }

  const stopping = new Set(behaviour.scenarios.filter(stopsNow).map(({ scenario }) => scenario));
  behaviour.kpis = kpis.flatMap(({ series, kpi }) =>
    stopping.has(series) && kpi.after.mean === null ? [] : [kpi],
  );
  effects.push(...behaviourEffects(behaviour, tellApart(behaviour)));
  const all = findingsOf(effects);
  const { open, waived, problems } = applyWaivers(all, options.waivers ?? [], options.today);
  const breaking = open.some((each) => each.breaking);
  const bump = bumpOf(open, changes, behaviour);
  return {
    format: 1,
    base: base.label,
    head: head.label,
    changes,
    behaviour,
    causes,
    unexplained,
    findings: open,
    waived,
    problems: [...notes, ...problems],
    verdict: { breaking, bump, text: verdictText(open, changes, behaviour, bump) },
  };
}

/** How another version does in what was compared; nothing where it has no such thing. */
type Again = (other: Artefact) => Asking<ScenarioDifference | undefined> | undefined;

/** Names for people: scenarios, experiments and tests that are called the same in several packages are told apart. */
function tellApart(behaviour: Behaviour): (scenario: string) => string {
  const { scenarios, tests, kpis, gone, fresh } = behaviour;
  const called = toldApart([
    ...scenarios.filter(({ driver }) => driver === 'scenario').map(({ scenario }) => scenario),
    ...tests.map(({ scenario }) => scenario),
    ...kpis.filter(({ kind }) => kind !== 'margin').map(({ of }) => of),
    ...gone,
    ...fresh,
  ]);
  for (const each of scenarios) if (each.driver === 'scenario') each.title = called(each.scenario);
  for (const each of kpis) if (each.kind !== 'margin') each.of = called(each.of);
  const pairs = tests.map(({ test, requirement }) => `${test}\n${requirement}`);
  const several = new Set(pairs.filter((pair, at) => pairs.indexOf(pair) !== at));
  for (const each of tests)
    if (several.has(`${each.test}\n${each.requirement}`))
      each.test = `${each.test} (${called(each.scenario)})`;
  return called;
}

/** Whether the two versions are the same to everyone. */
export const isSame = ({ changes, behaviour, findings, waived }: Review): boolean =>
  changes.length === 0 &&
  findings.length === 0 &&
  waived.length === 0 &&
  behaviour.scenarios.every(
    ({ signals, events, stopped }) =>
      signals.length + events.length === 0 && stopped.before === stopped.after,
  ) &&
  behaviour.tests.length === 0 &&
  behaviour.kpis.every(({ differs }) => !differs);

function verdictText(
  findings: readonly Finding[],
  changes: readonly Change[],
  { scenarios, kpis }: Behaviour,
  bump: Bump,
): string {
  const breaking = findings.filter((each) => each.breaking).length;
  if (bump === 'none') return 'Nothing changed: neither what the text says nor what it does.';
  const moved = kpis.filter(({ differs }) => differs).length;
  const parts = [
    `${count(changes.length, 'change')} of the text`,
    scenarios.length === 0
      ? 'nothing run'
      : scenarios.every((each) => each.signals.length + each.events.length === 0)
        ? `the same behaviour in ${runsText(scenarios)}`
        : `other behaviour in ${differingText(scenarios)}`,
    ...(moved === 0 ? [] : [`${count(moved, 'KPI')} moved`]),
    breaking === 0
      ? 'nothing breaks'
      : `${count(breaking, 'finding')} that break${breaking === 1 ? 's' : ''} something`,
  ];
  return `${parts.join(', ')}: a ${bump} version.`;
}

/** `3 scenarios`, `3 scenarios and 1 recording` */
export function runsText(scenarios: readonly ScenarioDifference[]): string {
  const recordings = scenarios.filter(({ driver }) => driver === 'recording').length;
  const said = count(scenarios.length - recordings, 'scenario');
  if (recordings === 0) return said;
  const driven = count(recordings, 'recording');
  return recordings === scenarios.length ? driven : `${said} and ${driven}`;
}

/** `2 of 3 scenarios and 1 of 1 recordings` */
const differingText = (scenarios: readonly ScenarioDifference[]): string =>
  (['scenario', 'recording'] as const)
    .map((driver) => ({ driver, all: scenarios.filter((each) => each.driver === driver) }))
    .filter(({ all }) => all.length > 0)
    .map(({ driver, all }) => {
      const differing = all.filter(({ signals, events }) => signals.length + events.length > 0).length;
      return `${differing} of ${count(all.length, driver)}`;
    })
    .join(' and ');

/** Nothing is run where both versions are the same program. */
const sameRun = (root: string, before: Artefact, scenario: string): ScenarioDifference => {
  const { duration } = before.manifest.scenarios.find(({ name }) => name === scenario)!;
  return {
    root,
    scenario,
    title: shortName(scenario),
    driver: 'scenario',
    same: true,
    signals: [],
    compared: columnsOf(before.manifest).length,
    leftOut: 0,
    events: [],
    stopped: {},
    duration: { before: duration, after: duration },
  };
};

/** A text with the names of the version after → with those of the version before. */
function oldNames({ members, declarations }: Renames): NameMap {
  const words = new Map([
    ...[...members].map(([key, now]) => [now, key.slice(key.lastIndexOf(' ') + 1)] as const),
    ...[...declarations].map(([old, now]) => [shortName(now), shortName(old)] as const),
  ]);
  return (text) => text.replaceAll(/[_a-zA-Z]\w*/g, (word) => words.get(word) ?? word);
}

/** Texts of requirements are written with names: members that were renamed get their new ones. */
function rewriter({ members, declarations }: Renames): NameMap {
  const words = new Map([
    ...[...members].map(([key, now]) => [key.slice(key.lastIndexOf(' ') + 1), now] as const),
    ...[...declarations].map(([old, now]) => [shortName(old), shortName(now)] as const),
  ]);
  return (text) => text.replaceAll(/[_a-zA-Z]\w*/g, (word) => words.get(word) ?? word);
}

/** The version after, with its random numbers drawn by the names that things had before. */
function drawingAs(before: Artefact, after: Artefact, names: NameMap): Artefact {
  const { streams } = after.manifest;
  const here = new Set(streams.map(({ name }) => name));
  const was = new Map<string, string>();
  for (const { name } of before.manifest.streams) {
    // `pump[].casing/noise`: of what has a name, and what of it.
    const [path = '', ...rest] = name.split('/');
    const now = [names(path), ...rest].join('/');
    if (now !== name && here.has(now)) was.set(now, name);
  }
  // Where something new has taken the old name, two would draw the same numbers.
  for (const [now, name] of was) if (here.has(name) && !was.has(name)) was.delete(now);
  if (was.size === 0) return after;
  const renamed = streams.map((stream) => ({ ...stream, name: was.get(stream.name) ?? stream.name }));
  return { ...after, manifest: { ...after.manifest, streams: renamed } };
}

/** Names of elements of a root before → after, by walking the parts along the path. */
function elementNames({ model }: Version, root: Root, { members }: Renames): NameMap {
  if (model === undefined || members.size === 0) return (name) => name;
  const start = root.kind === 'asset' ? root.name : model.twins.find(({ name }) => name === root.name)?.asset;
  return (path) => {
    let asset = start;
    return path
      .split('.')
      .map((step) => {
        const name = step.replace(/\[.*$/, '');
        const renamed = asset === undefined ? undefined : members.get(`${asset} ${name}`);
        const owner = asset === undefined ? undefined : model.assets[asset];
        asset = owner?.parts.find((part) => part.name === name)?.asset;
        return (renamed ?? name) + step.slice(name.length);
      })
      .join('.');
  };
}
