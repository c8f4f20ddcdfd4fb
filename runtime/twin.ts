/** A running twin: manifest + kernel, a scenario, a seed. See README.md for time and for the order at one instant. */
import type { Manifest } from './contract/manifest.ts';
import { UNBEGUN } from './checkpoints.ts';
import type { Checkpoint, Checkpoints } from './checkpoints.ts';
import type { Entry } from './journal.ts';
import type { KernelFactory } from './load.ts';
import { createTelling } from './listeners.ts';
import type { TwinListener } from './listeners.ts';
import { judged } from './samples/offered-columns.ts';
import type { Judged, Standing } from './samples/offered-columns.ts';
import { judgedTogether } from './samples/offered-together.ts';
import type { Offered } from './samples/offered-together.ts';
import { findElement, unknownName, wrongValue } from './lookup.ts';
import { createMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import { wrongCall } from './commands.ts';
import { methodInUse } from './solvers/method.ts';
import type { MethodInUse } from './solvers/method.ts';
import { planOf } from './plan.ts';
import type { Policy, TwinSettings } from './plan.ts';
import { createRun } from './run.ts';
import type { Stop, StopAt } from './stop.ts';
import { pastNumbers } from './solvers/past.ts';
import { openSaved, saved } from './saved.ts';
import { hashBytes, savedScenario } from './snapshot.ts';
import type { Trouble } from './trouble.ts';

export type { Stop, StopAt } from './stop.ts';
export type { TwinListener } from './listeners.ts';
export type { TwinSettings } from './plan.ts';
export type { RunEvent } from './describe.ts';
export type { Trouble } from './trouble.ts';

/** What a twin is made from: an artefact (`manifest` and a `kernel` of its `wasm`), and how it is run. */
export interface TwinOptions {
  manifest: Manifest;
  /** Makes kernels over zeroed memory (`kernelFactory(artefact)`); each branch takes another. */
  kernel: KernelFactory;
  /** Position in `manifest.scenarios`, or its name. Default: none. Throws RangeError when there is no such scenario. */
  scenario?: number | string;
  /** Default: the scenario's, else 1. */
  seed?: number;
  settings?: TwinSettings;
}

/** A model that runs. All that changes lies in its state, so that it can be saved, restored, branched and taken back. */
export interface Twin {
  readonly manifest: Manifest;
  /** The kernel's memory as typed views. To be read only: what is written there is not in the journal. */
  readonly machine: Machine;
  /** Position in `manifest.scenarios`. */
  readonly scenario: number | undefined;
  /** Of all random numbers: with the same one, the same run. */
  readonly seed: number;
  /** s; Infinity: without end. */
  readonly duration: number;
  /** s, between rows of a recording. */
  readonly outputPeriod: number;
  /** The time shown, s. */
  time(): number;
  /** Why the run stopped, if it did. The last good state stays. */
  trouble(): Trouble | undefined;
  /** Which method it has come to use, and why. */
  method(): MethodInUse;
  /** Runs to a time (s), or to the first thing asked for before it. Everything due at `until` has happened then. */
  advance(until: number, stopAt?: StopAt): Stop;
  /** After `handedOver`: says how many steps were taken; memory holds the state after them, evaluated. */
  landed(taken: number): void;
  /** SI, by element name (`pump[2].temperature`) or byte address. undefined when there is no such thing. */
  value(what: string | number): number | undefined;
  /** Value (SI) of `manifest.probes[probe]` at the time shown, in one of its instances, row-major. */
  probe(probe: number, instance: number): number;
  /** Sets a parameter or an input (SI) from now on. Returns what is wrong, in words, and then changes nothing. */
  set(name: string, value: number): string | undefined;
  /** The same by position in `manifest.variables`, and of the element, row-major. */
  setElement(variable: number, element: number, value: number): string | undefined;
  /**
   * Changes any value that is part of the state (SI), as somebody who debugs may: from now on or, with a later `time`, before all else then.
   * What was set for later is forgotten. Returns what is wrong, in words, and then changes nothing.
   */
  intervene(variable: number, element: number, value: number, time?: number): string | undefined;
  /** Calls a command of the model now, with the values of its parameters in their order (SI). Returns what is wrong, in words. */
  call(command: number, instance: number, values: readonly number[]): string | undefined;
  /** The same at a time (s); when that is past, time is gone over again from there. */
  callAt(time: number, command: number, instance: number, values: readonly number[]): OfferResult;
  /** A sample from outside, taken at `time` (s). Says what became of it. `again`: it was counted before. */
  offer(sensor: number, instance: number, time: number, value: number, again?: true): OfferResult;
  /** Many samples of a sensor's instances at once: ends as if they had come one by one, and time is gone over again once. Says what became of them. */
  offerColumns(columns: SampleColumns, again?: true): Record<OfferResult, number>;
  /** Samples and values of inputs together, as if they had come one by one; time is gone over again once. Says what became of each. */
  offerTogether(offered: readonly Offered[]): OfferResult[];
  /** A value of an input from outside, valid from `time` (s) on. Treated like a sample. */
  offerInput(variable: number, element: number, time: number, value: number, again?: true): OfferResult;
  /** How many samples there were of each kind. */
  sampleCounts(): Record<OfferResult | 'outOfRange', number>;
  /**
   * The committed state and the time shown, as one value, and what stopped the run, if anything has; `restore` takes it, in a twin whose
   * `manifest.stateFingerprint` is the same.
   */
  save(): Uint8Array;
  /** Puts a saved state back; returns why it does not fit, in words. What was set or offered before is forgotten. */
  restore(bytes: Uint8Array): string | undefined;
  /** Makes the time shown the committed one: what goes on from there may be another model. Steps are others from then on. */
  land(): void;
  /** What came for times after the state that `save` saves, and so is not in it. */
  coming(): Entry[];
  /** After `restore`: what `coming` said of the twin that saved. */
  expect(coming: readonly Entry[]): void;
  /** A second twin in the same state, independent from here on. */
  branch(): Twin;
  /**
   * Goes to a time in the past: same values as then, to the last bit. To one before `heldFrom` it goes no further than to the start, from
   * where it advances as what was measured is offered again.
   */
  rewind(time: number): Stop;
  /** s: what was measured before is not held (see `CheckpointSettings.again`). */
  heldFrom(): number;
  /** Hash of the committed state: equal states have equal hashes. */
  hash(): string;
  /** Returns how to stop listening. */
  listen(listener: TwinListener): () => void;
  /** More times (s) at which `accepted` is told, such as the bounds of requirements. */
  observeAt(times: readonly number[]): void;
}

/** Samples as columns: sample `i` is `values[i]` (SI). */
export interface SampleColumns {
  /** Position in the manifest. */
  sensor: number;
  /** Of each sample; when left out, the instances in their order. */
  instances?: ArrayLike<number>;
  /** s; one for all, or one for each. */
  time: number | ArrayLike<number>;
  values: ArrayLike<number>;
}

/**
 * What became of something from outside: it came for a time not yet passed; the past was gone over again with it; it came too late by the
 * binding's policy, or for what is not held any more, or when the run had stopped; it was there already; or a value or its time was no number. Only the first two have an effect.
 */
export type OfferResult = 'onTime' | 'revised' | 'dropped' | 'duplicate' | 'notANumber';

/** Makes a twin before its first instant: what is due at time 0 happens with the first call that goes on from there. */
export const createTwin = (options: TwinOptions): Twin => makeTwin(options, undefined);

interface Inherited {
  state: Uint8Array;
  trouble: Trouble | undefined;
  entries: readonly Entry[];
  heldFrom: number;
  checkpoints: ReturnType<Checkpoints['list']>;
}

function makeTwin(options: TwinOptions, inherited: Inherited | undefined): Twin {
  const { manifest } = options;
  const plan = planOf(manifest, options.scenario, options.seed, options.settings ?? {});
  const machine = createMachine(manifest, options.kernel());
  const telling = createTelling();
  const run = createRun(machine, plan, telling);
  const { journal, checkpoints, policies } = run;
  const counts = { onTime: 0, revised: 0, dropped: 0, duplicate: 0, notANumber: 0, outOfRange: 0 };
  let sequence = 0;

  const backTo = ({ state, time }: Checkpoint): void => {
    run.load(state, time > UNBEGUN);
    journal.rewind(time);
  };

  /** From where the past can be gone over again with something else at a time. */
  const stateBefore = (time: number): Checkpoint | undefined => {
    const checkpoint = checkpoints.before(time, true);
    return checkpoint !== undefined && checkpoint.time >= journal.heldFrom() ? checkpoint : undefined;
  };

  const restore = (bytes: Uint8Array): string | undefined => {
    if (savedScenario(bytes) === undefined) return 'This is not a saved state of a twin.';
    const opened = openSaved(bytes);
    if (opened === undefined)
      return 'The saved state is damaged, or was saved by another version of Pollux. Take another copy of it, or start the run anew.';
    const wrong = run.load(opened.snapshot);
    if (wrong !== undefined) return wrong;
    const shown = run.shown();
    journal.forgetAll();
    checkpoints.clear();
    checkpoints.add(machine.time(), [run.snapshot()]);
    telling.upTo(shown);
    if (opened.trouble !== undefined) run.stop(opened.trouble);
    run.advance(shown);
    return undefined;
  };

  type Said =
    | { kind: 'set'; variable: number; element: number; value: number }
    | { kind: 'call'; command: number; instance: number; values: readonly number[] };
  const now = (said: Said): string | undefined => {
    const stopped = run.trouble();
    if (stopped !== undefined) return `The run has stopped, so nothing can be set: ${stopped.message}`;
    const time = run.shown();
    const after = run.begun() && !run.inFlight();
    if (telling.time() > time) {
      // Another way is taken from here: what was set later belongs to the way not taken.
      journal.forgetSets(time);
      telling.revise(time, false);
    }
    checkpoints.cut(time);
    journal.add({ time, after, sequence: (sequence += 1), ...said });
    telling.reopen(time);
    if (after) run.applyAfter();
    else run.advance(time);
    return undefined;
  };
  const setElement = (variable: number, element: number, value: number): string | undefined =>
    wrongValue(manifest, variable, element, value) ?? now({ kind: 'set', variable, element, value });

  const intervene: Twin['intervene'] = (variable, element, value, time) => {
    const role = manifest.variables[variable]?.role;
    if (role === undefined || !isState(role)) {
      const wrong = wrongValue(manifest, variable, element, value);
      if (wrong !== undefined) return wrong;
    } else if (!Number.isFinite(value)) return 'It needs a number.';
    if (time === undefined) return now({ kind: 'set', variable, element, value });
    journal.forgetSets(time);
    journal.forget(time, { kind: 'set', variable, element });
    checkpoints.cut(run.shown());
    telling.revise(time, true);
    journal.add({
      time,
      after: false,
      sequence: (sequence += 1),
      kind: 'set',
      variable,
      element,
      value,
    });
    return undefined;
  };

  type Sent =
    | { kind: 'set'; variable: number; element: number; value: number; measured: true }
    | { kind: 'sample'; sensor: number; instance: number; value: number }
    | { kind: 'call'; command: number; instance: number; values: readonly number[] };
  const receive = (time: number, sent: Sent, policy: Policy | undefined): OfferResult => {
    const values = sent.kind === 'call' ? sent.values : [sent.value];
    if (![...values, time].every(Number.isFinite)) return 'notANumber';
    if (journal.has(time, sent)) return 'duplicate';
    if (run.trouble() !== undefined || time < 0) return 'dropped';
    const now = run.shown();
    const entry = { time, after: false, sequence: (sequence += 1), ...sent };
    if (!run.begun() || time > run.committed()) {
      journal.add(entry);
      if (!run.begun() || time > now) return 'onTime';
      telling.revise(time, true);
      run.advance(now);
      return 'onTime';
    }
    const checkpoint = stateBefore(time);
    const tooLate = policy?.late?.policy === 'drop' && now - time > policy.late.after;
    if (tooLate || checkpoint === undefined) return 'dropped';
    run.ground();
    journal.add(entry);
    telling.revise(time, true);
    checkpoints.cut(checkpoint.time);
    backTo(checkpoint);
    run.applyAfter();
    run.advance(now);
    return 'revised';
  };
  const standing = (): Standing => ({
    manifest,
    policies,
    journal,
    shown: run.shown(),
    committed: run.begun() ? run.committed() : -1,
    stopped: run.trouble() !== undefined,
    isHeld: (time) => stateBefore(time) !== undefined,
    nextSequence: () => (sequence += 1),
  });
  /** Enters what was judged, and goes over time again where that is past. */
  const enter = ({ became, coming, earliest, late }: Judged, again?: true): void => {
    const shown = run.shown();
    if (again !== true)
      for (const [kind, number] of Object.entries(became) as [OfferResult, number][]) counts[kind] += number;
    if (coming.length === 0) return;
    const checkpoint = late < Infinity ? stateBefore(late) : undefined;
    if (checkpoint !== undefined) run.ground();
    if (coming.length === 1) journal.add(coming[0]!);
    else journal.addAll(coming);
    if (!run.begun() || earliest > shown) return;
    telling.revise(earliest, true);
    if (checkpoint !== undefined) {
      checkpoints.cut(checkpoint.time);
      backTo(checkpoint);
      run.applyAfter();
    }
    run.advance(shown);
  };
  const offerColumns: Twin['offerColumns'] = (columns, again) => {
    const found = judged(columns, standing());
    enter(found, again);
    return found.became;
  };
  const offerTogether: Twin['offerTogether'] = (offered) => {
    const found = judgedTogether(offered, standing());
    enter(found);
    return found.each;
  };

  const counted = (result: OfferResult, again = false): OfferResult => {
    if (!again) counts[result] += 1;
    return result;
  };
  telling.add({
    sample: ({ sensor, measured }) => {
      const { low = -Infinity, high = Infinity } = manifest.sensors[sensor]!;
      if (measured < low || measured > high) counts.outOfRange += 1;
    },
    column: ({ sensor, values }) => {
      const { low = -Infinity, high = Infinity } = manifest.sensors[sensor]!;
      if (low === -Infinity && high === Infinity) return;
      for (let i = 0; i < values.length; i += 1)
        if (values[i]! < low || values[i]! > high) counts.outOfRange += 1;
    },
  });

  const twin: Twin = {
    manifest,
    machine,
    scenario: plan.scenario,
    seed: plan.seed,
    duration: plan.duration,
    outputPeriod: plan.outputPeriod,
    time: run.shown,
    trouble: run.trouble,
    method: () => methodInUse(machine, plan.method),
    advance: run.advance,
    landed: run.landed,
    value: (what) => {
      if (typeof what === 'number') return machine.numbers[what / 8];
      const place = findElement(manifest, what);
      return place === undefined
        ? undefined
        : machine.numbers[manifest.variables[place.variable]!.address / 8 + place.element];
    },
    probe: (probe, instance) => machine.kernel.probe(probe, instance),
    set: (name, value) => {
      const place = findElement(manifest, name);
      return place === undefined
        ? unknownName(manifest, name)
        : setElement(place.variable, place.element, value);
    },
    setElement,
    intervene,
    offer: (sensor, instance, time, value, again) =>
      counted(
        receive(time, { kind: 'sample', sensor, instance, value }, policies.get(`${sensor}/${instance}`)),
        again,
      ),
    offerColumns,
    offerTogether,
    offerInput: (variable, element, time, value, again) =>
      counted(receive(time, { kind: 'set', variable, element, value, measured: true }, undefined), again),
    call: (command, instance, values) =>
      wrongCall(manifest, command, instance, values) ?? now({ kind: 'call', command, instance, values }),
    callAt: (time, command, instance, values) =>
      wrongCall(manifest, command, instance, values) === undefined
        ? counted(receive(time, { kind: 'call', command, instance, values }, undefined))
        : 'notANumber',
    sampleCounts: () => ({ ...counts }),
    save: () => {
      run.begin();
      return saved(run.atCommitted(run.snapshot), run.trouble());
    },
    restore,
    land: run.land,
    coming: () => {
      run.begin();
      return journal.entries().filter(({ time }) => time > run.committed());
    },
    expect: (coming) => {
      journal.addAll(
        coming
          .filter(({ time }) => time > run.committed())
          .map((entry) => ({ ...entry, sequence: (sequence += 1) })),
      );
    },
    branch: () => {
      run.begin();
      return makeTwin(options, {
        state: run.atCommitted(run.snapshot),
        trouble: run.trouble(),
        entries: journal.entries(),
        heldFrom: journal.heldFrom(),
        checkpoints: checkpoints.list(),
      });
    },
    heldFrom: journal.heldFrom,
    rewind: (time) => {
      run.begin();
      const isHeld = time >= journal.heldFrom();
      const checkpoint = (isHeld ? checkpoints.before(Math.max(time, 0)) : undefined) ?? checkpoints.first();
      if (checkpoint === undefined) return run.advance(run.shown());
      backTo(checkpoint);
      run.applyAfter();
      return run.advance(isHeld ? Math.max(time, checkpoint.time) : checkpoint.time);
    },
    hash: () => {
      run.begin();
      return run.atCommitted(() =>
        hashBytes(machine.bytes.subarray(0, manifest.layout.savedBytes), ...pastNumbers(machine.past)),
      );
    },
    listen: telling.add,
    observeAt: run.observeAt,
  };

  if (inherited !== undefined) {
    run.load(inherited.state);
    for (const entry of inherited.entries) journal.add({ ...entry });
    journal.holdFrom(inherited.heldFrom);
    journal.rewind(machine.time(), true);
    checkpoints.adopt(inherited.checkpoints);
    sequence = inherited.entries.reduce((last, entry) => Math.max(last, entry.sequence), 0);
    telling.upTo(run.shown());
    if (inherited.trouble !== undefined) run.stop(inherited.trouble);
    run.advance(run.shown());
  }
  return twin;
}

const isState = (role: Manifest['variables'][number]['role']): boolean =>
  role === 'state' || role === 'discrete';
