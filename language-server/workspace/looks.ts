/** Which types and twins of a file are looked at as wholes, and what of the file is judged with each. */
import {
  isAssetDecl,
  isBindDecl,
  isCalibrateDecl,
  isExperimentDecl,
  isPartDecl,
  isScenarioDecl,
  isTwinDecl,
  isViewDecl,
  type AssetDecl,
  type Element,
  type TwinDecl,
} from '../../grammar/generated/ast.ts';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import { isOpen } from './ports.ts';

type Runnable = AssetDecl | TwinDecl;

/** One type or twin, to be flattened once. */
export interface Look {
  element: Runnable;
  /** Whether it is to run by itself, as `rootsOf` says of a model. */
  runs: boolean;
  /** What binds, runs, studies or shows it in its file; of an asset also the twins that are it as it stands. */
  beside: readonly Element[];
}

/** What an asset consists of, and whether something of it is left to whoever has it as a part. */
export interface Makeup {
  types: readonly AssetDecl[];
  isOpen: boolean;
}

export const makeupOf = (asset: AssetDecl): Makeup => ({
  types: asset.members.flatMap((member) =>
    isPartDecl(member) && member.type?.ref !== undefined ? [member.type.ref] : [],
  ),
  isOpen: isOpen(asset),
});

/** @param of `makeupOf`, which may remember */
export function looksOf({ tree: { elements } }: ParsedFile, of: (asset: AssetDecl) => Makeup): Look[] {
  const inOthers = new Set<AssetDecl>();
  const inScenarios = new Set<AssetDecl>();
  const beside = new Map<Runnable, Element[]>();
  const unlike = new Set<Runnable>();
  for (const element of elements) {
    if (isAssetDecl(element)) for (const type of of(element).types) inOthers.add(type);
    const subject = subjectOf(element);
    if (subject === undefined) continue;
    beside.set(subject, [...(beside.get(subject) ?? []), element]);
    if (isBindDecl(element) ? element.estimates.length > 0 : !isViewDecl(element)) unlike.add(subject);
    if (isAssetDecl(subject) && !isViewDecl(element)) inScenarios.add(subject);
  }
  const looks: Look[] = [];
  const alone = new Map<AssetDecl, Look>();
  for (const element of elements) {
    if (!isAssetDecl(element) || !element.name || element.port) continue;
    const runs = inScenarios.has(element) || !(inOthers.has(element) || of(element).isOpen);
    const look = { element, runs: runs && !element.abstract, beside: beside.get(element) ?? [] };
    looks.push(look);
    if (look.runs) alone.set(element, look);
  }
  for (const element of elements) {
    if (!isTwinDecl(element) || !element.name) continue;
    const own = beside.get(element) ?? [];
    const asset = element.type?.ref && alone.get(element.type.ref);
    // The same equations under another name, as `namesakesOf` finds them in a model: they are not flattened twice.
    if (asset !== undefined && element.overrides.length === 0 && !unlike.has(element))
      asset.beside = [...asset.beside, element, ...own];
    else looks.push({ element, runs: true, beside: own });
  }
  // Those that come first in the text are looked at first.
  return looks.toSorted((a, b) => (a.element.$containerIndex ?? 0) - (b.element.$containerIndex ?? 0));
}

/** The twin or the asset that is bound, run, studied or shown. */
function subjectOf(element: Element): Runnable | undefined {
  if (isBindDecl(element)) return element.twin?.ref;
  if (isScenarioDecl(element) || isViewDecl(element)) return element.subject?.ref;
  if (!isExperimentDecl(element) && !isCalibrateDecl(element)) return undefined;
  const subject = element.subject?.ref;
  return subject === undefined || !isScenarioDecl(subject) ? subject : subject.subject?.ref;
}
