/** What the page has been told, as signals. */
import { batch, signal } from '@preact/signals';
import type {
  CalibrationPlan,
  ExperimentPlan,
  Fit,
  MaybeNumber,
  Row,
  SearchCandidate,
  StudyEvent,
  StudySubject,
  ToStudy,
} from './protocol.ts';

export type Status = 'idle' | 'starting' | 'running' | 'done' | 'stopped' | 'failed';

type Progress = Omit<Extract<StudyEvent, { type: 'progress' }>, 'type'>;
const NONE: Progress = { finished: 0, failed: 0, kept: 0, seconds: 0 };

export class StudyStore {
  readonly subject = signal<StudySubject | null>(null);
  readonly status = signal<Status>('idle');
  readonly plan = signal<ExperimentPlan | CalibrationPlan | null>(null);
  readonly progress = signal<Progress>(NONE);
  /** In the order of the variants; those that have not come are missing. */
  readonly rows = signal<readonly Row[]>([]);
  readonly candidates = signal<readonly SearchCandidate[]>([]);
  readonly ranks = signal<MaybeNumber[][] | null>(null);
  readonly gradients = signal('');
  readonly simulations = signal(0);
  readonly fit = signal<Fit | null>(null);
  /** Why it failed. */
  readonly text = signal('');
  readonly stale = signal<'changed' | 'reopened' | null>(null);
  /** The variant or candidate that is looked at. */
  readonly chosen = signal<number | null>(null);
  /** Counts what came of single runs. */
  readonly runsCame = signal(0);
  /** By report what each run came to; NaN where it has not. */
  private runs: Float64Array[] = [];
  private readonly known = new Map<number, Row>();

  receive(message: ToStudy): void {
    batch(() => {
      if (message.type === 'study') {
        this.subject.value = message.subject;
        this.reset();
        this.status.value = message.running ? 'starting' : 'idle';
      } else if (message.type === 'stale') this.stale.value = message.stale ? 'changed' : null;
      else this.take(message.events);
    });
  }

  /** What was shown before the window was opened. */
  reopen(events: readonly StudyEvent[]): void {
    batch(() => {
      this.take(events);
      this.stale.value = 'reopened';
    });
  }

  take(events: readonly StudyEvent[]): void {
    batch(() => {
      for (const event of events) this.one(event);
    });
  }

  /** Of a report the values of the runs of one variant that have come, or of all. */
  valuesOf(report: number, variant: number | null): number[] {
    const plan = this.plan.peek();
    const all = this.runs[report];
    if (all === undefined || plan === null || plan.kind === 'calibration') return [];
    const own = variant === null ? all : all.subarray(variant * plan.repeat, (variant + 1) * plan.repeat);
    return [...own].filter(Number.isFinite);
  }

  private reset(): void {
    this.plan.value = null;
    this.progress.value = NONE;
    this.rows.value = [];
    this.candidates.value = [];
    this.ranks.value = null;
    this.gradients.value = '';
    this.simulations.value = 0;
    this.fit.value = null;
    this.text.value = '';
    this.stale.value = null;
    this.chosen.value = null;
    this.runs = [];
    this.known.clear();
  }

  private one(event: StudyEvent): void {
    switch (event.type) {
      case 'plan':
        this.plan.value = event.plan;
        this.status.value = 'running';
        if (event.plan.kind === 'variants' && event.plan.tellsRuns) {
          const { total, reports } = event.plan;
          this.runs = reports.map(() => new Float64Array(total).fill(NaN));
        }
        break;
      case 'progress':
        this.progress.value = event;
        break;
      case 'rows':
        for (const row of event.rows) this.known.set(row.variant, row);
        this.rows.value = [...this.known.values()].sort((a, b) => a.variant - b.variant);
        break;
      case 'runs':
        for (const [run, ...values] of event.runs)
          values.forEach((value, at) => {
            if (run !== null && this.runs[at] !== undefined) this.runs[at][run!] = value ?? NaN;
          });
        this.runsCame.value += event.runs.length;
        break;
      case 'candidates':
        this.candidates.value = [...this.candidates.peek(), ...event.candidates];
        break;
      case 'ranks':
        this.ranks.value = event.ranks;
        break;
      case 'gradients':
        this.gradients.value = event.text;
        break;
      case 'fitting':
        this.simulations.value = event.simulations;
        this.progress.value = { ...this.progress.peek(), seconds: event.seconds };
        break;
      case 'fit':
        this.fit.value = event.fit;
        break;
      case 'end':
        this.status.value = event.how;
        this.text.value = event.text ?? '';
        this.progress.value = { ...this.progress.peek(), seconds: event.seconds };
        break;
    }
  }
}
