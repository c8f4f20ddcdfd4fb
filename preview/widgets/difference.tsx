/** How far a value is from the same one of the run that is compared with; nothing when there is none. */
import { useComputed } from '@preact/signals';
import { usePreview } from '../context.ts';
import { formatDifference } from '../format/number.ts';
import type { SeriesInfo } from '../protocol.ts';
import { words } from '../words.ts';

interface Props {
  info: SeriesInfo;
  /** Series whose values are written beside it: they share their decimals. */
  beside: readonly string[];
  /** At the pointer over a chart, where there is one, instead of the time that is shown. */
  atCursor?: boolean;
}

export function Difference({ info, beside, atCursor = false }: Props) {
  const { store } = usePreview();
  const { id, base, unit, labels } = info;
  const text = useComputed(() => {
    void store.past.referencesChanged.value;
    const known = store.past.reference(id);
    // Which mode is active differs by no number.
    if (!known || base === 'boolean' || labels !== undefined) return '';
    const value = store.value(id).value;
    const cursor = atCursor ? store.cursor.value : null;
    const here = cursor === null ? value : store.past.history(id).at(cursor);
    const there = known.at(cursor ?? store.shown.peek());
    if (here === null) return '';
    return formatDifference(
      (here - there) / unit.factor,
      Math.max(...beside.map((other) => store.peak(other))),
    );
  });
  const there = useComputed(() => text.value !== '');
  return there.value ? (
    <span class="difference" title={words.difference}>
      {text}
    </span>
  ) : null;
}
