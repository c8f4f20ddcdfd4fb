/** The assets as nested boxes: name, kind, the most telling values, and what is wrong with them. A click shows all their values. */
import { useComputed, useSignal } from '@preact/signals';
import { usePreview, useWatch } from '../context.ts';
import { formatValue } from '../format/number.ts';
import type { SeriesInfo, StructureInfo } from '../protocol.ts';
import { CloseButton } from '../shell/close-button.tsx';
import { Icon, severityIcon } from '../shell/icon.tsx';
import { words } from '../words.ts';
import { isOutside } from './gauge.tsx';
import { useLayout } from './laid-out.ts';
import { NumberCard } from './number-card.tsx';
import { layOut, valuesShown } from './schematic-layout.ts';
import type { Box, Drawing } from './schematic-layout.ts';

export function Schematic() {
  const { store } = usePreview();
  const chosen = useSignal<string | null>(null);
  const structure = store.hello.value?.structure;
  const { host, drawing } = useLayout(structure && ((width) => layOut(structure, width)), structure);
  const placed = drawing.value;
  const focused = placed?.boxes.find((box) => box.part.path === chosen.value && box.more === 0)?.part;
  return (
    <section class="card schematic-card" aria-label={words.schematic}>
      <header class="card-head">
        <h2>{words.schematic}</h2>
      </header>
      <div ref={host} class="schematic-scroll">
        <div
          class="schematic"
          style={placed ? { height: `${placed.height}px`, width: `${placed.width}px` } : {}}
        >
          {placed ? <Lines drawing={placed} chosen={chosen.value} /> : null}
          {placed?.boxes.map((box) => (
            <PartBox
              key={`${box.part.path}|${box.more}`}
              box={box}
              chosen={chosen.value === box.part.path && box.more === 0}
              onChoose={() => (chosen.value = chosen.value === box.part.path ? null : box.part.path)}
            />
          ))}
        </div>
      </div>
      {focused ? <PartValues part={focused} onClose={() => (chosen.value = null)} /> : null}
    </section>
  );
}

/** What is joined, as lines between the boxes; those of the chosen part stand out. */
function Lines({ drawing, chosen }: { drawing: Drawing; chosen: string | null }) {
  const { lines, dots, terminals, width, height } = drawing;
  if (lines.length === 0 && terminals.length === 0) return null;
  const texts = [...new Set(lines.map((line) => line.text))];
  return (
    <svg class="links" width={width} height={height} role="img" aria-label={words.joined(texts.join('; '))}>
      {lines.map((line, i) => (
        <polyline
          key={i}
          class={chosen !== null && line.parts.includes(chosen) ? 'link-line touching' : 'link-line'}
          points={line.points.map(([x, y]) => `${x},${y}`).join(' ')}
        >
          <title>{line.text}</title>
        </polyline>
      ))}
      {dots.map(({ x, y }, i) => (
        <circle key={i} class="link-dot" cx={x} cy={y} r={4} />
      ))}
      {terminals.map((terminal, i) => (
        <g key={i}>
          <rect
            class="link-terminal"
            x={terminal.x}
            y={terminal.y}
            width={terminal.width}
            height={terminal.height}
            rx={terminal.height / 2}
          />
          <text
            class="link-port"
            x={terminal.x + terminal.width / 2}
            y={terminal.y + terminal.height / 2}
            dy="0.35em"
            text-anchor="middle"
          >
            {terminal.name}
          </text>
        </g>
      ))}
    </svg>
  );
}

function PartBox({ box, chosen, onChoose }: { box: Box; chosen: boolean; onChoose: () => void }) {
  const { part, more, holds, depth } = box;
  const place = { left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` };
  if (more > 0)
    return (
      <div class="part part-more" style={place}>
        <Icon name="layers" /> {words.more(more)}
      </div>
    );
  const infos = seriesInfos(part.series).slice(0, valuesShown);
  return (
    <button
      type="button"
      class={`part depth-${Math.min(depth, 3)}${holds ? ' part-holds' : ''}${chosen ? ' chosen' : ''}`}
      style={place}
      aria-pressed={chosen}
      title={part.doc}
      onClick={onChoose}
    >
      <span class="part-head">
        <span class="part-name">{part.name}</span>
        <span class="part-asset">{shortName(part.asset)}</span>
        <AlarmBadge alarms={part.alarms} />
      </span>
      {infos.map((info) => (
        <PartValue key={info.id} info={info} of={part.path} />
      ))}
    </button>
  );
}

/** `waterworks.Pump` → `Pump`: in one twin the package says nothing new. */
function shortName(asset: string): string {
  return asset.split('.').at(-1) ?? asset;
}

function seriesInfos(ids: readonly string[]): SeriesInfo[] {
  const { store } = usePreview();
  return ids.flatMap((id) => store.lookup.value.series.get(id) ?? []);
}

function PartValue({ info, of }: { info: SeriesInfo; of: string }) {
  const { store } = usePreview();
  useWatch([info.id]);
  const value = store.value(info.id);
  const text = useComputed(() => formatValue(value.value, info, store.peak(info.id)));
  const name = of && info.label.startsWith(`${of}.`) ? info.label.slice(of.length + 1) : info.label;
  return (
    <span class={useComputed(() => `part-value${isOutside(value.value, info) ? ' outside' : ''}`)}>
      <span class="part-value-name">{name}</span>
      <span class="part-value-number">{text}</span>
      <span class="unit">{info.base === 'boolean' ? '' : info.unit.label}</span>
    </span>
  );
}

/** The worst of an asset's active alarms. */
function AlarmBadge({ alarms }: { alarms: readonly string[] }) {
  const { store } = usePreview();
  const worst = useComputed(() => {
    const active = store.alarms.value.filter((alarm) => alarm.active && alarms.includes(alarm.id));
    return (['critical', 'warning', 'info'] as const).find((severity) =>
      active.some((alarm) => alarm.severity === severity),
    );
  });
  const severity = worst.value;
  return severity ? (
    <span class={`part-badge severity-${severity}`} title={words.severity[severity]}>
      <Icon name={severityIcon[severity]} />
      <span class="visually-hidden">{words.severity[severity]}</span>
    </span>
  ) : null;
}

function PartValues({ part, onClose }: { part: StructureInfo; onClose: () => void }) {
  const { store } = usePreview();
  const sensors = (store.hello.value?.sensors ?? []).filter((sensor) => part.sensors.includes(sensor.id));
  const infos = seriesInfos([...new Set([...part.series, ...sensors.map((sensor) => sensor.measured)])]);
  return (
    <div class="part-details" role="group" aria-label={part.path || part.name}>
      <header class="card-head">
        <h2>{part.path || part.name}</h2>
        <span class="part-asset">{shortName(part.asset)}</span>
        <CloseButton onClose={onClose} />
      </header>
      {part.doc ? <p class="hint">{part.doc}</p> : null}
      <div class="row">
        {infos.map((info) => (
          <NumberCard key={info.id} info={info} />
        ))}
      </div>
    </div>
  );
}
