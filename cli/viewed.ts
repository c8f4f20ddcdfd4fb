/** What a view shows of a run, for those who have a terminal. */
import type { Manifest, Unit } from '../runtime/contract/manifest.ts';
import type { ManifestWidget } from '../runtime/contract/shown.ts';
import { count } from '../runtime/contract/elements.ts';
import { elementName } from '../runtime/names.ts';

export interface Viewed {
  /** As columns of a recording are named. */
  name: string;
  /** That the view shows it in. */
  unit: Unit;
}

/**
 * Of the views that the text has: what they draw over time, the first line of each chart before second ones, and what they
 * show as a number. Expressions have no column, and are left out.
 */
export function viewed(manifest: Manifest): { charted: Viewed[]; numbers: Viewed[] } {
  const charts: Viewed[][] = [];
  const numbers: Viewed[] = [];
  const elements = (probe: number): Viewed[] => {
    const { text, dims, first, unit } = manifest.probes[probe]!;
    const name = text.replaceAll('[*]', '[]');
    return Array.from({ length: count(dims) }, (_, n) => ({ name: elementName(name, dims, n, first), unit }));
  };
  const visit = (widget: ManifestWidget): void => {
    if (widget.kind === 'row' || widget.kind === 'column') widget.widgets.forEach(visit);
    else if (widget.kind === 'chart') charts.push(widget.series.flatMap(({ probe }) => elements(probe)));
    else if (widget.kind === 'number' || widget.kind === 'gauge') numbers.push(...elements(widget.value));
  };
  for (const { derived, widgets } of manifest.views) if (!derived) widgets.forEach(visit);
  const most = Math.max(0, ...charts.map(({ length }) => length));
  const charted = Array.from({ length: most }, (_, n) => charts.flatMap((series) => series[n] ?? [])).flat();
  return { charted: once(charted), numbers: once(numbers) };
}

const once = (all: readonly Viewed[]): Viewed[] =>
  [...new Map([...all].reverse().map((each) => [each.name, each])).values()].reverse();
