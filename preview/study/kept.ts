/** What the page was told, as short as it can be told again: kept by the editor over a reload of its window. */
import type { MaybeNumber, Row, StudyEvent, StudySubject } from './protocol.ts';

/** Of another form nothing is restored. */
const FORM = 1;
/** Characters that an editor may be given to keep; beyond it single runs are left out, then everything. */
const MOST = 4_000_000;

export interface KeptStudy {
  form: typeof FORM;
  subject: StudySubject | null;
  told: StudyEvent[];
}

/** What only takes the place of something said before is there once, and lists are in one piece. */
export function shortened(events: readonly StudyEvent[]): StudyEvent[] {
  const last = new Map<StudyEvent['type'], StudyEvent>();
  const rows = new Map<number, Row>();
  const runs: MaybeNumber[][] = [];
  for (const event of events) {
    if (event.type === 'rows') for (const row of event.rows) rows.set(row.variant, row);
    else if (event.type === 'runs') for (const run of event.runs) runs.push(run);
    else if (event.type === 'candidates') {
      const before = last.get('candidates');
      const known = before?.type === 'candidates' ? before.candidates : [];
      last.set('candidates', { ...event, candidates: [...known, ...event.candidates] });
    } else last.set(event.type, event);
  }
  // An end is said last.
  const end = last.get('end');
  last.delete('end');
  return [
    ...last.values(),
    ...(rows.size > 0 ? [{ type: 'rows' as const, rows: [...rows.values()] }] : []),
    ...(runs.length > 0 ? [{ type: 'runs' as const, runs }] : []),
    ...(end === undefined ? [] : [end]),
  ];
}

export function keep(subject: StudySubject | null, events: readonly StudyEvent[]): KeptStudy {
  const fits = (told: readonly StudyEvent[]): boolean => JSON.stringify(told).length <= MOST;
  const all = shortened(events);
  if (fits(all)) return { form: FORM, subject, told: all };
  const means = all.flatMap((event): StudyEvent[] => {
    if (event.type === 'runs') return [];
    if (event.type !== 'plan' || event.plan.kind !== 'variants') return [event];
    return [{ ...event, plan: { ...event.plan, tellsRuns: false } }];
  });
  return { form: FORM, subject, told: fits(means) ? means : [] };
}

/** What is to be told again; of what still ran then, that it was stopped. Nothing where nothing was kept. */
export function restored(state: unknown): StudyEvent[] {
  const { form, told } = (state ?? {}) as Partial<KeptStudy>;
  if (form !== FORM || !Array.isArray(told) || told[0]?.type !== 'plan') return [];
  if (told.at(-1)!.type === 'end') return told;
  const progress = told.findLast(({ type }) => type === 'progress' || type === 'fitting');
  const seconds = progress !== undefined && 'seconds' in progress ? progress.seconds : null;
  return [...told, { type: 'end', how: 'stopped', seconds }];
}
