/**
 * What is known of other times than now: the samples of what is shown, stretches in more detail, and the run that this one
 * is compared with. Asks the session for what is missing.
 */
import { signal } from '@preact/signals';
import { History } from '../data/ring.ts';
import type { FromPreview, SessionStatus, ToPreview } from '../protocol.ts';

/** A stretch of history asked for because the rings only know it coarsely. */
interface Detail {
  from: number;
  to: number;
  history: History;
}

type Asked = 'backfill' | 'detail' | 'reference';

/** ms between two looks at a reference that is still being computed. */
const referencePeriod = 300;

/** Rows asked for when a series becomes visible. */
const backfillPoints = 4000;
/** The same for a run that is compared with, a series. */
const referencePoints = 1000;

export class Past {
  readonly referencesChanged = signal(0);
  private readonly histories = new Map<string, History>();
  private readonly details = new Map<string, Detail>();
  /** Of the run that this one is compared with. */
  private readonly references = new Map<string, History>();
  /** What was asked for of it, and when (ms). */
  private askedReference = { id: -1, computed: -1, series: '', at: -Infinity };
  private readonly requests = new Map<
    number,
    { series: readonly string[]; kind: Asked; from: number; to: number }
  >();
  private nextRequest = 1;
  private shown: readonly string[] = [];
  /** Those of them whose past was asked for. */
  private readonly asked = new Set<string>();
  private readonly send: (message: FromPreview) => void;
  private readonly status: () => SessionStatus | null | false;

  /** `status` is that of the session that is there now; nothing until it has said it. */
  constructor(send: (message: FromPreview) => void, status: () => SessionStatus | null | false) {
    this.send = send;
    this.status = status;
  }

  history(id: string): History {
    let history = this.histories.get(id);
    if (!history) this.histories.set(id, (history = new History()));
    return history;
  }

  /** The same, without beginning one. */
  known(id: string): History | undefined {
    return this.histories.get(id);
  }

  /** The best knowledge of a series between two times. */
  historyOver(id: string, from: number, to: number): History {
    const detail = this.details.get(id);
    if (detail && detail.from <= from && detail.to >= to) {
      const fineFrom = this.history(id).fineFrom;
      if (!(fineFrom <= from)) return detail.history;
    }
    return this.history(id);
  }

  /** What is known of a series in the run that this one is compared with. */
  reference(id: string): History | undefined {
    return this.references.get(id);
  }

  /** Another session, or another text: nothing is known. */
  clear(): void {
    this.histories.clear();
    this.details.clear();
    this.references.clear();
    this.askedReference = { id: -1, computed: -1, series: '', at: -Infinity };
    this.requests.clear();
    this.asked.clear();
    this.shown = [];
  }

  /** What was known after `time` no longer holds. */
  cut(time: number): void {
    for (const history of this.histories.values()) history.cut(time);
    this.details.clear();
  }

  /** These series are shown from now on, and frames carry them: asks for what was before, once for each. */
  settle(series: readonly string[]): void {
    const wanted = new Set(series);
    for (const id of this.shown) {
      if (wanted.has(id)) continue;
      // It would have a hole when it is shown again; then it is asked for as a whole.
      this.histories.delete(id);
      this.details.delete(id);
      this.asked.delete(id);
    }
    this.shown = series;
    const status = this.status();
    if (!status) return;
    const fresh = series.filter((id) => !this.asked.has(id));
    for (const id of fresh) this.asked.add(id);
    // The run may have gone on since it said how far it is.
    if (fresh.length > 0) this.ask('backfill', fresh, status.start, Number.MAX_VALUE, backfillPoints);
    this.followReference();
  }

  /** Asks for a stretch in detail, when the rings know it only coarsely. */
  askDetail(series: readonly string[], from: number, to: number, points: number): void {
    const coarse = series.filter((id) => {
      const known = this.history(id);
      const detail = this.details.get(id);
      if (detail && detail.from <= from && detail.to >= to && detail.to - detail.from <= 2 * (to - from))
        return false;
      return !(known.fineFrom <= from);
    });
    if (coarse.length > 0) this.ask('detail', coarse, from, to, points);
  }

  /** Asks for more of the run that this one is compared with, when there is more. */
  followReference(): void {
    const status = this.status();
    if (!status) return;
    const { compared, start } = status;
    const asked = this.askedReference;
    if (!compared || compared.id !== asked.id) {
      asked.id = compared?.id ?? -1;
      asked.computed = -1;
      if (this.references.size > 0) {
        this.references.clear();
        this.referencesChanged.value++;
      }
    }
    const series = this.shown.join('\n');
    if (!compared || this.shown.length === 0) return;
    if (compared.computed === asked.computed && series === asked.series) return;
    if (series === asked.series && asked.computed >= 0 && Date.now() - asked.at < referencePeriod) {
      setTimeout(() => this.followReference(), referencePeriod);
      return;
    }
    this.askedReference = { id: compared.id, computed: compared.computed, series, at: Date.now() };
    this.ask('reference', this.shown, start, compared.computed, referencePoints * this.shown.length);
  }

  /** An answer of the session. */
  take({ request, times, columns }: Extract<ToPreview, { type: 'history' }>): void {
    const asked = this.requests.get(request);
    if (!asked) return;
    this.requests.delete(request);
    for (const id of asked.series) {
      const column = columns[id];
      if (!column) continue;
      if (asked.kind === 'reference') {
        const history = new History();
        history.append(times, column);
        this.references.set(id, history);
      } else if (asked.kind === 'backfill') this.history(id).prepend(times, column);
      else {
        const history = new History();
        history.append(times, column);
        this.details.set(id, { from: asked.from, to: asked.to, history });
        this.history(id).version++;
      }
    }
    if (asked.kind === 'reference') this.referencesChanged.value++;
  }

  private ask(kind: Asked, series: readonly string[], from: number, to: number, points: number): void {
    const request = this.nextRequest++;
    this.requests.set(request, { series, kind, from, to });
    this.send({
      type: 'history',
      request,
      series: [...series],
      from,
      to,
      points,
      ...(kind === 'reference' ? { run: 'compared' } : {}),
    });
  }
}
