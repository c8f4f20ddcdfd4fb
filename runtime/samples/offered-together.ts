/** Samples and values of inputs, of whatever sensors and times, offered together: what becomes of each, and what is entered, at once. */
import type { Entry } from '../journal.ts';
import { FEW, none } from './offered-columns.ts';
import type { Judged, Standing } from './offered-columns.ts';
import { inOrder } from './sample-columns.ts';
import type { OfferResult } from '../twin.ts';

/** SI; its time in s. */
export type Offered =
  | { kind: 'sample'; sensor: number; instance: number; time: number; value: number }
  | { kind: 'set'; variable: number; element: number; time: number; value: number };

/** Of one time and sensor. */
interface Gathered {
  instances: number[];
  values: number[];
}

/** `each`: what became of them, in their order. */
export function judgedTogether(
  offered: readonly Offered[],
  { journal, policies, shown, committed, stopped, isHeld, nextSequence }: Standing,
): Judged & { each: OfferResult[] } {
  const became = none();
  const sets: Entry[] = [];
  /** By time: by sensor. */
  const samples = new Map<number, Map<number, Gathered>>();
  /** By time: what was taken. */
  const taken = new Map<number, Set<number>>();
  let [earliest, late] = [Infinity, Infinity];
  const fate = (one: Offered): OfferResult => {
    const { time, value } = one;
    if (!Number.isFinite(value) || !Number.isFinite(time)) return 'notANumber';
    const key =
      one.kind === 'sample'
        ? one.sensor * 2 ** 32 + one.instance
        : -1 - (one.variable * 2 ** 32 + one.element);
    let there = taken.get(time);
    if (there?.has(key) === true || journal.has(time, one)) return 'duplicate';
    if (stopped || time < 0) return 'dropped';
    const isLate = time <= committed;
    if (isLate) {
      const after = one.kind === 'sample' ? policies.get(`${one.sensor}/${one.instance}`)?.late : undefined;
      const tooLate = after?.policy === 'drop' && shown - time > after.after;
      if (tooLate || !isHeld(time)) return 'dropped';
      late = Math.min(late, time);
    }
    if (there === undefined) taken.set(time, (there = new Set()));
    there.add(key);
    earliest = Math.min(earliest, time);
    return isLate ? 'revised' : 'onTime';
  };
  const each = offered.map((one) => {
    const result = fate(one);
    became[result] += 1;
    if (result !== 'onTime' && result !== 'revised') return result;
    const { time, value } = one;
    if (one.kind === 'set') {
      const { variable, element } = one;
      const sequence = nextSequence();
      sets.push({ time, after: false, sequence, kind: 'set', variable, element, value, measured: true });
      return result;
    }
    let bySensor = samples.get(time);
    if (bySensor === undefined) samples.set(time, (bySensor = new Map()));
    let gathered = bySensor.get(one.sensor);
    if (gathered === undefined) bySensor.set(one.sensor, (gathered = { instances: [], values: [] }));
    gathered.instances.push(one.instance);
    gathered.values.push(value);
    return result;
  });
  const coming = sets;
  for (const [time, bySensor] of samples)
    for (const [sensor, { instances, values }] of bySensor) {
      const common = { time, after: false };
      if (values.length >= FEW) {
        const column = inOrder(Uint32Array.from(instances), Float64Array.from(values));
        coming.push({ ...common, sequence: nextSequence(), kind: 'column', sensor, ...column });
      } else
        instances.forEach((instance, i) =>
          coming.push({
            ...common,
            sequence: nextSequence(),
            kind: 'sample',
            sensor,
            instance,
            value: values[i]!,
          }),
        );
    }
  return { became, each, coming, earliest, late };
}
