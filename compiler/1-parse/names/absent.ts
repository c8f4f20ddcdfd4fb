/** Why a package that a text uses is not to be had. Said by who reads the disk. */
import { indirectPackage, absentPackage } from '../../diagnostics/packages.ts';
import { report, type Diagnostic, type TextEdit } from '../../diagnostics/diagnostic.ts';
import type { SourceRange } from '../../model/source.ts';

/** In words, or that the project has it by way of others alone. */
export type Absence = string | Indirect;

export interface Indirect {
  /** The package that is meant: `acme.valves` where `acme.valves.seats` is used. */
  package: string;
  /** Packages that need it. */
  by: string;
  /** The folder whose texts are meant, and those in it that are packages of their own, as URIs that end with a slash. */
  within: string;
  without: readonly string[];
  /** What adds it to the project, for a terminal and for an editor. */
  command: string;
  edit: TextEdit;
}

export function absenceAt(name: string, absence: Absence, place: SourceRange): Diagnostic | undefined {
  if (typeof absence === 'string') return report(absentPackage, { package: name, reason: absence }, place);
  const { package: whole, by, within, without, command, edit } = absence;
  const isOwn = place.uri.startsWith(within) && !without.some((each) => place.uri.startsWith(each));
  if (!isOwn) return undefined;
  return report(indirectPackage, { package: whole, by, command }, place, {
    fixes: [{ title: `Add ${whole} to pollux.json`, edits: [edit] }],
  });
}
