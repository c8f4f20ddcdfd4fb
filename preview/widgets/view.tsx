/** A view of the twin: its widgets as the text (or the model itself) arranges them. */
import type { ComponentChildren } from 'preact';
import type { ManifestView, ManifestWidget } from '../../runtime/contract/shown.ts';
import { usePreview } from '../context.ts';
import type { SeriesInfo } from '../protocol.ts';
import { Empty } from '../shell/icon.tsx';
import type { Lookup } from '../session/store.ts';
import { words } from '../words.ts';
import { AlarmList } from './alarms.tsx';
import { CommandButton } from './button.tsx';
import { Chart } from './chart.tsx';
import { Control } from './controls.tsx';
import { EventList } from './events.tsx';
import { Gauge } from './gauge.tsx';
import { Histogram } from './histogram.tsx';
import { Modes } from './modes.tsx';
import { NumberCard } from './number-card.tsx';
import { Phase } from './phase.tsx';
import { Process } from './process.tsx';
import { Schematic } from './schematic.tsx';
import { SensorTable } from './sensors.tsx';
import { Text } from './text.tsx';

export function View({ view }: { view: ManifestView }) {
  if (view.widgets.length === 0) return <Empty icon="graph-line" {...words.noViews} />;
  return (
    <div class="view">
      <Widgets widgets={view.widgets} />
    </div>
  );
}

/** Small neighbours share a line even where the text gives no row. */
function Widgets({ widgets }: { widgets: readonly ManifestWidget[] }) {
  const lines: ComponentChildren[] = [];
  for (let i = 0; i < widgets.length; i++) {
    if (!isTile(widgets[i]!)) {
      lines.push(<Widget key={i} widget={widgets[i]!} />);
      continue;
    }
    const first = i;
    while (i + 1 < widgets.length && isTile(widgets[i + 1]!)) i++;
    lines.push(
      <div class="row" key={first}>
        {widgets.slice(first, i + 1).map((widget, j) => (
          <Widget key={j} widget={widget} />
        ))}
      </div>,
    );
  }
  return <>{lines}</>;
}

function isTile(widget: ManifestWidget): boolean {
  return (
    widget.kind === 'gauge' ||
    widget.kind === 'number' ||
    widget.kind === 'slider' ||
    widget.kind === 'button'
  );
}

function Widget({ widget }: { widget: ManifestWidget }) {
  const { store } = usePreview();
  const lookup = store.lookup.value;
  switch (widget.kind) {
    case 'row':
      return (
        <Titled title={widget.title}>
          <div class="row">
            {widget.widgets.map((each, i) => (
              <Widget key={i} widget={each} />
            ))}
          </div>
        </Titled>
      );
    case 'column':
      return (
        <Titled title={widget.title}>
          <div class="column">
            <Widgets widgets={widget.widgets} />
          </div>
        </Titled>
      );
    case 'gauge':
      return (
        <>
          {infosOf(widget.value, lookup).map((info) => (
            <Gauge key={info.id} info={info} low={widget.low} high={widget.high} />
          ))}
        </>
      );
    case 'number':
      return (
        <>
          {infosOf(widget.value, lookup).map((info) => (
            <NumberCard key={info.id} info={info} />
          ))}
        </>
      );
    case 'chart':
      return <Chart widget={widget} />;
    case 'phase':
      return <Phase widget={widget} />;
    case 'histogram':
      return <Histogram widget={widget} />;
    case 'modes':
      return <Modes widget={widget} />;
    case 'process':
      return <Process widget={widget} />;
    case 'slider': {
      const parameters = (store.hello.value?.parameters ?? []).filter(
        (each) =>
          each.variable === widget.variable && widget.index.every((index, i) => each.index?.[i] === index),
      );
      return (
        <>
          {parameters.map((parameter) => (
            <div class="card slider-card" key={parameter.id}>
              <Control parameter={parameter} low={widget.low} high={widget.high} />
            </div>
          ))}
        </>
      );
    }
    case 'button':
      return <CommandButton widget={widget} />;
    case 'text':
      return <Text content={widget.content} />;
    case 'schematic':
      return <Schematic />;
    case 'alarms':
      return <Boxed title={words.alarms} content={<AlarmList />} />;
    case 'events':
      return <Boxed title={words.events} content={<EventList />} />;
    case 'sensors':
      return <Boxed title={words.sensors} content={<SensorTable />} />;
  }
}

function Titled({ title, children }: { title: string; children: ComponentChildren }) {
  if (!title) return <>{children}</>;
  return (
    <section class="titled">
      <h2 class="section-title">{title}</h2>
      {children}
    </section>
  );
}

function Boxed({ title, content }: { title: string; content: ComponentChildren }) {
  return (
    <section class="card boxed" aria-label={title}>
      <header class="card-head">
        <h2>{title}</h2>
      </header>
      {content}
    </section>
  );
}

function seriesOf(probe: number, lookup: Lookup): readonly string[] {
  return lookup.probes.get(probe) ?? [];
}

function infosOf(probe: number, lookup: Lookup): SeriesInfo[] {
  return seriesOf(probe, lookup).flatMap((id) => lookup.series.get(id) ?? []);
}
