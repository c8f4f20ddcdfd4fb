/**
 * Probabilities by many runs: each has a seed of its own, as the repetitions of an experiment have, and in so many of them something is so.
 * Shown is what the one-sided bound of Clopper and Pearson (1934) says, which is never too narrow, with a number of runs that is fixed before.
 */
import type { Manifest, ManifestChance, ManifestTest } from './contract/manifest.ts';
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

/** Pauses after each run, so that whoever shares the thread gets a turn. */
export function* judgeChances(
  manifest: Manifest,
  factory: KernelFactory,
  { scenario, chances = [] }: ManifestTest,
  { settings, seed }: { settings?: TwinSettings; seed?: number },
): Generator<undefined, RequirementResult[]> {
  if (chances.length === 0) return [];
  const kernel = reusing(factory);
  const counts = chances.map(runsFor);
  const hits = chances.map(() => 0);
  const troubles: (string | undefined)[] = chances.map(() => undefined);
  for (let run = 0; run < Math.max(...counts); run += 1) {
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
    const trouble = twin.trouble();
    monitor.results().forEach(({ holds }, n) => {
      if (trouble !== undefined)
        troubles[asked[n]!] ??= `the run with the seed ${own} stopped: ${trouble.message}`;
      else if (holds) hits[asked[n]!]! += 1;
    });
    yield;
  }
  return chances.map((chance, at) => resultOf(chance, hits[at]!, counts[at]!, troubles[at]));
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
