/** Two versions → the whole review, as plain data: what `review.schema.json` describes and every report prints. */
import type { Analysis, Root, SourceText } from '../compiler/index.ts';
import type { Artefact } from '../runtime/contract/manifest.ts';
import { compareScenario, compareTests } from './behaviour.ts';
import type { Behaviour, NameMap, ScenarioDifference, Tolerance } from './behaviour.ts';
import { findCauses } from './causes.ts';
import type { Cause } from './causes.ts';
import { behaviourEffects, bumpOf, findingsOf } from './impact.ts';
import type { Bump, Finding } from './impact.ts';
import { compareInterfaces } from './interface.ts';
import type { Effect } from './interface.ts';
import { compareStructure } from './structure.ts';
import { count, shortName } from './names.ts';
import type { Change } from './structure.ts';
import type { Renames } from './renames.ts';
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
  /** Told before each scenario. */
  onScenario?: (root: string, scenario: string) => void;
  /** Whether a text is one of those under review. */
  own?: (uri: string) => boolean;
}

export function review(base: Version, head: Version, options: ReviewOptions): Review {
  const own =
    options.own ?? ((uri: string) => base.textOf(uri) !== undefined || head.textOf(uri) !== undefined);
  const { changes, renames } =
    base.model === undefined || head.model === undefined
      ? { changes: [], renames: { declarations: new Map(), members: new Map() } }
      : compareStructure(
          { model: base.model, textOf: base.textOf, own },
          { model: head.model, textOf: head.textOf, own },
        );
  const effects: Effect[] = [];
  const behaviour: Behaviour = { scenarios: [], tests: [], gone: [], fresh: [] };
  const causes: Cause[] = [];
  const rename = (name: string): string => renames.declarations.get(name) ?? name;
  for (const root of base.roots) {
    const now = head.roots.find(({ kind, name }) => kind === root.kind && name === rename(root.name));
    const before = base.artefact(root);
    if (before === undefined) continue;
    const after = now === undefined ? undefined : head.artefact(now);
    if (after === undefined) {
      effects.push({
        level: 'deployment',
        breaking: root.kind === 'twin',
        rule: 'root-removed',
        subject: root.name,
        text: `${root.kind === 'twin' ? 'Twin' : 'Asset'} ${root.name} can no longer be built.`,
      });
      continue;
    }
    const names = elementNames(base, root, renames);
    // Assets are for others only where there is no twin of them.
    if (root.kind === 'twin' || !base.roots.some(({ kind }) => kind === 'twin'))
      effects.push(...compareInterfaces(shortName(root.name), before.manifest, after.manifest, names));
    if (options.behaviour === false) continue;
    compareRuns(root, before, after, names);
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

  function compareRuns(root: Root, before: Artefact, after: Artefact, names: NameMap): void {
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
      options.onScenario?.(root.name, name);
      const difference = compareScenario(
        shortName(root.name),
        before,
        after,
        name,
        names,
        nameAfter,
        options.tolerance,
      );
      behaviour.scenarios.push(difference);
      if (difference.signals.length > 0 || difference.events.length > 0)
        causes.push(...causesOf(root, before, difference));
    }
    for (const name of there) if (!behaviour.fresh.includes(name)) behaviour.fresh.push(name);
    const known = new Set(behaviour.tests.map(({ test, requirement }) => `${test}\n${requirement}`));
    behaviour.tests.push(
      ...compareTests(shortName(root.name), before, after, rewriter(renames), options.tolerance).filter(
        ({ test, requirement }) => !known.has(`${test}\n${requirement}`),
      ),
    );
  }

  function causesOf(root: Root, before: Artefact, difference: ScenarioDifference): Cause[] {
    if (base.model === undefined) return [];
    return findCauses(difference, changes, base.texts, head.textOf, (texts) => {
      const trial = versionOfTexts('trial', texts, options.analyse);
      const artefact = 'version' in trial ? trial.version.artefact(root) : undefined;
      if (!artefact?.manifest.scenarios.some(({ name }) => name === difference.scenario)) return undefined;
      return compareScenario(
        difference.root,
        before,
        artefact,
        difference.scenario,
        (name) => name,
        difference.scenario,
        options.tolerance,
      );
    });
  }

  effects.push(...behaviourEffects(behaviour));
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
    findings: open,
    waived,
    problems,
    verdict: { breaking, bump, text: verdictText(open, changes, behaviour, bump) },
  };
}

/** Whether the two versions are the same to everyone. */
export const isSame = ({ changes, behaviour, findings, waived }: Review): boolean =>
  changes.length === 0 &&
  findings.length === 0 &&
  waived.length === 0 &&
  behaviour.scenarios.every(({ same }) => same) &&
  behaviour.tests.length === 0;

function verdictText(
  findings: readonly Finding[],
  changes: readonly Change[],
  { scenarios }: Behaviour,
  bump: Bump,
): string {
  const breaking = findings.filter((each) => each.breaking).length;
  const differing = scenarios.filter(({ signals, events }) => signals.length + events.length > 0).length;
  if (bump === 'none') return 'Nothing changed: neither what the text says nor what it does.';
  const parts = [
    `${count(changes.length, 'change')} of the text`,
    scenarios.length === 0
      ? 'nothing run'
      : differing === 0
        ? `the same behaviour in ${count(scenarios.length, 'scenario')}`
        : `other behaviour in ${differing} of ${count(scenarios.length, 'scenario')}`,
    breaking === 0
      ? 'nothing breaks'
      : `${count(breaking, 'finding')} that break${breaking === 1 ? 's' : ''} something`,
  ];
  return `${parts.join(', ')}: a ${bump} version.`;
}

/** Texts of requirements are written with names: members that were renamed get their new ones. */
function rewriter({ members }: Renames): NameMap {
  const words = new Map([...members].map(([key, now]) => [key.slice(key.lastIndexOf(' ') + 1), now]));
  return (text) => text.replaceAll(/[_a-zA-Z]\w*/g, (word) => words.get(word) ?? word);
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
