/** All alarms: the active ones first, each with what it means, since when, and a way to say that one has seen it. */
import { useComputed } from '@preact/signals';
import { usePreview } from '../context.ts';
import { formatClock } from '../format/time.ts';
import type { AlarmState } from '../protocol.ts';
import { sortAlarms } from '../session/reduce.ts';
import { Empty, Icon, severityIcon } from '../shell/icon.tsx';
import { words } from '../words.ts';

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
  const { active, acknowledged, severity, since } = alarm;
  const when =
    since === null
      ? words.quiet
      : active
        ? words.since(formatClock(since))
        : words.clearedAt(formatClock(since));
  return (
    <li
      class={`alarm ${active ? `active severity-${severity}` : 'resting'}${acknowledged ? ' acknowledged' : ''}`}
    >
      <Icon name={active ? severityIcon[severity] : 'circle-outline'} />
      <span class="visually-hidden">{words.severity[severity]}</span>
      <div class="alarm-text">
        <span class="alarm-label">{alarm.label}</span>
        {active ? <span class="alarm-message">{alarm.message}</span> : null}
      </div>
      <span class="alarm-since">{when}</span>
      {active ? (
        <button
          type="button"
          class="icon-button"
          disabled={acknowledged}
          title={acknowledged ? words.acknowledged : words.acknowledge}
          aria-label={`${acknowledged ? words.acknowledged : words.acknowledge}: ${alarm.label}`}
          onClick={() => store.command({ type: 'acknowledge', alarm: alarm.id })}
        >
          <Icon name={acknowledged ? 'pass-filled' : 'check'} />
        </button>
      ) : null}
    </li>
  );
}
