/** What happened, the latest at the top. Only the rows in view are in the page, so thousands cost nothing. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { usePreview } from '../context.ts';
import { formatRunning } from '../format/time.ts';
import type { TwinEvent } from '../protocol.ts';
import { Empty, Icon, severityIcon } from '../shell/icon.tsx';
import { sentence, words } from '../words.ts';

const rowHeight = 28;
/** Rows drawn beyond what is visible, so that fast scrolling shows no holes. */
const overscan = 6;

const kindIcon = {
  rule: 'symbol-event',
  alarm: 'bell',
  event: 'zap',
  sensor: 'pulse',
  range: 'arrow-both',
  command: 'account',
  trouble: 'bug',
} as const;

export function EventList() {
  const { store } = usePreview();
  const scroller = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(320);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => (height.value = element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [store.events.value.length === 0]);
  const events = store.events.value;
  if (events.length === 0) return <Empty icon="list-flat" {...words.noEvents} />;
  const first = Math.max(0, Math.floor(top.value / rowHeight) - overscan);
  const count = Math.ceil(height.value / rowHeight) + 2 * overscan;
  const rows: TwinEvent[] = [];
  for (let i = first; i < Math.min(events.length, first + count); i++)
    rows.push(events[events.length - 1 - i]!);
  return (
    <div
      ref={scroller}
      class={`events${events[events.length - 1]!.time >= 86_400 ? ' has-days' : ''}`}
      role="group"
      aria-label={words.events}
      tabIndex={0}
      onScroll={(event) => (top.value = event.currentTarget.scrollTop)}
    >
      <ol class="events-all" role="list" style={{ height: `${events.length * rowHeight}px` }}>
        {rows.map((event, i) => (
          <EventRow key={event.id} event={event} top={(first + i) * rowHeight} />
        ))}
      </ol>
    </div>
  );
}

function EventRow({ event, top }: { event: TwinEvent; top: number }) {
  const { store } = usePreview();
  const { source } = event;
  const text = sentence(event);
  const content = (
    <>
      <time class="event-time">{formatRunning(event.time, store.status.peek()?.end, true)}</time>
      <Icon
        name={event.severity === 'info' ? kindIcon[event.kind] : severityIcon[event.severity]}
        class={`severity-${event.severity}`}
      />
      <span class="event-name">{event.name}</span>
      <span class="event-text">{text}</span>
    </>
  );
  return (
    <li class="event-row" style={{ top: `${top}px` }}>
      {source ? (
        <button
          type="button"
          class="event"
          title={`${text}\n${words.revealSource}`}
          onClick={() =>
            store.command({ type: 'reveal', uri: source.uri, line: source.line, column: source.column })
          }
        >
          {content}
        </button>
      ) : (
        <div class="event" title={text}>
          {content}
        </div>
      )}
    </li>
  );
}
