/** The course of a search: what each candidate came to, and the best so far. */
import { axisOf, estimateText, plain } from './axis.ts';
import { axisFor, titled, withUnit } from './over-chart.tsx';
import { dot, Key, Plot, polyline } from './plot.tsx';
import type { ExperimentPlan, SearchCandidate } from './protocol.ts';
import { words } from './words.ts';

interface Props {
  plan: ExperimentPlan;
  candidates: readonly SearchCandidate[];
  /** Over a choice, or over the candidates in their order. */
  over: number | null;
  chosen: number | null;
  choose: (candidate: number) => void;
}

export function SearchChart({ plan, candidates, over, chosen, choose }: Props) {
  const { name, unit } = plan.reports[0]!;
  const factor = over === null ? undefined : plan.factors[over];
  const all = candidates.flatMap((candidate, at) =>
    candidate.objective === null
      ? []
      : [{ candidate, at, y: candidate.objective, x: over === null ? at + 1 : candidate.values[over]! }],
  );
  const steps = candidates.flatMap(({ best }, at): [number, number][] =>
    best === null ? [] : [[at + 1, best]],
  );
  const y = rangeOf(
    all.map((each) => each.y),
    steps.map(([, value]) => value),
  );
  const x = factor === undefined ? axisOf(1, Math.max(2, candidates.length), 6, false) : axisFor(factor, []);
  const whole = {
    ...x,
    ticks: factor === undefined ? x.ticks.filter(({ at }) => Number.isInteger(at)) : x.ticks,
  };
  const dots = (feasible: boolean, left: (value: number) => number, top: (value: number) => number): string =>
    all
      .filter(({ candidate }) => candidate.feasible === feasible)
      .map((each) => dot(left(each.x), top(each.y)))
      .join('');
  return (
    <Plot
      title={name}
      unit={unit.label}
      label={words.chart(name, factor?.name ?? words.candidate)}
      xTitle={factor === undefined ? words.candidate : titled(factor)}
      x={whole}
      y={y}
      legend={
        <>
          {factor === undefined ? <Key series={2} kind="line" name={words.bestSoFar} /> : null}
          <Key series={1} kind="dot" name={words.candidate} />
          {all.some(({ candidate }) => !candidate.feasible) ? (
            <Key series={5} kind="dot" name={words.breaks} />
          ) : null}
        </>
      }
      marks={() =>
        all.map(({ candidate, at, x: left, y: top }) => ({
          x: left,
          y: top,
          text: `${words.candidate} ${at + 1}: ${plan.factors.map((each, n) => `${each.name} ${withUnit(candidate.values[n]!, each)}`).join(', ')}: ${estimateText(candidate.objective, candidate.half)}${unit.label === '' ? '' : ` ${unit.label}`}${candidate.feasible ? '' : `, ${words.breaks}`}`,
          choose: () => choose(at),
        }))
      }
    >
      {({ x: left, y: top }) => (
        <>
          <g class="series-5">
            <path class="dots small faint" d={dots(false, left, top)} />
          </g>
          <g class="series-1">
            <path class="dots small" d={dots(true, left, top)} />
          </g>
          {factor === undefined ? (
            <g class="series-2">
              <path class="line" d={stairs(steps.map(([at, value]) => [left(at), top(value)]))} />
            </g>
          ) : null}
          {all
            .filter(({ at }) => at === chosen)
            .map((each) => (
              <circle key={each.at} class="chosen" cx={left(each.x)} cy={top(each.y)} r={6} />
            ))}
        </>
      )}
    </Plot>
  );
}

/** The few that are far off do not flatten the others. */
function rangeOf(values: readonly number[], best: readonly number[]): ReturnType<typeof axisOf> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  const known = [at(0.05), at(0.95), ...(best.length > 0 ? [best[0]!, best.at(-1)!] : [])].filter(
    Number.isFinite,
  );
  return axisOf(Math.min(...known), Math.max(...known), 5, true);
}

/** Holds each value until the next one. */
const stairs = (points: readonly (readonly [number, number])[]): string =>
  polyline(
    points.flatMap(([x, y], at) =>
      at === 0 ? [[x, y] as const] : [[x, points[at - 1]![1]] as const, [x, y] as const],
    ),
  );

export const number = (value: number | null): string => (value === null ? '–' : plain(value, 5));
