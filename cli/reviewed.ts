/** What to compare, and how → the review of it, from what is remembered where nothing has changed; or why there is none. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { parseElementName } from '../runtime/names.ts';
import { USUAL_TOLERANCE } from '../review/behaviour.ts';
import { shortName } from '../review/names.ts';
import { reviewing } from '../review/review.ts';
import type { Review } from '../review/review.ts';
import type { Version } from '../review/version.ts';
import { readWaivers, WAIVERS_FILE } from '../review/waivers.ts';
import { keptResults } from './kept-results.ts';
import { quantityOf } from './quantity.ts';
import { digestOf, namedFile, readRecordings } from './recordings.ts';
import { madeInThreads } from './reviews/threads.ts';
import { rememberedValue } from './results-cache.ts';
import type { CacheOptions } from './results-cache.ts';
import { comparison, hashOf } from './revisions.ts';
import type { DataRead, Side } from './revisions.ts';
import { inOrder } from './terminal/diagnostics.ts';
import { Refusal } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface ReviewWishes extends CacheOptions {
  /** False with `--no-behaviour`. */
  behaviour?: boolean;
  tolerance?: number;
  /** `name=value` */
  absolute?: string[];
  timeTolerance?: number;
  /** False with `--no-recordings`. */
  recordings?: boolean;
  /** Files in the place of those that are found. */
  recording?: string[];
  /** Runs of each version where chance plays a part. */
  repeat?: number;
  /** Threads. */
  workers?: number;
  /** For editors, which show each scenario as it is run: a file for the version before. */
  before?: string;
}

export interface Reviewed {
  review: Review;
  base: Side;
}

/** A version whose texts have errors, so that there is nothing to compare. */
export interface BrokenVersion {
  which: 'base' | 'head';
  side: Side;
  /** Errors alone. */
  diagnostics: Diagnostic[];
}

/** What is remembered of a review. */
interface Kept {
  review: Review;
  data: [before: DataRead[], after: DataRead[]];
}

export async function reviewOf(
  words: readonly string[],
  options: ReviewWishes,
  terminal: Terminal,
  /** What people call the two versions, where they know more of it than the words. */
  called: { base?: string; head?: string } = {},
): Promise<Reviewed | { broken: BrokenVersion[] }> {
  const { folder, files, ...sides } = comparison(words);
  const base = { ...sides.base, label: called.base ?? sides.base.label };
  const head = { ...sides.head, label: called.head ?? sides.head.label };
  const { waivers, problems } = waiversAbove(folder);
  const asked = options.recording?.map(namedFile);
  const drivers = options.behaviour === false || options.recordings === false ? [] : (asked ?? files());
  const { behaviour, repeat, tolerance, absolute = [], timeTolerance } = options;
  const today = new Date().toISOString().slice(0, 10);
  const parts = [
    'review',
    ...[base.texts, base.depends, head.texts, head.depends],
    ...[behaviour, repeat, tolerance, absolute, timeTolerance, waivers, today, digestOf(drivers)],
  ];
  const compute = async (): Promise<Kept> => {
    const [before, after] = [base.made(), head.made()];
    if (!('version' in before) || !('version' in after)) throw new Broken(brokenOf(base, head));
    const driving = await readRecordings(drivers, asked !== undefined);
    const asking = reviewing(before.version, after.version, {
      // The texts of a trial are those before, in part as they are after.
      analyse: (texts) =>
        base.analyse(texts, (uri, within) => base.read(uri, within) ?? head.read(uri, within)),
      behaviour: behaviour !== false,
      waivers,
      recordings: driving.recordings,
      kept: keptResults(options),
      ...(repeat === undefined ? {} : { repeat }),
      today,
      tolerance: {
        relative: tolerance ?? USUAL_TOLERANCE.relative,
        absolute: absoluteTolerances(absolute, after.version),
        time: timeTolerance ?? USUAL_TOLERANCE.time,
      },
      onScenario: (root, scenario) => {
        if (terminal.interactive || options.before !== undefined)
          terminal.err(terminal.style('dim', `running ${shortName(root)}: ${shortName(scenario)}\n`));
      },
    });
    const made = await madeInThreads(asking, options.workers ?? availableParallelism());
    driving.close();
    // As it is remembered: numbers that are none are null.
    return { review: JSON.parse(JSON.stringify(made)) as Review, data: [before.data, after.data] };
  };
  const isAsBefore = ({ read }: Side, data: readonly DataRead[]): boolean =>
    data.every(({ uri, folder: within, hash }) => hashOf(read(uri, within) ?? '') === hash);
  try {
    const { review: done } = await rememberedValue(
      parts,
      options,
      compute,
      ({ data }) => isAsBefore(base, data[0]) && isAsBefore(head, data[1]),
    );
    const named = { base: base.label, head: head.label };
    return {
      review: { ...done, ...named, problems: [...base.notes, ...head.notes, ...problems, ...done.problems] },
      base,
    };
  } catch (error) {
    if (error instanceof Broken) return { broken: error.versions };
    throw error;
  }
}

class Broken extends Error {
  readonly versions: BrokenVersion[];
  constructor(versions: BrokenVersion[]) {
    super('a version has errors');
    this.versions = versions;
  }
}

const brokenOf = (base: Side, head: Side): BrokenVersion[] =>
  (
    [
      ['base', base],
      ['head', head],
    ] as const
  ).flatMap(([which, side]) => {
    const made = side.made();
    if ('version' in made) return [];
    const errors = made.diagnostics.filter(({ severity }) => severity === 'error');
    return [{ which, side, diagnostics: inOrder(errors) }];
  });

/** `tank.level="1 cm"` → SI, by the name that a signal has without indexes, or with them. */
function absoluteTolerances(texts: readonly string[], version: Version): Record<string, number> {
  const variables = version.roots.flatMap((root) => version.artefact(root)?.manifest.variables ?? []);
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=');
      const name = text.slice(0, Math.max(equals, 0)).trim();
      if (name === '') throw new Refusal(`--absolute ${text}: write name=value, such as level="1 cm"`);
      const wanted = parseElementName(name).name.replaceAll('[]', '');
      const found = variables.find((each) => each.name.replaceAll('[]', '') === wanted);
      if (found === undefined) throw new Refusal(`--absolute ${text}: there is no signal ${name}`);
      const unit = { ...found.unit, offset: 0 };
      const value = quantityOf(text.slice(equals + 1).trim(), name, { ...found, unit }, '--absolute');
      if (!(value >= 0)) throw new Refusal(`--absolute ${text}: a tolerance is not below zero`);
      return [name, value];
    }),
  );
}

function waiversAbove(folder: string): ReturnType<typeof readWaivers> {
  const text = waiversText(folder);
  return text === undefined ? { waivers: [], problems: [] } : readWaivers(text);
}

/** The nearest file of waivers, in the folder or above it in its repository. */
export function waiversText(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, WAIVERS_FILE);
    if (existsSync(path)) return readFileSync(path, 'utf8');
    if (existsSync(join(at, '.git')) || dirname(at) === at) return undefined;
  }
}
