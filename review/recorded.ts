/** A recording drives a version, as its sensors and inputs did when it was made → what one can see of the run. */
import type { Artefact, Manifest } from '../runtime/contract/manifest.ts';
import { kernelFactory } from '../runtime/load.ts';
import { together } from '../runtime/samples/together.ts';
import { createTwin } from '../runtime/twin.ts';
import type { NameMap } from './behaviour.ts';
import { observe } from './trace.ts';
import type { Trace } from './trace.ts';

export interface Sample {
  /** s since the recording's first row; they do not decrease. */
  time: number;
  target:
    | { kind: 'sensor'; sensor: number; instance: number }
    | { kind: 'input'; variable: number; element: number };
  /** SI */
  value: number;
}

/** What a recording says to one version. */
export interface Fed {
  /** Names of the sensors and inputs that it feeds. */
  names: readonly string[];
  /** s: how long a run lasts that it drives. */
  length: number;
  /** In ascending time; from the start each time they are asked for. */
  samples: Iterable<Sample>;
}

export interface Recording {
  /** For people: the file, from the folder that is under review. */
  name: string;
  /** Nothing where no column is a sensor or an input of this version. `names`: of the version before → of this one. */
  feed(manifest: Manifest, names: NameMap): Fed | undefined;
}

/** Rows of a run. */
const ROWS = 1000;
/** Samples that are handed over before the run goes on. */
const PORTION = 500;

/** @param also s, ascending: moments that are looked at besides */
export function traceRecorded(
  artefact: Artefact,
  name: string,
  fed: Fed,
  duration: number,
  also: readonly number[] = [],
): Trace {
  const { manifest } = artefact;
  const twin = createTwin({
    manifest,
    kernel: kernelFactory(artefact),
    settings: {
      duration,
      outputPeriod: duration / ROWS,
      offered: 'all',
      checkpoints: { keep: 'recent', limit: 2 },
    },
  });
  const finish = observe(twin, name, also);
  const offering = together(twin);
  let [waiting, latest] = [0, 0];
  const handOver = (): void => {
    offering.flush();
    twin.advance(latest);
    waiting = 0;
  };
  for (const { target, time, value } of fed.samples) {
    // What belongs to one time goes together.
    if (waiting >= PORTION && time !== latest) handOver();
    if (twin.trouble() !== undefined) break;
    if (target.kind === 'sensor') offering.sample(target.sensor, target.instance, time, value);
    else offering.input(target.variable, target.element, time, value);
    latest = time;
    waiting += 1;
  }
  if (waiting > 0) handOver();
  twin.advance(duration);
  return finish();
}
