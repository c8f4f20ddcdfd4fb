/** What arrives from outside, by its binding and the clock → the run: at once, or together with others that come about then. */
import type { OfferResult } from '../../runtime/twin.ts';
import type { Arrival, Receiver } from '../receiver.ts';
import type { Gathering } from './gathering.ts';
import type { Playback } from './playback.ts';

/** So many arrivals are not held back for others. */
const MOST_WAITING = 50_000;

/** `waits`: whether somebody looks soon after what was gathered. */
export function createArrivals(
  run: Playback,
  gathering: Gathering,
  waits: () => boolean,
): Required<Pick<Receiver, 'arrive' | 'gather'>> {
  const targetOf = (binding: number) =>
    run.mode === 'live' ? run.twin?.manifest.bindings[binding]?.target : undefined;
  /** s of the run */
  const timeOf = (time: number): number => (time - run.epoch) / 1000;

  const arrive = ({ binding, time, value, values }: Arrival): OfferResult => {
    const target = targetOf(binding);
    if (target === undefined) return 'dropped';
    const twin = run.twin!;
    gathering.offer();
    const at = timeOf(time);
    if (target.kind === 'command') return twin.callAt(at, target.command, target.instance, values ?? []);
    if (target.kind === 'sensor') return twin.offer(target.sensor, target.instance, at, value);
    return target.kind === 'input' ? twin.offerInput(target.variable, target.element, at, value) : 'dropped';
  };
  const gather = (arrival: Arrival, became: (verdict: OfferResult) => void): void => {
    const { binding, value } = arrival;
    const target = targetOf(binding);
    const time = timeOf(arrival.time);
    if (target?.kind === 'sensor')
      gathering.add(
        { kind: 'sample', sensor: target.sensor, instance: target.instance, time, value },
        became,
      );
    else if (target?.kind === 'input')
      gathering.add({ kind: 'set', variable: target.variable, element: target.element, time, value }, became);
    else {
      became(arrive(arrival));
      return;
    }
    if (gathering.waiting() >= MOST_WAITING || !waits()) gathering.offer();
  };
  return { arrive, gather };
}
