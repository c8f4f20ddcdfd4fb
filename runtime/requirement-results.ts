/** What was seen of a requirement over a run → whether it holds, by how much, and a sentence. */
import type { Formula } from './contract/formula.ts';
import type { ManifestAtom, ManifestRequirement } from './contract/studies.ts';
import type { Manifest, SourceRange } from './contract/manifest.ts';
import { valueText } from './describe.ts';
import { elementName } from './names.ts';
import type { Memory } from './temporal.ts';
import { timeText } from './trouble.ts';

export interface RequirementResult {
  text: string;
  kind: ManifestRequirement['kind'] | 'chance';
  holds: boolean;
  /** SI: by how much it holds (positive) or fails (negative); null for conditions that have no margin. */
  margin: number | null;
  /** `4.2 K`, in the unit of what is compared; '' without a margin. */
  marginText: string;
  /** s: where it came nearest to failing, or failed by most; null when it was never looked at. */
  time: number | null;
  /** Which element decided, `[3]`; '' for single values. */
  element: string;
  /** One sentence for people. */
  message: string;
  /** What it compares was no number when it was to be judged. */
  untold?: true;
  /** Of a probability: in how many of how many runs it was so, and the bound (a share) that follows from that. */
  chance?: { hits: number; runs: number; bound: number };
  source: SourceRange;
}

/** Plain data: what a monitor has seen so far. Numbers that are not finite are kept as they are. */
export interface Watch {
  /** By element. */
  margins: (number | null)[];
  times: (number | null)[];
  holds: (boolean | null)[];
  /** `response`: truth of the trigger, and what has still to be answered. */
  triggered: boolean[];
  /** When it could not be told, s. */
  untold: (number | null)[];
  open: { element: number; time: number; margin: number; best: number }[];
  /** Of a formula, by element: what its operators remember, and truths of a trigger that wait for it to be judged. */
  memories?: Memory[][];
  waiting?: boolean[][];
}

export type Timed = Formula<ManifestAtom>;

export function atomsOf(formula: Timed): ManifestAtom[] {
  if (formula.kind === 'atom') return [formula.atom];
  return 'operand' in formula
    ? atomsOf(formula.operand)
    : [...atomsOf(formula.left), ...atomsOf(formula.right)];
}

const isPrivate = (requirement: ManifestRequirement, { probes }: Manifest): boolean =>
  [requirement, ...(requirement.formula === undefined ? [] : atomsOf(requirement.formula))].some(
    ({ condition, margin }) =>
      probes[condition]!.private === true || (margin !== undefined && probes[margin]!.private === true),
  );

export function resultOf(
  manifest: Manifest,
  requirement: ManifestRequirement,
  watch: Watch,
  end: number,
): RequirementResult {
  const { text, kind, source } = requirement;
  const untold = watch.untold.findIndex((time) => time !== null);
  if (untold >= 0) return untoldResult(manifest, requirement, watch, untold);
  const size = watch.holds.length;
  const seen = watch.holds
    .map((holds, element) => ({ holds, element }))
    .filter(({ holds }) => holds !== null);
  // Nothing was asked of a response without a trigger; all else must have been looked at.
  const vacuous = seen.length === 0 && kind === 'response';
  const holds =
    vacuous ||
    (seen.length === size && seen.every((one) => one.holds === true)) ||
    (kind === 'response' && seen.every((one) => one.holds === true));
  const candidates = seen.filter((one) => one.holds === holds);
  const worst = (candidates.length > 0 ? candidates : seen).reduce<number | undefined>(
    (best, { element }) =>
      best === undefined || watch.margins[element]! < watch.margins[best]! ? element : best,
    undefined,
  );
  const value = worst === undefined ? null : watch.margins[worst]!;
  // With the bound that the text says, a margin gives away what was compared.
  const secret = isPrivate(requirement, manifest);
  const margin =
    value === null || secret || requirement.margin === undefined || !Number.isFinite(value) ? null : value;
  const time = worst === undefined ? null : watch.times[worst]!;
  const element = worst === undefined || size === 1 ? '' : elementText(manifest, requirement, size, worst);
  const unit = requirement.margin === undefined ? undefined : manifest.probes[requirement.margin]!.unit;
  const marginText =
    margin === null || unit === undefined
      ? ''
      : valueText(Math.abs(margin), { ...unit, offset: 0 }, 'number', 3);
  const where = `${element === '' ? '' : ` for ${element}`}${time === null ? '' : ` at t = ${timeText(time)}`}`;
  const message = vacuous
    ? `${text}: holds; its trigger never occurred up to t = ${timeText(end)}`
    : time === null
      ? `${text}: never looked at; the run ended at t = ${timeText(end)}`
      : holds
        ? `${text}: holds${marginText === '' ? '' : `, ${marginText} from failing${where}`}`
        : kind === 'eventually' && marginText === ''
          ? `${text}: fails${element === '' ? '' : ` for ${element}`}; it was never so up to t = ${timeText(end)}`
          : `${text}: fails${marginText === '' ? '' : ` by ${marginText}`}${where}`;
  return { text, kind, holds, margin, marginText, time, element, message, source };
}

function elementText(
  { probes }: Manifest,
  { condition }: ManifestRequirement,
  size: number,
  element: number,
): string {
  const { dims, first } = probes[condition]!;
  const brackets = '[]'.repeat(Math.max(1, dims.length));
  return elementName(brackets, dims.length === 0 ? [size] : dims, element, first);
}

/** Neither true nor false would be right, so it does not hold. */
function untoldResult(
  manifest: Manifest,
  requirement: ManifestRequirement,
  { untold }: Watch,
  at: number,
): RequirementResult {
  const { text, kind, source } = requirement;
  const time = untold[at]!;
  const element = untold.length === 1 ? '' : elementText(manifest, requirement, untold.length, at);
  const message =
    `${text}: cannot be told${element === '' ? '' : ` for ${element}`} at t = ${timeText(time)}, as what it compares is not a number there. ` +
    'Look for a division of zero by zero, or a root or logarithm of a negative number, in it; or say when it counts (PX9053)';
  return {
    text,
    kind,
    holds: false,
    margin: null,
    marginText: '',
    time,
    element,
    message,
    untold: true,
    source,
  };
}
