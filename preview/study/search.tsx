/** A search: its course, what is best so far, and the candidates. */
import { useSignal } from '@preact/signals';
import { estimateText, valueText } from './axis.ts';
import { Choice } from './choice.tsx';
import { useStudy } from './context.ts';
import { titled } from './over-chart.tsx';
import type { ExperimentPlan, SearchCandidate } from './protocol.ts';
import { best, candidateValue, settingsOf } from './results.ts';
import { number, SearchChart } from './search-chart.tsx';
import { ResultTable } from './table.tsx';
import { words } from './words.ts';

export function Search({ plan }: { plan: ExperimentPlan }) {
  const { store, send } = useStudy();
  const over = useSignal<number | null>(null);
  const candidates = store.candidates.value;
  const chosen = store.chosen.value;
  if (candidates.length === 0) return null;
  const { factors, reports } = plan;
  const found = best(candidates);
  const margins = reports.slice(1, 1 + candidates[0]!.margins.length);
  const choose = (at: number): void => {
    store.chosen.value = at;
  };
  const open = ({ values }: SearchCandidate): void =>
    send?.({
      type: 'preview',
      root: plan.root,
      scenario: plan.scenario,
      time: plan.duration,
      settings: settingsOf(plan, values) ?? [],
    });
  const canOpen = send !== undefined && settingsOf(plan, candidates[0]!.values) !== undefined;
  const rows = candidates.map((candidate, at) => ({ candidate, at }));
  return (
    <>
      <div class="choices">
        <Choice
          label={words.over}
          value={over.value === null ? '' : String(over.value)}
          options={[
            ['', words.candidate],
            ...factors.map(({ name }, at): [string, string] => [String(at), name]),
          ]}
          choose={(value) => (over.value = value === '' ? null : Number(value))}
        />
      </div>
      <section class="charts" aria-label={words.charts}>
        <SearchChart plan={plan} candidates={candidates} over={over.value} chosen={chosen} choose={choose} />
        <Best plan={plan} found={found} first={candidates[0]!} open={canOpen ? open : undefined} />
      </section>
      <ResultTable
        label={words.table}
        columns={[
          { name: words.candidate, unit: '' },
          ...factors.map(({ name, unit }) => ({ name, unit: unit.label })),
          { name: reports[0]!.name, unit: reports[0]!.unit.label },
          ...margins.map(({ name, unit }) => ({ name: words.margin(name), unit: unit.label })),
        ]}
        rows={rows}
        idOf={({ at }) => at}
        valueOf={({ candidate, at }, column) => (column === 0 ? at : candidateValue(candidate, column - 1))}
        cellOf={({ candidate, at }, column) => {
          if (column === 0) return at + 1;
          const factor = factors[column - 1];
          if (factor !== undefined) return valueText(candidate.values[column - 1]!, factor.base);
          const place = column - 1 - factors.length;
          if (place === 0) return estimateText(candidate.objective, candidate.half);
          const margin = candidate.margins[place - 1] ?? null;
          return margin !== null && margin < 0 ? (
            <span class="bad" title={words.breaks}>
              {number(margin)}
            </span>
          ) : (
            number(margin)
          );
        }}
        noteOf={({ candidate, at }) =>
          at === found?.at ? (
            <strong>{words.best}</strong>
          ) : candidate.trouble !== undefined ? (
            <span class="bad" title={candidate.trouble}>
              {words.stoppedEarly}
            </span>
          ) : null
        }
        chosen={chosen}
        choose={choose}
        open={canOpen ? ({ candidate }) => open(candidate) : undefined}
        notOpen={send === undefined ? undefined : words.noPreview}
      />
    </>
  );
}

interface BestProps {
  plan: ExperimentPlan;
  found: ReturnType<typeof best>;
  /** The values as written are looked at first. */
  first: SearchCandidate;
  open: ((candidate: SearchCandidate) => void) | undefined;
}

function Best({ plan, found, first, open }: BestProps) {
  const { factors, reports } = plan;
  if (found === undefined)
    return (
      <section class="card best">
        <h2>{words.best}</h2>
        <p class="bad">{words.infeasible}</p>
      </section>
    );
  const { candidate } = found;
  const margins = reports.slice(1, 1 + candidate.margins.length);
  return (
    <section class="card best">
      <h2>
        {words.best}
        {open === undefined ? null : (
          <button type="button" class="link" title={words.preview} onClick={() => open(candidate)}>
            {words.previewShort}
          </button>
        )}
      </h2>
      <div class="table-frame">
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">{words.found}</th>
              <th scope="col">{words.asWritten}</th>
              <td class="where" />
            </tr>
          </thead>
          <tbody>
            {factors.map((factor, at) => (
              <tr key={at}>
                <th scope="row">{titled(factor)}</th>
                <td>{valueText(candidate.values[at]!, factor.base)}</td>
                <td>{valueText(factor.written, factor.base)}</td>
                <td class="where">
                  {factor.range === undefined ? null : (
                    <Where range={factor.range} value={candidate.values[at]!} />
                  )}
                </td>
              </tr>
            ))}
            <tr class="total">
              <th scope="row">{titled(reports[0]!)}</th>
              <td>{estimateText(candidate.objective, candidate.half)}</td>
              <td>{estimateText(first.objective, first.half)}</td>
              <td />
            </tr>
            {margins.map((report, at) => (
              <tr key={report.name}>
                <th scope="row">{words.margin(titled(report))}</th>
                <td>{number(candidate.margins[at] ?? null)}</td>
                <td>{number(first.margins[at] ?? null)}</td>
                <td />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Where a value lies within its range. */
function Where({ range: [low, high], value }: { range: readonly [number, number]; value: number }) {
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return (
    <span class="range">
      <span>{valueText(low, 'number')}</span>
      <svg width={60} height={12} aria-hidden="true" class="series-1">
        <line class="axis" x1={3} x2={57} y1={6} y2={6} />
        <circle class="filled" cx={3 + 54 * share} cy={6} r={4} />
      </svg>
      <span>{valueText(high, 'number')}</span>
    </span>
  );
}
