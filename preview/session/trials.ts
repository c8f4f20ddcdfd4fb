/** Tests of the model: which ones were run, how they stand, and the failure whose trace is shown. */
import { signal } from '@preact/signals';
import type { FromPreview, Hello, Judged, Tests, TestState } from '../protocol.ts';

/** What a test requires that did not hold, in the run that is shown. */
export interface Trace {
  test: string;
  /** Of the requirement, as written. */
  text: string;
  /** s */
  time: number;
}

export class Trials {
  readonly states = signal<ReadonlyMap<string, TestState>>(new Map());
  readonly trace = signal<Trace | null>(null);
  /** The test whose trace is shown as soon as it is judged. */
  private awaited = '';
  private known: Hello | null = null;
  private readonly send: (message: FromPreview) => void;

  constructor(send: (message: FromPreview) => void) {
    this.send = send;
  }

  run(names: readonly string[]): void {
    this.states.value = new Map(names.map((name) => [name, { name, state: 'waiting', judged: [] }]));
    this.send({ type: 'test', names: [...names] });
  }

  /** Runs a test and, where it fails, shows where. */
  runAndShow(name: string): void {
    this.awaited = name;
    if (this.known?.tests?.some((test) => test.name === name)) this.run([name]);
  }

  /** A session, or another text: a session that has run tests tells how they stand now. */
  start(hello: Hello): void {
    this.known = hello;
    this.states.value = new Map();
    const isThere = (name: string): boolean => hello.tests?.some((test) => test.name === name) === true;
    if (!isThere(this.trace.peek()?.test ?? '')) this.trace.value = null;
    if (isThere(this.awaited)) this.run([this.awaited]);
  }

  take({ tests }: Tests): void {
    this.states.value = new Map(tests.map((state) => [state.name, state]));
    const found = this.states.value.get(this.awaited);
    if (found?.state !== 'passed' && found?.state !== 'failed') return;
    this.awaited = '';
    const failure = found.judged.find(isTraced) ?? found.judged.find(({ time }) => time !== null);
    if (failure) this.show(found.name, failure);
  }

  /** Takes the run that is shown to where this did not hold. */
  show(test: string, { text, time }: Pick<Judged, 'text' | 'time'>): void {
    if (time !== null) this.trace.value = { test, text, time };
  }

  hide(): void {
    this.trace.value = null;
  }

  /** How what is shown stands now; undefined while it is run again. */
  judged(): Judged | undefined {
    const trace = this.trace.value;
    if (!trace) return undefined;
    return this.states.value.get(trace.test)?.judged.find(({ text }) => text === trace.text);
  }
}

/** It did not hold at some moment of the run. */
export const isTraced = ({ holds, time }: Judged): boolean => !holds && time !== null;
