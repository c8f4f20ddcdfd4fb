/** What a session computes only while a page shows it: the items of processes, and runs for histograms. */
import { signal } from '@preact/signals';
import type { FromPreview, Items, Samples } from '../protocol.ts';

export interface SampleSet {
  /** How many there will be. */
  runs: number;
  /** How many have ended. */
  ended: number;
  /** SI, by series; null where a run ended in trouble. */
  values: ReadonlyMap<string, readonly (number | null)[]>;
}

const none: SampleSet = { runs: 0, ended: 0, values: new Map() };

export class Costly {
  readonly items = signal<Items | null>(null);
  readonly samples = signal<SampleSet>(none);
  private readonly wanted = { items: 0, samples: 0 };
  private said = '';
  private readonly send: (message: FromPreview) => void;

  constructor(send: (message: FromPreview) => void) {
    this.send = send;
  }

  /** A component shows it from now on; gives back how to say that it no longer does. */
  show(kind: 'items' | 'samples'): () => void {
    this.wanted[kind]++;
    this.say();
    return () => {
      this.wanted[kind]--;
      this.say();
    };
  }

  /** A session that knows nothing of this page yet. */
  start(): void {
    this.items.value = null;
    this.samples.value = none;
    this.said = '';
    if (this.wanted.items + this.wanted.samples > 0) this.say();
  }

  take(message: Items | Samples): void {
    if (message.type === 'items') {
      this.items.value = message;
      return;
    }
    const { first, runs, series, values } = message;
    const before = first === 0 ? none : this.samples.peek();
    // What lies between was told to nobody here.
    if (first > before.ended) return;
    this.samples.value = {
      runs,
      ended: first + (values[0]?.length ?? 0),
      values: new Map(
        series.map((id, i) => [id, [...(before.values.get(id)?.slice(0, first) ?? []), ...values[i]!]]),
      ),
    };
  }

  private say(): void {
    queueMicrotask(() => {
      const items = this.wanted.items > 0;
      const samples = this.wanted.samples > 0;
      const text = `${items} ${samples}`;
      if (text === this.said || (this.said === '' && !items && !samples)) return;
      this.said = text;
      this.send({ type: 'show', items, samples });
    });
  }
}
