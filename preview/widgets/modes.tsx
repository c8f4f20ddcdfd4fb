/** The diagram of a `modes` block: active modes are filled, and the transition that was taken last glows for a moment. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ManifestWidget } from '../../runtime/contract/shown.ts';
import { usePreview, useWatch } from '../context.ts';
import type { ModesInfo, Place } from '../protocol.ts';
import { words } from '../words.ts';
import { DiagramCard } from './diagram-card.tsx';
import { useLayout } from './laid-out.ts';
import { layOutModes } from './modes-layout.ts';
import type { ModeArrow, ModeBox } from './modes-layout.ts';
import { roundedPath } from './polyline.ts';

/** ms that a transition glows. */
const afterglow = 1500;

export function Modes({ widget }: { widget: Extract<ManifestWidget, { kind: 'modes' }> }) {
  const { store } = usePreview();
  const info = store.hello.value?.charts?.find(
    ({ chart, instance }) => chart === widget.chart && instance === widget.instance,
  );
  return info ? <Diagram key={info.label} info={info} /> : null;
}

const keyOf = (region: number, mode: number): string => `${region} ${mode}`;

function Diagram({ info }: { info: ModesInfo }) {
  const { store } = usePreview();
  useWatch(info.regions.map(({ series }) => series));
  const { host, drawing } = useLayout((width) => layOutModes(info, width), info);
  const active = useComputed<ReadonlySet<string>>(
    () =>
      new Set(
        info.regions.flatMap(({ series, modes }, region) => {
          const mode = Math.round(store.value(series).value ?? 0) - 1;
          return modes[mode] ? [keyOf(region, mode)] : [];
        }),
      ),
  );
  const names = useComputed(() => activeNames(info, active.value));
  const label = useComputed(() => words.modesNow(info.label, names.value || words.missing));
  const taken = useTaken(info, active);
  const placed = drawing.value;
  const reveal = ({ uri, line, column }: Place) => store.command({ type: 'reveal', uri, line, column });
  const boxes = (holding: boolean) =>
    placed?.boxes
      .filter(({ holds }) => holds === holding)
      .map((box) => (
        <Mode key={keyOf(box.region, box.mode ?? -1)} box={box} active={active} info={info} reveal={reveal} />
      ));
  return (
    <DiagramCard
      kind="modes"
      title={info.label}
      doc={info.doc}
      label={words.modesOf(info.label)}
      drawn={label}
      now={names}
      host={host}
      size={placed}
    >
      {boxes(true)}
      {placed?.arrows.map((arrow, i) => (
        <Arrow key={i} arrow={arrow} taken={taken} info={info} reveal={reveal} />
      ))}
      {placed?.dots.map(({ x, y }, i) => (
        <circle key={i} class="mode-begin" cx={x} cy={y} r={5} />
      ))}
      {boxes(false)}
    </DiagramCard>
  );
}

/** `Running.Fast`, or several where they run side by side. */
function activeNames(info: ModesInfo, active: ReadonlySet<string>): string {
  const from = (region: number): string[] => {
    const mode = info.regions[region]!.modes.findIndex((_, at) => active.has(keyOf(region, at)));
    const found = info.regions[region]!.modes[mode];
    if (!found) return [];
    const inner = found.regions.flatMap(from);
    return inner.length > 0 ? inner.map((name) => `${found.name}.${name}`) : [found.name];
  };
  return from(0).join(', ');
}

/** Transitions that led from the modes before to those of now, for a moment. */
function useTaken(
  info: ModesInfo,
  active: ReadonlySignal<ReadonlySet<string>>,
): ReadonlySignal<ReadonlySet<number>> {
  const taken = useSignal<ReadonlySet<number>>(new Set());
  const before = useRef<ReadonlySet<string>>(new Set());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useSignalEffect(() => {
    const now = active.value;
    const last = before.current;
    before.current = now;
    const found = info.transitions.flatMap(({ from, to }, i) =>
      last.has(keyOf(...from)) && now.has(keyOf(...to)) && !last.has(keyOf(...to)) ? [i] : [],
    );
    if (found.length === 0) return;
    taken.value = new Set(found);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => (taken.value = new Set()), afterglow);
  });
  return taken;
}

interface Part {
  info: ModesInfo;
  reveal: (place: Place) => void;
}

function Mode({
  box,
  active,
  info,
  reveal,
}: Part & { box: ModeBox; active: ReadonlySignal<ReadonlySet<string>> }) {
  const { x, y, width, height, region, mode, name, holds } = box;
  const isActive = useComputed(() => mode !== undefined && active.value.has(keyOf(region, mode)));
  const kind = mode === undefined ? 'mode-region' : holds ? 'mode mode-holds' : 'mode';
  const found = mode === undefined ? undefined : info.regions[region]!.modes[mode];
  const shape = (
    <>
      {found ? <title>{[found.doc, words.revealSource].filter(Boolean).join('\n')}</title> : null}
      <rect x={x} y={y} width={width} height={height} rx={holds ? 10 : height / 2} />
      <text
        x={x + width / 2}
        y={holds || mode === undefined ? y + 18 : y + height / 2}
        dy={holds ? 0 : '0.35em'}
      >
        {name}
      </text>
    </>
  );
  const look = useComputed(() => `${kind}${isActive.value ? ' is-active' : ''}`);
  const label = useComputed(() => (isActive.value ? words.modeActive(name) : name));
  const current = useComputed(() => (isActive.value ? 'true' : undefined));
  if (!found) return <g class={look}>{shape}</g>;
  return (
    <g
      class={look}
      role="button"
      tabindex={0}
      aria-label={label}
      aria-current={current}
      data-mode={name}
      onClick={() => reveal(found.source)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        reveal(found.source);
      }}
    >
      {shape}
    </g>
  );
}

function Arrow({
  arrow,
  taken,
  info,
  reveal,
}: Part & { arrow: ModeArrow; taken: ReadonlySignal<ReadonlySet<number>> }) {
  const { points, transition, label } = arrow;
  const path = roundedPath(points);
  const look = useComputed(
    () => `mode-arrow${transition !== undefined && taken.value.has(transition) ? ' is-taken' : ''}`,
  );
  if (transition === undefined)
    return <path class="mode-arrow mode-start" d={path} marker-end="url(#arrow)" />;
  const { text, source, from, to, history } = info.transitions[transition]!;
  const nameOf = ([region, mode]: [number, number]) => info.regions[region]!.modes[mode]!.name;
  return (
    <g class={look} data-transition={`${nameOf(from)} ${nameOf(to)}`} onClick={() => reveal(source)}>
      <title>{`${nameOf(from)} → ${nameOf(to)}: ${text}`}</title>
      <path class="mode-hit" d={path} />
      <path class="mode-line" d={path} marker-end="url(#arrow)" />
      {label ? (
        <text class="mode-text" x={label.x} y={label.y} dy="0.35em">
          {history ? `${label.text} (H${history === 'deep' ? '*' : ''})` : label.text}
        </text>
      ) : null}
    </g>
  );
}
