/** Another version of the twin, such as the one of the last commit, whose run is compared with the one that is shown. */
import { prepare } from './model.ts';
import type { SessionModel, Wanted } from './model.ts';
import { createReference } from './reference.ts';
import type { Reference } from './reference.ts';

export interface OtherVersion extends SessionModel {
  /** What it is, for people: `HEAD~1`. */
  label: string;
}

/** The same scenario of the other version, from its start; nothing where it has no such scenario. */
export function versionReference(version: OtherVersion, wanted: Wanted): Reference | undefined {
  const { scenarios } = version.manifest;
  if (wanted.scenario !== null && !scenarios.some(({ name }) => name === wanted.scenario)) return undefined;
  const { twin, series, recording } = prepare(version, wanted);
  recording.close();
  return createReference(version.label, twin, series, twin.duration);
}
