/** A calibration: what was measured against the model, before and fitted, and the parameters with their intervals. */
import { axisOf, plain } from './axis.ts';
import { useStudy } from './context.ts';
import { titled } from './over-chart.tsx';
import { dot, Key, Plot, polyline } from './plot.tsx';
import type { CalibrationPlan, Fit, MaybeNumber } from './protocol.ts';
import { words } from './words.ts';

/** Measurements that are drawn large. */
const FEW = 200;

type Compared = Fit['compared'][number];

export function Calibration({ plan }: { plan: CalibrationPlan }) {
  const fit = useStudy().store.fit.value;
  if (fit === null) return null;
  return (
    <>
      {fit.notes.map((note) => (
        <p key={note} class="notice">
          {note}
        </p>
      ))}
      <section class="charts" aria-label={words.charts}>
        {fit.compared.map((compared, at) => (
          <Course key={at} compared={compared} heldOut={fit.heldOut} />
        ))}
      </section>
      <Parameters plan={plan} fit={fit} />
      <section class="charts">
        <ComparedTable fit={fit} />
        {fit.parameters.length < 2 ? null : <Correlations plan={plan} fit={fit} />}
      </section>
    </>
  );
}

const known = (values: readonly MaybeNumber[]): number[] => values.filter((value) => value !== null);

function Course({
  compared: { name, unit, course },
  heldOut,
}: {
  compared: Compared;
  heldOut: Fit['heldOut'];
}) {
  if (course === undefined) return null;
  const last = course.times.at(-1) ?? 1;
  const [size, label] = timeUnit(last);
  const all = known([...course.measured, ...course.fitted]);
  // What the model said before may be far off: it is cut where it would flatten the rest.
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = (high - low) * 0.5;
  const before = known(course.written);
  const y = axisOf(
    Math.max(Math.min(low, ...before), low - room),
    Math.min(Math.max(high, ...before), high + room),
    5,
    true,
  );
  const points = (values: readonly MaybeNumber[]): [number, number][] =>
    values.flatMap((value, at) =>
      value === null ? [] : [[course.times[at]! / size, value] as [number, number]],
    );
  return (
    <Plot
      title={name}
      unit={unit.label}
      label={words.chart(name, words.timeAxis(label))}
      xTitle={words.timeAxis(label)}
      x={axisOf(0, last / size, 6, false)}
      y={y}
      legend={
        <>
          <Key series={1} kind="dot" name={words.measured} />
          <Key series={2} kind="line" name={words.fitted} />
          {course.written.length > 0 ? <Key series={4} kind="dashes" name={words.before} /> : null}
          {heldOut === null ? null : (
            <span class="key">
              <span class="held-key" aria-hidden="true" />
              {words.heldOut}
            </span>
          )}
        </>
      }
      marks={() =>
        points(course.measured).map(([x, value], at) => ({
          x,
          y: value,
          text: `${plain(x, 5)} ${label}: ${words.measured} ${plain(value, 5)}, ${words.fitted} ${plain(course.fitted[at] ?? NaN, 5)} ${unit.label}`,
        }))
      }
    >
      {({ x: left, y: top, height }) => {
        const place = (all: [number, number][]): [number, number][] =>
          all.map(([time, value]) => [left(time), top(value)]);
        const from = heldOut === null ? 0 : left(heldOut.from / size);
        return (
          <>
            {heldOut === null ? null : (
              <rect
                class="held"
                x={from}
                width={Math.max(0, left(Math.min(heldOut.to ?? last, last) / size) - from)}
                y={0}
                height={height}
              />
            )}
            <g class="series-4">
              <path class="line dashes" d={polyline(place(points(course.written)))} />
            </g>
            <g class="series-2">
              <path class="line" d={polyline(place(points(course.fitted)))} />
            </g>
            <g class="series-1">
              <path
                class={course.times.length > FEW ? 'dots small faint' : 'dots'}
                d={place(points(course.measured))
                  .map(([x, value]) => dot(x, value))
                  .join('')}
              />
            </g>
          </>
        );
      }}
    </Plot>
  );
}

/** The largest in which the whole is more than two. */
function timeUnit(seconds: number): [size: number, label: string] {
  const units: [number, string][] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ];
  return units.find(([size]) => seconds > 2 * size) ?? [1, 's'];
}

/** As many digits as the error leaves a meaning to, and two more. */
function valueText(value: MaybeNumber, error: MaybeNumber): string {
  if (value === null) return '–';
  const digits =
    error === null || !(error > 0) || value === 0 ? 6 : Math.ceil(Math.log10(Math.abs(value) / error)) + 3;
  return plain(value, Math.min(12, Math.max(3, digits)));
}

/** Both ends with the decimals of the one that has more: `4.0576 … 5.4000`. */
function intervalText(low: number, high: number, error: MaybeNumber): string {
  const ends = [low, high].map((end) => valueText(end, error));
  const most = Math.max(...ends.map(decimalsOf));
  const even = ends.map((text, at) =>
    /^−?[\d.]+$/.test(text) ? [low, high][at]!.toFixed(Math.max(most, 0)).replace('-', '−') : text,
  );
  return even.join(' … ');
}

const decimalsOf = (text: string): number => /^−?\d+\.(\d+)$/.exec(text)?.[1]!.length ?? 0;

function Parameters({ plan, fit }: { plan: CalibrationPlan; fit: Fit }) {
  const { send } = useStudy();
  const values = plan.parameters.flatMap(({ ids }, at) =>
    fit.parameters[at]!.text === '' ? [] : ids.map((id) => ({ id, text: fit.parameters[at]!.text })),
  );
  return (
    <section class="card best">
      <h2>
        {words.parameters}
        {send === undefined || values.length === 0 ? null : (
          <button
            type="button"
            class="button"
            title={words.writeHint}
            onClick={() => send({ type: 'write', root: plan.root, values })}
          >
            {words.write}
          </button>
        )}
      </h2>
      <div class="table-frame" role="region" aria-label={words.parameters} tabIndex={0}>
        <table class="parameters">
          <thead>
            <tr>
              <td />
              <th scope="col">{words.fitted}</th>
              <th scope="col">{words.error}</th>
              <th scope="col">{words.interval95}</th>
              <th scope="col">{words.before}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {plan.parameters.map((parameter, at) => {
              const found = fit.parameters[at]!;
              const { value, error, low, high, written, atBound } = found;
              return (
                <tr key={at}>
                  <th scope="row">{titled(parameter)}</th>
                  <td>
                    <strong>{found.private ? words.private : valueText(value, error)}</strong>
                  </td>
                  <td>{error === null ? '–' : `± ${plain(error, 2)}`}</td>
                  <td>{low === null || high === null ? '–' : intervalText(low, high, error)}</td>
                  <td>{written === null ? '–' : plain(written)}</td>
                  <td class="note">{atBound === null ? '' : words.atBound[atBound]}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ComparedTable({ fit }: { fit: Fit }) {
  const hasTested = fit.compared.some(({ tested }) => tested !== null);
  const number = (value: MaybeNumber | undefined): string =>
    value === null || value === undefined ? '–' : plain(value, 3);
  return (
    <section class="card best">
      <h2>{words.compared}</h2>
      <div class="table-frame" role="region" aria-label={words.compared} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">{words.points}</th>
              <th scope="col">{words.rms}</th>
              <th scope="col">{words.bias}</th>
              {hasTested ? <th scope="col">{`${words.heldOut}: ${words.rms}`}</th> : null}
            </tr>
          </thead>
          <tbody>
            {fit.compared.map(({ name, unit, points, rms, bias, tested }, at) => (
              <tr key={at}>
                <th scope="row">
                  {titled({ name, unit: unit.offset === 0 ? unit : { ...unit, label: 'K' } })}
                </th>
                <td>{points}</td>
                <td>{number(rms)}</td>
                <td>{number(bias)}</td>
                {hasTested ? <td>{number(tested?.rms)}</td> : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Correlations({ plan, fit }: { plan: CalibrationPlan; fit: Fit }) {
  return (
    <section class="card best">
      <h2>{words.correlation}</h2>
      <div class="table-frame" role="region" aria-label={words.correlation} tabIndex={0}>
        <table>
          <tbody>
            {plan.parameters.map(({ name }, i) => (
              <tr key={i}>
                <th scope="row">{name}</th>
                {fit.correlations[i]!.slice(0, i + 1).map((value, k) => (
                  <td key={k} class={value !== null && i !== k && Math.abs(value) > 0.9 ? 'bad' : ''}>
                    {value === null ? '–' : value.toFixed(2).replace('-', '−')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
