/** How values of many runs are spread: bars, the mean with its interval, and quantiles. Names: how often each. */
import { binsOf, quantileOf } from '../widgets/histogram-bins.ts';
import { axisOf, estimateText, plain } from './axis.ts';
import { Key, Plot } from './plot.tsx';
import type { Report, Row } from './protocol.ts';
import { words } from './words.ts';

interface Props {
  report: Report;
  at: number;
  row: Row;
  /** Of the runs that have come; positions of names where it has any. */
  values: readonly number[];
}

export function Distribution({ report, at, row, values }: Props) {
  const { name, unit, labels } = report;
  const bins = binsOf(values, labels === undefined ? { base: report.base } : { base: 'integer', labels });
  if (bins === undefined) return null;
  const { mean, half } = row.reports[at]!;
  const sorted = values.toSorted((a, b) => a - b);
  const quantiles = [0.05, 0.5, 0.95].map((share) => quantileOf(sorted, share));
  const isNumber = bins.labels === undefined;
  const most = Math.max(...bins.list.map(({ count }) => count));
  const x = isNumber
    ? axisOf(bins.low, bins.high, 6, false)
    : {
        low: bins.low,
        high: bins.high,
        ticks: bins.labels!.map((label, n) => ({ at: n + 0.5, label })),
      };
  return (
    <Plot
      title={name}
      unit={isNumber ? unit.label : ''}
      label={words.histogram(name)}
      xTitle={isNumber && unit.label !== '' ? `${name} [${unit.label}]` : name}
      x={x}
      y={axisOf(0, most, Math.min(4, most), true)}
      legend={
        isNumber ? (
          <>
            <Key series={2} kind="line" name={`${words.mean} ${estimateText(mean, half)}`} />
            {values.length >= 20 ? (
              <Key
                series={3}
                kind="dashes"
                name={`5 % ${plain(quantiles[0]!, 4)} · ${words.median} ${plain(quantiles[1]!, 4)} · 95 % ${plain(quantiles[2]!, 4)}`}
              />
            ) : null}
            <span>
              {values.length} {words.runs}
            </span>
          </>
        ) : (
          <span>
            {values.length} {words.runs}
          </span>
        )
      }
      marks={() =>
        bins.list.map(({ from, to, count }, n) => ({
          x: (from + to) / 2,
          y: count,
          text: `${isNumber ? `${plain(from, 5)}…${plain(to, 5)}${unit.label === '' ? '' : ` ${unit.label}`}` : bins.labels![n]!}: ${count} ${words.runs}, ${plain((100 * count) / values.length, 3)} %`,
        }))
      }
    >
      {({ x: left, y, height }) => (
        <>
          <g class="series-1">
            {bins.list.map(({ from, to, count }) => (
              <rect
                key={from}
                class="bar"
                x={left(from) + 0.5}
                width={Math.max(1, left(to) - left(from) - 1)}
                y={y(count)}
                height={Math.max(0, height - y(count))}
              />
            ))}
          </g>
          {isNumber && mean !== null ? (
            <g class="series-2">
              {half !== null && half > 0 ? (
                <rect
                  class="band"
                  x={left(mean - half)}
                  width={Math.max(1, left(mean + half) - left(mean - half))}
                  y={0}
                  height={height}
                />
              ) : null}
              <line class="line" x1={left(mean)} x2={left(mean)} y1={0} y2={height} />
            </g>
          ) : null}
          {isNumber && values.length >= 20 ? (
            <g class="series-3">
              {quantiles.map((value, n) => (
                <line key={n} class="line dashes" x1={left(value)} x2={left(value)} y1={0} y2={height} />
              ))}
            </g>
          ) : null}
        </>
      )}
    </Plot>
  );
}
