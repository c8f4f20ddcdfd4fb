/** All diagnostics by code, for `pollux explain`, lists and links. Each has a page in `docs/diagnostics/`. */
import type { Severity } from './diagnostic.ts';
import * as chances from './chances.ts';
import * as distributions from './distributions.ts';
import * as equations from './equations.ts';
import * as events from './events.ts';
import * as scenarios from './scenarios.ts';
import * as functions from './functions.ts';
import * as flattening from './flattening.ts';
import * as ifEquations from './if-equations.ts';
import * as standstill from './standstill.ts';
import * as indexReduction from './index-reduction.ts';
import * as modes from './modes.ts';
import * as inputs from './inputs.ts';
import * as initially from './initially.ts';
import * as limits from './limits.ts';
import * as names from './names.ts';
import * as packages from './packages.ts';
import * as links from './links.ts';
import * as ports from './ports.ts';
import * as privacy from './private.ts';
import * as process from './process.ts';
import * as shapes from './shapes.ts';
import * as sensors from './sensors.ts';
import * as experiments from './experiments.ts';
import * as signals from './signals.ts';
import * as structure from './structure.ts';
import * as syntax from './syntax.ts';
import * as temporal from './temporal.ts';
import * as types from './types.ts';
import * as units from './units.ts';

export interface CatalogueEntry {
  code: string;
  severity: Severity;
  title: string;
  /** From the repository's root: `docs/diagnostics/PX3001.md`. */
  page: string;
}

const families: Record<string, unknown>[] = [
  syntax,
  names,
  packages,
  structure,
  privacy,
  limits,
  units,
  types,
  distributions,
  flattening,
  indexReduction,
  functions,
  shapes,
  initially,
  ifEquations,
  standstill,
  equations,
  links,
  ports,
  events,
  modes,
  signals,
  sensors,
  temporal,
  process,
  scenarios,
  inputs,
  experiments,
  chances,
];

function pageOf(code: string): string {
  return `docs/diagnostics/${code}.md`;
}

/** In the order of the codes. */
export const CATALOGUE: readonly CatalogueEntry[] = families
  .flatMap((family) => Object.values(family).filter(isDefinition))
  .map(({ code, severity, title }) => ({ code, severity, title, page: pageOf(code) }))
  .toSorted((a, b) => (a.code < b.code ? -1 : 1));

function isDefinition(value: unknown): value is { code: string; severity: Severity; title: string } {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'title' in value && 'severity' in value
  );
}
