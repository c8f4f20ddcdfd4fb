/** All alarms: the active ones first, each with what it means, since when, and a way to say that one has seen it. */
import { useComputed } from '@preact/signals';
import { usePreview } from '../context.ts';
import { formatClock, formatSpan } from '../format/time.ts';
import type { AlarmState } from '../protocol.ts';
import { sortAlarms } from '../session/reduce.ts';
import { Empty, Icon, severityIcon } from '../shell/icon.tsx';
import { Menu } from '../shell/menu.tsx';
import { words } from '../words.ts';

/** s of the run */
const shelfTimes: readonly number[] = [60, 600, 3600, 8 * 3600, 86_400];

export function AlarmList() {
  const { store } = usePreview();
  const sorted = useComputed(() => sortAlarms(store.alarms.value));
  if (sorted.value.length === 0) return <Empty icon="bell-slash" {...words.noAlarms} />;
  return (
    <ul class="list alarms" role="list">
      {sorted.value.map((alarm) => (
        <AlarmRow key={alarm.id} alarm={alarm} />
      ))}
    </ul>
  );
}

function AlarmRow({ alarm }: { alarm: AlarmState }) {
  const { store } = usePreview();
  const { acknowledged, severity, since, shelvedUntil } = alarm;
  const shelved = shelvedUntil !== undefined;
  const active = alarm.active && !shelved;
  const when = shelved
    ? words.shelvedUntil(formatClock(shelvedUntil))
    : since === null
      ? words.quiet
      : active
        ? words.since(formatClock(since))
        : words.clearedAt(formatClock(since));
  return (
    <li
      class={`alarm${shelved ? ' shelved' : ''} ${active ? `active severity-${severity}` : 'resting'}${acknowledged ? ' acknowledged' : ''}`}
    >
      <Icon name={active ? severityIcon[severity] : shelved ? 'bell-slash' : 'circle-outline'} />
      <span class="visually-hidden">{words.severity[severity]}</span>
      <div class="alarm-text">
        <span class="alarm-label">{alarm.label}</span>
        {active ? <span class="alarm-message">{alarm.message}</span> : null}
      </div>
      <span class="alarm-since">{when}</span>
      {active ? (
        <span class="alarm-actions">
          <Menu
            icon="bell-slash"
            disabled={!store.may('operate')}
            label={`${words.shelve}: ${alarm.label}`}
            items={shelfTimes.map((seconds) => ({
              label: words.shelveFor(formatSpan(seconds)),
              choose: () => store.command({ type: 'shelve', alarm: alarm.id, seconds }),
            }))}
          />
          <button
            type="button"
            class="icon-button"
            disabled={acknowledged || !store.may('operate')}
            title={acknowledged ? words.acknowledged : words.acknowledge}
            aria-label={`${acknowledged ? words.acknowledged : words.acknowledge}: ${alarm.label}`}
            onClick={() => store.command({ type: 'acknowledge', alarm: alarm.id })}
          >
            <Icon name={acknowledged ? 'pass-filled' : 'check'} />
          </button>
        </span>
      ) : shelved ? (
        <button
          type="button"
          class="icon-button"
          disabled={!store.may('operate')}
          title={words.unshelve}
          aria-label={`${words.unshelve}: ${alarm.label}`}
          onClick={() => store.command({ type: 'shelve', alarm: alarm.id, seconds: null })}
        >
          <Icon name="bell" />
        </button>
      ) : null}
    </li>
  );
}
