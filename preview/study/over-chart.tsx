/** A reported value over what is varied: points with their intervals, and lines where the values are listed. */
import { axisOf, estimateText, plain, valueText } from './axis.ts';
import { dot, Key, Plot, polyline } from './plot.tsx';
import type { ExperimentPlan, Factor, Row } from './protocol.ts';
import { familiesOf, isListed } from './results.ts';
import type { Family, Look } from './results.ts';
import { words } from './words.ts';

const COLOURS = 8;
/** Points that intervals are drawn at; with more they are a blur. */
const MOST_WHISKERS = 400;

interface Props {
  plan: ExperimentPlan;
  report: number;
  rows: readonly Row[];
  look: Look;
  chosen: number | null;
  choose: (variant: number) => void;
}

export function OverChart({ plan, report, rows, look, chosen, choose }: Props) {
  const { name, unit } = plan.reports[report]!;
  const factor = plan.factors[look.over]!;
  const by = look.by === null ? undefined : plan.factors[look.by];
  const families = familiesOf(rows, report, look);
  const points = families.flatMap((family) => family.points);
  let [low, high] = [Infinity, -Infinity];
  for (const { mean, half } of points) {
    const around = Number.isFinite(half) ? half : 0;
    low = Math.min(low, mean - around);
    high = Math.max(high, mean + around);
  }
  const isSampled = !isListed(factor);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const xAxis = axisFor(factor, xs);
  const yAxis = axisOf(low, high, 5, true);
  const colourOf = (at: number): number => (at % COLOURS) + 1;
  const hasWhiskers = points.length <= MOST_WHISKERS;
  const written = plan.baseIsModel ? plan.base : -1;
  return (
    <Plot
      title={name}
      unit={unit.label}
      label={words.chart(name, factor.name)}
      xTitle={titled(factor)}
      x={xAxis}
      y={yAxis}
      legend={
        by === undefined || families.length < 2 || families.length > COLOURS
          ? by === undefined || families.length < 2
            ? undefined
            : `${by.name}: ${valueText(families[0]!.value, by.base)}…${valueText(families.at(-1)!.value, by.base)}${by.unit.label === '' ? '' : ` ${by.unit.label}`}`
          : families.map(({ value }, at) => (
              <Key
                key={value}
                series={colourOf(at)}
                kind={isSampled ? 'dot' : 'line'}
                name={`${by.name} ${withUnit(value ?? NaN, by)}`}
              />
            ))
      }
      marks={() =>
        points.map(({ x, mean, half, row }) => ({
          x,
          y: mean,
          text: `${plan.factors.map((each, at) => `${each.name} ${withUnit(row.values[at]!, each)}`).join(', ')}: ${estimateText(mean, Number.isFinite(half) ? half : null)}${unit.label === '' ? '' : ` ${unit.label}`}`,
          choose: () => choose(row.variant),
        }))
      }
    >
      {({ x, y }) => (
        <>
          {families.map((family, at) => (
            <g
              key={family.value}
              class={`series-${families.length > COLOURS ? 1 : colourOf(at)}`}
              opacity={fade(families, at)}
            >
              {hasWhiskers ? <path class="whisker" d={whiskers(family, x, y)} /> : null}
              {isSampled ? null : (
                <path class="line" d={polyline(family.points.map((point) => [x(point.x), y(point.mean)]))} />
              )}
              <path
                class={`dots${family.points.length > 200 ? ' small' : ''}`}
                d={family.points.map((point) => dot(x(point.x), y(point.mean))).join('')}
              />
            </g>
          ))}
          {points
            .filter(({ row }) => row.variant === chosen || row.variant === written)
            .map((point) => (
              <circle
                key={point.row.variant}
                class={point.row.variant === chosen ? 'chosen' : 'written'}
                cx={x(point.x)}
                cy={y(point.mean)}
                r={6}
              />
            ))}
        </>
      )}
    </Plot>
  );
}

/** Of more lines than colours the later ones are stronger. */
const fade = (families: readonly Family[], at: number): number =>
  families.length > COLOURS ? 0.25 + (0.75 * at) / (families.length - 1) : 1;

function whiskers({ points }: Family, x: (value: number) => number, y: (value: number) => number): string {
  return points
    .filter(({ half }) => half > 0)
    .map(({ x: at, mean, half }) => {
      const [left, top, bottom] = [x(at), y(mean + half).toFixed(1), y(mean - half).toFixed(1)];
      const [from, to] = [(left - 3).toFixed(1), (left + 3).toFixed(1)];
      return `M${from} ${top}H${to}M${left.toFixed(1)} ${top}V${bottom}M${from} ${bottom}H${to}`;
    })
    .join('');
}

/** Few listed values are ticks themselves. */
export function axisFor({ base, range }: Factor, xs: readonly number[]): ReturnType<typeof axisOf> {
  const [low, high] = range ?? [xs[0] ?? 0, xs.at(-1) ?? 1];
  if (base === 'boolean')
    return { low: -0.5, high: 1.5, ticks: [0, 1].map((at) => ({ at, label: at === 0 ? 'false' : 'true' })) };
  const axis = axisOf(low, high, 6, false);
  // Marks at the ends are whole.
  const pad = (axis.high - axis.low) * 0.03;
  const ticks =
    range === undefined && xs.length <= 8 ? xs.map((at) => ({ at, label: plain(at, 4) })) : axis.ticks;
  return { low: axis.low - pad, high: axis.high + pad, ticks };
}

export const titled = ({ name, unit }: Pick<Factor, 'name' | 'unit'>): string =>
  unit.label === '' ? name : `${name} [${unit.label}]`;

export const withUnit = (value: number, { base, unit }: Pick<Factor, 'base' | 'unit'>): string =>
  `${valueText(value, base)}${unit.label === '' ? '' : ` ${unit.label}`}`;
