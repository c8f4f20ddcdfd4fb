/**
 * What may happen in a run besides steps of its states, by the part of a manifest that tells it. One table for all who leave out what cannot
 * happen (runs side by side, runs without a twin), so that none of them forgets what another knows: a new part of a manifest has to say here
 * what it brings before it compiles.
 */
import type { Manifest } from './manifest.ts';
import { bendsAlone } from './sides.ts';

/** Between steps, which are the same with and without it; or within them, so that runs go one by one, for the reason given. */
export type Happening = 'between' | { within: string };

type Told = (manifest: Manifest) => Happening | undefined;

const nothing: Told = () => undefined;

/** In the order in which reasons are given. */
const PARTS: Readonly<Record<keyof Manifest, Told>> = {
  flow: ({ flow }) => (flow === undefined ? undefined : { within: 'it has processes' }),
  delays: ({ delays }) => (delays === undefined ? undefined : { within: 'it has delays' }),
  solves: ({ solves }) => (solves.length === 0 ? undefined : { within: 'equations are solved by iteration' }),
  projects: ({ projects }) =>
    projects === undefined ? undefined : { within: 'equations tie states to each other' },
  // Some of `projects`.
  branching: nothing,
  limited: ({ limited }) => (limited === undefined ? undefined : { within: 'tables bend within steps' }),
  layout: ({ layout }) => {
    if (layout.crossings.count === 0) return undefined;
    return bendsAlone(layout) ? 'between' : { within: 'steps end at crossings' };
  },
  handlers: ({ handlers }) => {
    if (handlers.length === 0) return undefined;
    const isDue = handlers.every(({ kind }) => kind === 'every' || kind === 'scheduled');
    return isDue ? 'between' : { within: 'conditions are looked at after each step' };
  },
  sensors: ({ sensors }) => (sensors.length === 0 ? undefined : 'between'),
  // What something sets, in whatever way, and inputs that follow what a scenario says.
  variables: ({ variables }) =>
    variables.some(({ role, driven }) => role === 'discrete' || driven !== undefined) ? 'between' : undefined,
  // Poles are looked at in lanes too.
  poles: nothing,
  // These happen by handlers, and drives of scenarios by variables.
  alarms: nothing,
  events: nothing,
  scenarios: nothing,
  tests: nothing,
  modes: nothing,
  // Comparisons of what `layout.crossings` counts, and what they do to methods that look ahead.
  crossings: nothing,
  bends: nothing,
  // Random numbers are drawn at the start, by handlers, or by what is drawn for.
  streams: nothing,
  // Only who looks at a run sees these.
  probes: nothing,
  views: nothing,
  bindings: nothing,
  // It begins with the first sample from outside.
  estimator: nothing,
  structure: nothing,
  experiments: nothing,
  calibrations: nothing,
  coverage: nothing,
  // How steps are made, and where.
  replicas: nothing,
  alone: nothing,
  trusted: nothing,
  implicit: nothing,
  used: nothing,
  work: nothing,
  // Names.
  format: nothing,
  formatVersion: nothing,
  name: nothing,
  title: nothing,
  doc: nothing,
  stateFingerprint: nothing,
};

/** All of it; none where a run is its start, steps, and its end. */
export const besidesSteps = (manifest: Manifest): Happening[] =>
  Object.values(PARTS).flatMap((told) => told(manifest) ?? []);

/** Why steps of several runs cannot go side by side: the first reason; undefined where they can. */
export function withinSteps(manifest: Manifest): string | undefined {
  for (const happening of besidesSteps(manifest)) if (happening !== 'between') return happening.within;
  return undefined;
}
