/** An experiment that varies and repeats: charts of what is reported, how runs are spread, which factor matters, and the table. */
import { useSignal } from '@preact/signals';
import { plain, estimateText, isMore, valueText } from './axis.ts';
import { Choice } from './choice.tsx';
import { Distribution } from './distribution.tsx';
import { HeatMap } from './heat-map.tsx';
import { OverChart, withUnit } from './over-chart.tsx';
import type { ExperimentPlan, MaybeNumber, Row } from './protocol.ts';
import { cellValue, firstLook, heldOf, isListed, levelsOf, settingsOf } from './results.ts';
import type { Look } from './results.ts';
import { useStudy } from './context.ts';
import { ResultTable } from './table.tsx';
import { words } from './words.ts';

/** Charts that are drawn at first: reports of an array may be many. */
const PAGE = 8;
/** Lines by more levels are hard to tell apart: shades are shown first. */
const MOST_LINES = 6;
/** Runs that are worth a picture of how they are spread. */
const FEW = 5;

export function Variants({ plan }: { plan: ExperimentPlan }) {
  const { store } = useStudy();
  const rows = store.rows.value;
  const chosen = store.chosen.value;
  const hasFactors = plan.factors.length > 0;
  const asked = useSignal<Partial<Look>>({});
  const asMap = useSignal<boolean | null>(null);
  const shown = useSignal(PAGE);
  const look = lookOf(plan, rows, asked.value);
  const choose = (variant: number): void => {
    store.chosen.value = variant;
  };
  const canMap = look.by !== null && isListed(plan.factors[look.over]!);
  const map = canMap && (asMap.value ?? (look.by !== null && levelsOf(rows, look.by).length > MOST_LINES));
  const numbers = plan.reports.flatMap(({ labels }, at) => (labels === undefined ? [at] : []));
  // One is always shown, so that nothing jumps when another is chosen.
  const looked = chosen ?? plan.base;
  const spread = rows.find(({ variant }) => variant === looked) ?? rows[0];
  return (
    <>
      {plan.factors.length < 2 ? null : (
        <Choices
          plan={plan}
          rows={rows}
          look={look}
          ask={(part) => (asked.value = { ...asked.value, ...part })}
          map={canMap ? map : null}
          setMap={(value) => (asMap.value = value)}
        />
      )}
      {!hasFactors || rows.length === 0 ? null : (
        <section class="charts" aria-label={words.charts}>
          {numbers.slice(0, shown.value).map((report) => {
            const props = { plan, report, rows, chosen, choose };
            return map && look.by !== null ? (
              <HeatMap key={report} {...props} look={{ ...look, by: look.by }} />
            ) : (
              <OverChart key={report} {...props} look={look} />
            );
          })}
          {numbers.length > shown.value ? (
            <button type="button" class="link" onClick={() => (shown.value += PAGE)}>
              {words.more(numbers.length - shown.value)}
            </button>
          ) : null}
        </section>
      )}
      {spread === undefined ? null : <Spread plan={plan} row={spread} named={hasFactors} />}
      {store.ranks.value === null ? null : <Ranks plan={plan} ranks={store.ranks.value} />}
      {rows.length === 0 ? null : <Rows plan={plan} rows={rows} chosen={chosen} choose={choose} />}
    </>
  );
}

/** As it was asked for, completed and mended by what there is. */
function lookOf(plan: ExperimentPlan, rows: readonly Row[], asked: Partial<Look>): Look {
  const first = firstLook(plan, rows);
  const over = asked.over ?? first.over;
  const wanted = asked.by === undefined ? first.by : asked.by;
  const others = plan.factors.flatMap((factor, at) => (at !== over && isListed(factor) ? [at] : []));
  const by = wanted === over ? (others[0] ?? null) : wanted;
  const held = heldOf(plan.factors, rows, over, by);
  for (const [factor, value] of asked.held ?? []) if (held.has(factor)) held.set(factor, value);
  return { over, by, held };
}

interface ChoicesProps {
  plan: ExperimentPlan;
  rows: readonly Row[];
  look: Look;
  ask: (part: Partial<Look>) => void;
  /** Null where there is nothing to choose. */
  map: boolean | null;
  setMap: (map: boolean) => void;
}

function Choices({ plan: { factors }, rows, look, ask, map, setMap }: ChoicesProps) {
  const listed = factors.flatMap((factor, at) => (at !== look.over && isListed(factor) ? [at] : []));
  return (
    <div class="choices">
      <Choice
        label={words.over}
        value={String(look.over)}
        options={factors.map(({ name }, at) => [String(at), name])}
        choose={(value) => ask({ over: Number(value) })}
      />
      {listed.length === 0 ? null : (
        <Choice
          label={words.lines}
          value={look.by === null ? '' : String(look.by)}
          options={[
            ['', words.none],
            ...listed.map((at): [string, string] => [String(at), factors[at]!.name]),
          ]}
          choose={(value) => ask({ by: value === '' ? null : Number(value) })}
        />
      )}
      {map === null ? null : (
        <Choice
          label={words.as}
          value={map ? 'map' : 'lines'}
          options={[
            ['lines', words.asLines],
            ['map', words.asMap],
          ]}
          choose={(value) => setMap(value === 'map')}
        />
      )}
      {[...look.held].map(([at, value]) => (
        <Choice
          key={at}
          label={factors[at]!.name}
          value={String(value)}
          options={levelsOf(rows, at).map((level) => [String(level), withUnit(level, factors[at]!)])}
          choose={(level) => ask({ held: new Map([...look.held, [at, Number(level)]]) })}
        />
      ))}
    </div>
  );
}

/** How the runs of one variant are spread. */
function Spread({ plan, row, named }: { plan: ExperimentPlan; row: Row; named: boolean }) {
  const { store } = useStudy();
  // Looked at, so that what comes is drawn.
  void store.runsCame.value;
  if (!plan.tellsRuns || plan.repeat < FEW) return null;
  // What comes out alike in each run is no distribution.
  const spread = plan.reports.flatMap((report, at) =>
    report.labels !== undefined || row.reports[at]!.deviation !== 0 ? [{ report, at }] : [],
  );
  if (spread.length === 0) return null;
  const values = plan.factors.map((factor, at) => `${factor.name} ${withUnit(row.values[at]!, factor)}`);
  return (
    <section class="charts" aria-label={words.allRuns}>
      {named ? <h2>{words.distribution(values.join(', '))}</h2> : null}
      {spread.slice(0, PAGE).map(({ report, at }) => (
        <Distribution key={at} report={report} at={at} row={row} values={store.valuesOf(at, row.variant)} />
      ))}
    </section>
  );
}

function Ranks({ plan, ranks }: { plan: ExperimentPlan; ranks: MaybeNumber[][] }) {
  const reports = plan.reports.flatMap((report, at) =>
    (ranks[at]?.length ?? 0) > 0 ? [{ report, at }] : [],
  );
  if (reports.length === 0) return null;
  return (
    <section class="card ranks">
      <h2>{words.ranks}</h2>
      <p class="hint">{words.ranksHint}</p>
      <div class="table-frame">
        <table>
          <thead>
            <tr>
              <td />
              {reports.map(({ report, at }) => (
                <th key={at} scope="col">
                  {report.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plan.factors.map(({ name }, factor) => (
              <tr key={factor}>
                <th scope="row">{name}</th>
                {reports.map(({ at }) => {
                  const rank = ranks[at]![factor] ?? null;
                  const share = Math.min(1, Math.abs(rank ?? 0));
                  return (
                    <td key={at}>
                      <span class="rank">
                        <svg
                          width={80}
                          height={12}
                          aria-hidden="true"
                          class={rank !== null && rank < 0 ? 'series-2' : 'series-1'}
                        >
                          <rect
                            class="bar"
                            x={rank !== null && rank < 0 ? 40 - 40 * share : 40}
                            y={1}
                            width={40 * share}
                            height={10}
                          />
                          <line class="axis" x1={40} x2={40} y1={0} y2={12} />
                        </svg>
                        {rank === null ? '–' : `${rank < 0 ? '−' : '+'}${Math.abs(rank).toFixed(2)}`}
                      </span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface RowsProps {
  plan: ExperimentPlan;
  rows: readonly Row[];
  chosen: number | null;
  choose: (variant: number) => void;
}

function Rows({ plan, rows, chosen, choose }: RowsProps) {
  const { send } = useStudy();
  const { factors, reports } = plan;
  const hasFailed = rows.some(({ failed }) => failed > 0);
  const canOpen = send !== undefined && settingsOf(plan, rows[0]!.values) !== undefined;
  const open = (row: Row): void =>
    send?.({
      type: 'preview',
      root: plan.root,
      scenario: plan.scenario,
      time: plan.duration,
      settings: settingsOf(plan, row.values) ?? [],
    });
  const confidences = [...new Set(reports.map(({ confidence }) => `${plain(100 * confidence)} %`))];
  return (
    <>
      {plan.repeat > 1 ? <p class="hint">{words.interval(confidences.join(', '))}</p> : null}
      {plan.tellsRows ? null : <p class="hint">{words.beyond(rows.length, plan.count)}</p>}
      {plan.tellsRuns || plan.repeat < FEW ? null : <p class="hint">{words.noRuns}</p>}
      <ResultTable
        label={words.table}
        columns={[
          ...factors.map(({ name, unit }) => ({ name, unit: unit.label })),
          ...reports.map(({ name, unit }) => ({ name, unit: unit.label })),
          ...(hasFailed ? [{ name: words.stoppedEarly, unit: '' }] : []),
        ]}
        rows={rows}
        idOf={({ variant }) => variant}
        valueOf={cellValue}
        cellOf={(row, column) => cellText(plan, row, column)}
        noteOf={(row) =>
          plan.baseIsModel && row.variant === plan.base ? <span class="unit">{words.asWritten}</span> : null
        }
        chosen={chosen}
        choose={choose}
        open={canOpen ? open : undefined}
        notOpen={send === undefined ? undefined : words.noPreview}
      />
    </>
  );
}

function cellText({ factors, reports }: ExperimentPlan, row: Row, column: number) {
  const factor = factors[column];
  if (factor !== undefined) return valueText(row.values[column]!, factor.base);
  const at = column - factors.length;
  const [found, report] = [row.reports[at], reports[at]];
  if (found === undefined || report === undefined)
    return row.failed === 0 ? '' : <span title={row.trouble}>{row.failed}</span>;
  if (found.names !== undefined) {
    const all = found.names.reduce((sum, { count }) => sum + count, 0);
    return found.names
      .slice(0, 3)
      .map(({ name, count }) => (count === all ? name : `${name} ${Math.round((100 * count) / all)} %`))
      .join(', ');
  }
  const { difference } = found;
  const text = estimateText(found.mean, found.half);
  if (difference === undefined || difference.mean === null || difference.half === null) return text;
  const size = Math.max(Math.abs(found.mean ?? 0), Math.abs((found.mean ?? 0) - difference.mean));
  const more = isMore(difference.mean, difference.half, size);
  const against = `${words.difference}: ${estimateText(difference.mean, difference.half, size)}${more ? `, ${words.moreThanChance}` : ''}`;
  return <span title={against}>{text}</span>;
}
