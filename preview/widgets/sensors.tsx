/** Each sensor's measured value beside the model's, how far they are apart, and where the data come from. */
import { useComputed } from '@preact/signals';
import { usePreview, useWatch } from '../context.ts';
import { formatNumber, formatValue } from '../format/number.ts';
import type { SensorInfo } from '../protocol.ts';
import { Empty, Icon } from '../shell/icon.tsx';
import { words } from '../words.ts';
import { isOutside } from './gauge.tsx';

export function SensorTable() {
  const { store } = usePreview();
  const sensors = store.hello.value?.sensors ?? [];
  if (sensors.length === 0) return <Empty icon="pulse" {...words.noSensors} />;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={words.sensors}>
      <table class="table sensors">
        <thead>
          <tr>
            <th scope="col">{words.sensor}</th>
            <th scope="col" class="numeric">
              {words.measured}
            </th>
            <th scope="col" class="numeric">
              {words.predicted}
            </th>
            <th scope="col" class="numeric">
              {words.residual}
            </th>
            <th scope="col">
              <span class="state-word">{words.state}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sensors.map((sensor) => (
            <SensorRow key={sensor.id} sensor={sensor} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SensorRow({ sensor }: { sensor: SensorInfo }) {
  const { store } = usePreview();
  useWatch([sensor.measured, sensor.predicted]);
  const measured = store.value(sensor.measured);
  const predicted = store.value(sensor.predicted);
  const base = store.lookup.value.series.get(sensor.measured)?.base ?? 'number';
  const shown = { unit: sensor.unit, base };
  const magnitude = () => Math.max(store.peak(sensor.measured), store.peak(sensor.predicted));
  const measuredText = useComputed(() => formatValue(measured.value, shown, magnitude()));
  const predictedText = useComputed(() => formatValue(predicted.value, shown, magnitude()));
  const residualText = useComputed(() => {
    if (measured.value === null || predicted.value === null || base === 'boolean') return words.missing;
    // A difference has no offset: 3 K apart, not 276 K.
    const difference = (measured.value - predicted.value) / sensor.unit.factor;
    const text = formatNumber(difference, magnitude() || undefined);
    return difference > 0 ? `+${text}` : text;
  });
  const state = useComputed(() =>
    measured.value === null ? 'none' : isOutside(measured.value, sensor) ? 'outside' : 'ok',
  );
  return (
    <tr title={sensor.doc}>
      <th scope="row">
        <span class="sensor-label">{sensor.label}</span> <span class="unit">{sensor.unit.label}</span>
        {sensor.binding ? <span class="sensor-binding">{sensor.binding}</span> : null}
      </th>
      <td class="numeric">{measuredText}</td>
      <td class="numeric">{predictedText}</td>
      <td class="numeric">{residualText}</td>
      <td>
        <SensorState state={state.value} />
      </td>
    </tr>
  );
}

function SensorState({ state }: { state: 'none' | 'outside' | 'ok' }) {
  const [icon, word] = {
    none: ['circle-outline', words.noData],
    outside: ['warning', words.outOfRange],
    ok: ['pass', words.ok],
  }[state] as [string, string];
  return (
    <span class={`sensor-state state-${state}`} title={word}>
      <Icon name={icon} /> <span class="state-word">{word}</span>
    </span>
  );
}

/** Connections of a live twin, and what was wrong with the data that came in. */
export function LiveData() {
  const { store } = usePreview();
  const status = store.status.value;
  if (!status || (status.connections.length === 0 && Object.keys(status.counts).length === 0)) return null;
  return (
    <section class="live-data" aria-label={words.data}>
      <ul class="list" role="list">
        {status.connections.map((connection) => (
          <li key={connection.name} class={`connection connection-${connection.state}`}>
            <span class="dot" aria-hidden="true" />
            <span class="connection-name">{connection.name}</span>
            <span class="connection-detail">
              {connection.detail ||
                { connected: words.connected, connecting: words.connecting, lost: words.lost }[
                  connection.state
                ]}
            </span>
          </li>
        ))}
      </ul>
      <dl class="counts">
        {Object.entries(status.counts).map(([kind, count]) => (
          <div key={kind}>
            <dt>{words.counts[kind] ?? kind}</dt>
            <dd>{formatNumber(count, count, 7).replace(/\.0+$/, '')}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
