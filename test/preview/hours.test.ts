/** A live twin that is watched for hours: what session and preview keep of it stays bounded, and reaches back to its start. */
import { describe, expect, it } from 'vitest';
import { createSession } from '../../live/session/session.ts';
import { SessionStore } from '../../preview/session/store.ts';
import type { FromPreview, ToPreview } from '../../preview/protocol.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { compiled } from '../experiments/fixture.ts';

const text = `
asset Boiler {
  state level = 1 m
  state ticks = 0
  let wave = sin(time * 1 rad/s)
  der(level) = 0.1 m/s * wave
  every 1 s { set ticks = ticks + 1 }
  alarm high: warning "High" { raise when level > 1.15 m  clear when level < 1.05 m }
}
view Boiler { chart level over 1 h  number ticks  phase wave against level  alarms events }
`;

describe('hours of live use', () => {
  it('take no more memory than the first one, and forget no extreme', () => {
    const { artefact } = compiled(text);
    let clock = 0;
    let queue: { at: number; run: () => void }[] = [];
    let paint: ((time: number) => void) | undefined;
    const session = createSession({
      send: (message: ToPreview) => store.receive(message),
      now: () => clock,
      // A frame a second: what is kept depends on the rows, not on how often they are looked at.
      schedule: (callback) => {
        const item = { at: clock + 1000, run: callback };
        queue.push(item);
        return () => (queue = queue.filter((other) => other !== item));
      },
      mode: 'live',
      live: true,
      lag: 0,
    });
    const store: SessionStore = new SessionStore(
      (message: FromPreview) => session.receive(message),
      (callback) => (paint = callback),
    );
    session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    store.setConnection('open');
    session.receive({ type: 'subscribe', series: ['level', 'ticks', 'probe:0', 'probe:2', 'probe:3'] });
    const pass = (hours: number): void => {
      const end = clock + hours * 3_600_000;
      while (queue.length > 0 && queue[0]!.at <= end) {
        const { at, run } = queue.shift()!;
        clock = at;
        run();
        const callback = paint;
        paint = undefined;
        callback?.(clock);
      }
      clock = end;
    };
    const kept = () => ({
      samples: store.past.history('level').length,
      events: store.events.value.length,
      alarms: store.alarms.value.length,
    });
    pass(1);
    const early = kept();
    expect(early.samples).toBeGreaterThan(1000);
    pass(4);
    const late = kept();
    expect(session.status()!.time).toBeCloseTo(5 * 3600, -1);
    // Four levels of 4096 samples each, and no event that nobody can reach any more.
    expect(late.samples).toBeLessThanOrEqual(4 * 4096);
    expect(late.events).toBeLessThanOrEqual(5000);
    expect(late.alarms).toBe(1);
    expect(late.events).toBeGreaterThan(1000);
    // The past is there, thinned to its extremes.
    const level = store.past.history('level');
    expect(level.firstTime).toBeLessThan(5);
    const seen: number[] = [];
    level.visit(0, 600, { add: (time, value) => void (time <= 600 && seen.push(value)) });
    expect(Math.max(...seen)).toBeGreaterThan(1.19);
    expect(Math.min(...seen)).toBeLessThan(1.01);
    session.dispose();
  });
});
