/**
 * The runs behind histograms: the scenario and settings of the run that is shown, each with another seed, to their ends. Carried out
 * beside it, a little at a time.
 */
import type { Manifest } from '../../runtime/contract/manifest.ts';
import type { ManifestWidget } from '../../runtime/contract/shown.ts';
import { seedOf } from '../../runtime/experiments/design.ts';
import { reusing } from '../../runtime/experiments/one-run.ts';
import { probeSeries } from '../../runtime/recording.ts';
import { findElement } from '../../runtime/lookup.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import type { Samples as Message } from '../../preview/protocol.ts';
import { finite } from './outbox.ts';
import { UNPLANNED } from './model.ts';
import type { SessionModel } from './model.ts';
import { inPortions } from './portions.ts';
import type { Beside } from './portions.ts';

export interface Samples extends Beside {
  /** Whether runs have ended that were not told yet. */
  news(): boolean;
  /** What was not told yet; at first, that nothing is known. */
  take(): Message;
  all(): Message;
}

export interface Wanted {
  scenario: string | null;
  /** s; how long runs are to be, where that is not the scenario's. */
  asked: number | undefined;
  seed: number | undefined;
  overrides: ReadonlyMap<string, number>;
}

/** Undefined where no view has a histogram. */
export function createSamples({ manifest, kernel }: SessionModel, wanted: Wanted): Samples | undefined {
  const { probes, runs } = asked(manifest);
  if (probes.size === 0) return undefined;
  const series = probeSeries(manifest).filter(({ id }) => probes.has(probeOf(id)));
  const scenario = manifest.scenarios.find(({ name }) => name === wanted.scenario);
  const duration = wanted.asked ?? scenario?.duration ?? UNPLANNED;
  const seed = wanted.seed ?? scenario?.seed ?? 1;
  const given = [...wanted.overrides].flatMap(([id, value]) => {
    const place = findElement(manifest, id);
    return place === undefined ? [] : [{ ...place, value }];
  });
  // Looking at one run costs nothing of another's memory: they go one after the other in one kernel.
  const factory = reusing(kernel);
  const values: (number | null)[][] = series.map(() => []);
  let run: Twin | undefined;
  let ended = 0;
  let told = -1;
  const message = (first: number): Message => ({
    type: 'samples',
    first,
    runs,
    series: series.map(({ id }) => id),
    values: values.map((each) => each.slice(first)),
  });
  const start = (): Twin =>
    createTwin({
      manifest,
      kernel: factory,
      seed: seedOf(seed, ended),
      ...(scenario === undefined ? {} : { scenario: scenario.name }),
      settings: {
        duration,
        overrides: given,
        offered: 'none',
        checkpoints: { keep: 'recent', limit: 0, interval: Infinity },
      },
    });
  return {
    done: () => ended >= runs,
    news: () => told < ended,
    work: (now, limit) =>
      inPortions(now, limit, { first: 64, most: 65_536 }, (steps) => {
        const current = (run ??= start());
        if (current.advance(duration, { steps }).reason === 'steps') return false;
        const fine = current.trouble() === undefined;
        series.forEach(({ read }, i) => values[i]!.push(fine ? finite(read(current)) : null));
        ended += 1;
        run = undefined;
        return ended >= runs;
      }),
    take: () => {
      const first = Math.max(0, told);
      told = ended;
      return message(first);
    },
    all: () => message(0),
  };
}

const probeOf = (id: string): number => Number(/^probe:(\d+)/.exec(id)?.[1]);

function asked(manifest: Manifest): { probes: ReadonlySet<number>; runs: number } {
  const probes = new Set<number>();
  let runs = 0;
  const look = (widgets: readonly ManifestWidget[]): void => {
    for (const widget of widgets) {
      if (widget.kind === 'row' || widget.kind === 'column') look(widget.widgets);
      if (widget.kind !== 'histogram') continue;
      runs = Math.max(runs, widget.runs);
      for (const probe of widget.series) probes.add(probe);
    }
  };
  for (const { widgets } of manifest.views) look(widgets);
  return { probes, runs };
}
