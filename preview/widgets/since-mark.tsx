/** How far a value is from what it was at the marked time; nothing where no time is marked. */
import { useComputed } from '@preact/signals';
import { usePreview } from '../context.ts';
import { formatDifference } from '../format/number.ts';
import type { SeriesInfo } from '../protocol.ts';
import { Icon } from '../shell/icon.tsx';
import { words } from '../words.ts';

interface Props {
  info: SeriesInfo;
  /** Series whose values are written beside it: they share their decimals. */
  beside: readonly string[];
}

export function SinceMark({ info, beside }: Props) {
  const { store, kept } = usePreview();
  const { id, base, unit, labels } = info;
  const text = useComputed(() => {
    const mark = kept.mark.value;
    if (mark === null || base === 'boolean' || labels !== undefined) return '';
    const value = store.value(id).value;
    const cursor = store.cursor.value;
    const history = store.past.history(id);
    const here = cursor === null ? value : history.at(cursor);
    const there = history.at(mark);
    if (here === null) return '';
    return formatDifference(
      (here - there) / unit.factor,
      Math.max(...beside.map((other) => store.peak(other))),
    );
  });
  const there = useComputed(() => text.value !== '');
  return there.value ? (
    <span class="since-mark" title={words.sinceMark}>
      <Icon name="pinned" />
      <span class="visually-hidden">{words.sinceMark}: </span>
      {text}
    </span>
  ) : null;
}
