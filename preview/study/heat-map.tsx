/** A reported value over two of what is varied, as shades. */
import { estimateText, plain, valueText } from './axis.ts';
import { titled, withUnit } from './over-chart.tsx';
import { Plot } from './plot.tsx';
import type { ExperimentPlan, Row } from './protocol.ts';
import { cellsOf } from './results.ts';
import type { Look } from './results.ts';
import { words } from './words.ts';

interface Props {
  plan: ExperimentPlan;
  report: number;
  rows: readonly Row[];
  look: Look & { by: number };
  chosen: number | null;
  choose: (variant: number) => void;
}

export function HeatMap({ plan, report, rows, look, chosen, choose }: Props) {
  const { name, unit } = plan.reports[report]!;
  const [over, by] = [plan.factors[look.over]!, plan.factors[look.by]!];
  const { xs, ys, rows: cells, low, high } = cellsOf(rows, report, look);
  const shareOf = (mean: number): number => (high > low ? (mean - low) / (high - low) : 0.5);
  const ticks = (values: readonly number[], base: typeof over.base) => ({
    low: -0.5,
    high: values.length - 0.5,
    ticks: values.map((value, at) => ({
      at,
      label: base === 'boolean' ? valueText(value, base) : plain(value, 4),
    })),
  });
  const there = cells.flatMap((row, at) =>
    row === undefined ? [] : [{ row, x: at % xs.length, y: Math.floor(at / xs.length) }],
  );
  return (
    <Plot
      title={name}
      unit={unit.label}
      label={words.chart(name, `${over.name}, ${by.name}`)}
      xTitle={titled(over)}
      x={ticks(xs, over.base)}
      y={ticks(ys, by.base)}
      legend={
        <>
          <span>{titled(by)} ↑</span>
          <span class="key">
            {plain(low, 4)} <span class="shades" aria-hidden="true" /> {plain(high, 4)}
          </span>
        </>
      }
      marks={() =>
        there.map(({ row, x, y }) => ({
          x,
          y,
          text: `${over.name} ${withUnit(row.values[look.over]!, over)}, ${by.name} ${withUnit(row.values[look.by]!, by)}: ${estimateText(row.reports[report]!.mean, row.reports[report]!.half)}${unit.label === '' ? '' : ` ${unit.label}`}`,
          choose: () => choose(row.variant),
        }))
      }
    >
      {({ x, y }) => {
        const [wide, tall] = [x(1) - x(0), y(0) - y(1)];
        const isWritten = wide > 46 && tall > 16;
        return there.map(({ row, x: column, y: line }) => {
          const mean = row.reports[report]!.mean!;
          const share = shareOf(mean);
          return (
            <g key={row.variant} class={row.variant === chosen ? 'cell is-chosen' : 'cell'}>
              <rect
                x={x(column) - wide / 2 + 0.5}
                y={y(line) - tall / 2 + 0.5}
                width={Math.max(1, wide - 1)}
                height={Math.max(1, tall - 1)}
                style={{
                  fill: `color-mix(in oklab, var(--heat-high) ${(100 * share).toFixed(1)}%, var(--heat-low))`,
                }}
              />
              {isWritten ? (
                <text
                  class={share > 0.5 ? 'on-high' : 'on-low'}
                  x={x(column)}
                  y={y(line)}
                  dy="0.35em"
                  text-anchor="middle"
                >
                  {plain(mean, 4)}
                </text>
              ) : null}
            </g>
          );
        });
      }}
    </Plot>
  );
}
