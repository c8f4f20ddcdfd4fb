/** How a value at the end differs from run to run: bars, and where the middle and the outer twentieths lie. */
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ManifestWidget } from '../../runtime/contract/shown.ts';
import { usePreview, useWatch } from '../context.ts';
import { formatNumber, formatValue, toShown } from '../format/number.ts';
import type { SeriesInfo } from '../protocol.ts';
import { words } from '../words.ts';
import { binsOf, quantileOf } from './histogram-bins.ts';
import type { Bin, Bins } from './histogram-bins.ts';
import { SvgExport } from './svg-export.tsx';

type Widget = Extract<ManifestWidget, { kind: 'histogram' }>;

/** px: as large as its place in the card, once that is known. */
const USUAL = { width: 440, height: 190 };
const box = { left: 40, right: 20, top: 22, bottom: 34 };

export function Histogram({ widget }: { widget: Widget }) {
  const { store } = usePreview();
  const lookup = store.lookup.value;
  useEffect(() => store.costly.show('samples'), [store]);
  const infos = widget.series.flatMap((probe) =>
    (lookup.probes.get(probe) ?? []).flatMap((id) => lookup.series.get(id) ?? []),
  );
  return (
    <>
      {infos.map((info) => (
        <One
          key={info.id}
          info={info}
          title={infos.length === 1 && widget.title ? widget.title : info.label}
        />
      ))}
    </>
  );
}

function One({ info, title }: { info: SeriesInfo; title: string }) {
  const { store } = usePreview();
  useWatch([info.id]);
  const svg = useRef<SVGSVGElement>(null);
  const known = useComputed(() => {
    const { values, runs, ended } = store.costly.samples.value;
    const numbers = (values.get(info.id) ?? []).flatMap((value) =>
      value === null ? [] : [toShown(value, info.unit)],
    );
    return { numbers, runs, ended };
  });
  const bins = useComputed(() => binsOf(known.value.numbers, info));
  const { numbers, runs, ended } = known.value;
  const failed = ended - numbers.length;
  const simulated = store.status.value?.mode === 'simulate';
  const progress = !simulated
    ? ''
    : ended < runs
      ? words.runsSoFar(ended, runs)
      : `${words.runsDone(runs)}${failed > 0 ? `, ${words.runsFailed(failed)}` : ''}`;
  const csv = () =>
    [
      words.histogramColumns,
      ...numbers.map((value, run) => `${run + 1},${Number(value.toPrecision(12))}`),
      '',
    ].join('\n');
  return (
    <section class="card histogram-card" aria-label={words.histogramOf(title)} title={info.doc}>
      <header class="card-head">
        <h2>{title}</h2>
        <span class="hint histogram-runs">{progress}</span>
        <SvgExport title={title} svg={() => svg.current} csv={csv} />
      </header>
      {numbers.length > 0 && bins.value ? (
        <Bars bins={bins.value} numbers={numbers} info={info} svg={svg} />
      ) : (
        <p class="hint histogram-empty">{simulated ? words.noSamples : words.histogramOnlySimulated}</p>
      )}
    </section>
  );
}

interface BarsProps {
  bins: Bins;
  numbers: readonly number[];
  info: SeriesInfo;
  svg: { current: SVGSVGElement | null };
}

function Bars({ bins, numbers, info, svg }: BarsProps) {
  const { store } = usePreview();
  const { list, low, high, labels } = bins;
  const measured = useSignal(USUAL);
  useEffect(() => {
    const element = svg.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = element;
      if (clientWidth > 0 && clientHeight > 0) measured.value = { width: clientWidth, height: clientHeight };
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [svg]);
  const { width, height } = measured.value;
  const most = Math.max(...list.map(({ count }) => count), 1);
  const inner = { width: width - box.left - box.right, height: height - box.top - box.bottom };
  const x = (value: number) => box.left + ((value - low) / (high - low)) * inner.width;
  const y = (count: number) => box.top + inner.height * (1 - count / most);
  const text = (value: number) => formatNumber(value, Math.max(Math.abs(low), Math.abs(high)));
  const now = store.value(info.id);
  const here = useComputed(() => (now.value === null ? NaN : toShown(now.value, info.unit)));
  const seen = useComputed(() => here.value >= low && here.value <= high);
  const sorted = numbers.toSorted((a, b) => a - b);
  const quantiles = labels
    ? []
    : ([0.05, 0.5, 0.95] as const).map((share) => ({ share, value: quantileOf(sorted, share) }));
  const said = labels
    ? list.map(({ count }, i) => `${labels[i]}: ${count}`).join(', ')
    : quantiles
        .map(({ share, value }) => `${words.quantile(share)} ${text(value)} ${info.unit.label}`)
        .join(', ');
  const nameOf = (bin: Bin, i: number): string =>
    labels ? labels[i]! : `${text(bin.from)} – ${text(bin.to)} ${info.unit.label}`;
  const ticks = labels ? [] : ticksOf(low, high);
  return (
    <svg
      ref={svg}
      class="histogram"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={words.histogramText(info.label, numbers.length, said)}
    >
      {[most, Math.floor(most / 2)]
        .filter((count, i) => count > 0 && (i === 0 || most > 1))
        .map((count) => (
          <g key={count}>
            <path class="grid-line" d={`M${box.left} ${y(count)}h${inner.width}`} />
            <text class="tick" x={box.left - 6} y={y(count)} dy="0.35em" text-anchor="end">
              {count}
            </text>
          </g>
        ))}
      {list.map((bin, i) => (
        <rect
          key={i}
          class="bar"
          data-count={bin.count}
          x={x(bin.from) + (labels ? 6 : 0.75)}
          y={y(bin.count)}
          width={Math.max(1, x(bin.to) - x(bin.from) - (labels ? 12 : 1.5))}
          height={Math.max(0, y(0) - y(bin.count))}
          rx={2}
        >
          <title>{`${nameOf(bin, i)}: ${bin.count}`}</title>
        </rect>
      ))}
      <path class="axis-line" d={`M${box.left} ${y(0)}h${inner.width}`} />
      {labels
        ? list.map((bin, i) => (
            <text key={i} class="tick" x={x((bin.from + bin.to) / 2)} y={y(0) + 14} text-anchor="middle">
              {labels[i]}
            </text>
          ))
        : ticks.map((tick) => (
            <text key={tick} class="tick" x={x(tick)} y={y(0) + 14} text-anchor="middle">
              {formatNumber(tick, Math.max(Math.abs(low), Math.abs(high)), 3)}
            </text>
          ))}
      <text class="tick unit-text" x={width - box.right} y={height - 4} text-anchor="end">
        {info.unit.label}
      </text>
      {quantiles.map(({ share, value }) => (
        <g
          key={share}
          class={`quantile quantile-${share === 0.5 ? 'middle' : 'outer'}`}
          data-share={share}
          data-value={value}
        >
          <path d={`M${x(value)} ${box.top - 4}V${y(0)}`} />
          <text x={x(value)} y={box.top - 8} text-anchor="middle">
            {words.quantile(share)}
          </text>
          <title>{`${words.quantile(share)}: ${text(value)} ${info.unit.label}`}</title>
        </g>
      ))}
      {labels ? null : (
        <Here
          x={useComputed(() => x(here.value))}
          y={y(0)}
          seen={seen}
          text={useComputed(() => formatValue(now.value, info))}
        />
      )}
    </svg>
  );
}

/** The run that is shown, below the axis. */
function Here({
  x,
  y,
  seen,
  text,
}: {
  x: { value: number };
  y: number;
  seen: { value: boolean };
  text: { value: string };
}) {
  const path = useComputed(() => (seen.value ? `M${x.value} ${y + 1}l4 6h-8Z` : ''));
  const title = useComputed(() => words.thisRun(text.value));
  return (
    <path class="here" d={path}>
      <title>{title}</title>
    </path>
  );
}

/** Round values on the axis, not too many. */
function ticksOf(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}
