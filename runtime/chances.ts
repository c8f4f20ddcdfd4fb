/**
 * Probabilities by many runs: each has a seed of its own, as the repetitions of an experiment have, and in so many of them something is so.
 * Shown is what the one-sided bound of Clopper and Pearson (1934) says, which is never too narrow, with a number of runs that is fixed before.
 */
import type { Manifest } from './contract/manifest.ts';
import type { Chance, ManifestRequirement, ManifestTest } from './contract/studies.ts';
import { lowerBound, upperBound } from './experiments/beta.ts';
import { seedOf } from './experiments/design.ts';
import { reusing } from './experiments/one-run.ts';
import type { KernelFactory } from './load.ts';
import { createMonitor } from './requirements.ts';
import type { RequirementResult } from './requirements.ts';
import { createTwin } from './twin.ts';
import type { TwinSettings } from './twin.ts';

const MOST_RUNS = 20_000;

/** The bound on the side that is asked about, of a probability of which `hits` of `runs` were seen. */
export function chanceBound({ operator, confidence }: Judged, hits: number, runs: number): number {
  return operator === '<' ? upperBound(hits, runs, 1 - confidence) : lowerBound(hits, runs, 1 - confidence);
}
type ManifestChance = Chance<ManifestRequirement>;
type Judged = Pick<ManifestChance, 'operator' | 'bound' | 'confidence'>;

const shows = (chance: Judged, hits: number, runs: number): boolean => {
  const seen = chanceBound(chance, hits, runs);
  return chance.operator === '<' ? seen < chance.bound : seen > chance.bound;
};

/** As many runs as show it where the probability is half of what may be. */
export function runsFor(chance: ManifestChance): number {
  if (chance.runs !== undefined) return chance.runs;
  const rare = chance.operator === '<' ? chance.bound : 1 - chance.bound;
  const enough = (runs: number): boolean => {
    const wrong = Math.ceil((runs * rare) / 2);
    return shows(chance, chance.operator === '<' ? wrong : runs - wrong, runs);
  };
  let runs = 50;
  while (runs < MOST_RUNS && !enough(runs)) runs += runs < 1000 ? 10 : 100;
  return runs;
}

/** What one run says: of each chance whether it holds, and nothing of those that asked for fewer runs. */
export interface ChanceRun {
  holds: (boolean | undefined)[];
  /** Why it stopped early. */
  trouble?: string;
}

interface Options {
  settings?: TwinSettings;
  seed?: number;
}

/** Runs that the chances of a test ask for, counted from 0. */
export const chanceRunsOf = ({ chances = [] }: ManifestTest): number => Math.max(0, ...chances.map(runsFor));

/** Each run has a seed of its own, so who does which, and when, does not show. */
export function chanceRunner(
  manifest: Manifest,
  factory: KernelFactory,
  { scenario, chances = [] }: ManifestTest,
  { settings, seed }: Options,
): (run: number) => ChanceRun {
  const kernel = reusing(factory);
  const counts = chances.map(runsFor);
  return (run) => {
    const asked = chances.flatMap((_, at) => (run < counts[at]! ? [at] : []));
    const own = seedOf(seed ?? manifest.scenarios[scenario]!.seed, run);
    const twin = createTwin({
      manifest,
      kernel,
      scenario,
      seed: own,
      settings: { ...settings, checkpoints: { keep: 'recent', limit: 1, interval: Infinity } },
    });
    const monitor = createMonitor(
      twin,
      asked.map((at) => chances[at]!.of),
    );
    twin.observeAt(monitor.bounds());
    twin.listen({ accepted: monitor.observe });
    twin.advance(Math.max(...asked.map((at) => endOf(chances[at]!, twin.duration))));
    const results = monitor.results();
    const trouble = twin.trouble() ?? results.find(({ untold }) => untold);
    const holds: ChanceRun['holds'] = chances.map(() => undefined);
    results.forEach((result, n) => {
      holds[asked[n]!] = trouble === undefined && result.holds;
    });
    return {
      holds,
      ...(trouble === undefined
        ? {}
        : { trouble: `the run with the seed ${own} stopped: ${trouble.message}` }),
    };
  };
}

/** `runs` in their order. */
export function judgeRuns({ chances = [] }: ManifestTest, runs: readonly ChanceRun[]): RequirementResult[] {
  return chances.map((chance, at) => {
    const own = runs.filter(({ holds }) => holds[at] !== undefined);
    const hits = own.filter(({ holds }) => holds[at]).length;
    const trouble = own.find((one) => one.trouble !== undefined)?.trouble;
    return resultOf(chance, hits, own.length, trouble);
  });
}

/** Pauses after each run, so that whoever shares the thread gets a turn. */
export function* judgeChances(
  manifest: Manifest,
  factory: KernelFactory,
  test: ManifestTest,
  options: Options,
): Generator<undefined, RequirementResult[]> {
  const count = chanceRunsOf(test);
  if (count === 0) return [];
  const one = chanceRunner(manifest, factory, test, options);
  const runs: ChanceRun[] = [];
  while (runs.length < count) {
    runs.push(one(runs.length));
    yield;
  }
  return judgeRuns(test, runs);
}

const endOf = ({ of }: ManifestChance, duration: number): number =>
  (of.kind === 'expect' ? of.at : of.kind === 'response' ? undefined : of.within) ?? duration;

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

function resultOf(
  chance: ManifestChance,
  hits: number,
  runs: number,
  trouble: string | undefined,
): RequirementResult {
  const bound = chanceBound(chance, hits, runs);
  const holds = trouble === undefined && shows(chance, hits, runs);
  const margin = chance.operator === '<' ? chance.bound - bound : bound - chance.bound;
  const most = chance.operator === '<' ? 'at most' : 'at least';
  const seen = `in ${hits} of ${runs} runs, so ${most} ${percent(bound)} at ${percent(chance.confidence)} confidence`;
  const against = chance.operator === '<' ? hits / runs > chance.bound : hits / runs < chance.bound;
  const verdict = against ? '' : '. More runs may show it: with … runs';
  return {
    text: chance.text,
    kind: 'chance',
    holds,
    margin: trouble === undefined ? margin : null,
    marginText: trouble === undefined ? `${percent(Math.abs(margin))} (${seen})` : '',
    time: null,
    element: '',
    message: `${chance.text}: ${trouble ?? `${seen}${holds ? '' : verdict}`}`,
    chance: { hits, runs, bound },
    source: chance.source,
  };
}
