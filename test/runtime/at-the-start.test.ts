/** What comes late for the very first instant: the run is gone over again from before it. */
import { describe, expect, it } from 'vitest';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';

const text = `package t
asset Pump {
  input  inflow = 1 L/s
  state  level = 1 m
  state  seen = 0
  state  drawn = 0.0
  let    height = level + 1 m
  der(level) = inflow / 2 m2 - 0.01 m/s * sqrt(max(level, 0 m) / 1 m)
  sensor gauge measures height every 1 s noise normal(1 cm)
  process job {
    arrive every exponential(2 s)
    queue waiting
    wait 1 s
  }
  when gauge > 3 m {
    set seen = seen + 1
  }
  every 1 s {
    set drawn = drawn + job.arrived
  }
}
twin P: Pump
`;
const { model, roots, diagnostics } = analyse([{ uri: 'file:///a.twin', text }], readLibraryFiles());
if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
const { artefact } = compile(
  model,
  roots.find(({ name }) => name === 't.P')!,
).value!;
const make = (): { twin: Twin; events: string[]; rows: Map<number, number> } => {
  const twin = createTwin({ manifest: artefact.manifest, kernel: kernelFactory(artefact), seed: 3 });
  const events: string[] = [];
  const rows = new Map<number, number>();
  twin.listen({
    event: ({ time, name, text: what }) => events.push(`${time} ${name} ${what}`),
    row: (time) => rows.set(time, twin.value('level')!),
    revised: (time, including) => {
      const later = (at: number): boolean => at > time || (including && at === time);
      for (const at of rows.keys()) if (later(at)) rows.delete(at);
      const kept = events.filter((event) => !later(Number(event.split(' ')[0])));
      events.splice(0, events.length, ...kept);
    },
  });
  return { twin, events, rows };
};
const inflow = artefact.manifest.variables.findIndex(({ name }) => name === 'inflow');

describe('a sample and a value for time 0 that come late', () => {
  it.each([0.5, 7.3, 40])('at t = %d, end as if they had come in time', (late) => {
    const inTime = make();
    expect(inTime.twin.offer(0, 0, 0, 4)).toBe('onTime');
    expect(inTime.twin.offerInput(inflow, 0, 0, 0.003)).toBe('onTime');
    inTime.twin.advance(60);

    const after = make();
    after.twin.advance(late);
    expect(after.twin.offer(0, 0, 0, 4)).toBe('revised');
    expect(after.twin.time()).toBe(late);
    expect(after.twin.offer(0, 0, 0, 4)).toBe('duplicate');
    expect(after.twin.offerInput(inflow, 0, 0, 0.003)).toBe('revised');
    after.twin.advance(60);
    expect(after.twin.value('seen')).toBe(1);
    expect(after.twin.hash()).toBe(inTime.twin.hash());
    expect(after.events).toEqual(inTime.events);
    expect([...after.rows]).toEqual([...inTime.rows]);

    const together = make();
    together.twin.advance(late);
    expect(
      together.twin.offerTogether([
        { kind: 'sample', sensor: 0, instance: 0, time: 0, value: 4 },
        { kind: 'set', variable: inflow, element: 0, time: 0, value: 0.003 },
      ]),
    ).toEqual(['revised', 'revised']);
    together.twin.advance(60);
    expect(together.twin.hash()).toBe(inTime.twin.hash());
  });

  it('that waits for its time goes on with a saved state', () => {
    const { twin } = make();
    twin.advance(10);
    const gauged = { kind: 'sample', sensor: 0, instance: 0, time: 15.5, value: 4 } as const;
    const set = { kind: 'set', variable: inflow, element: 0, time: 15.25, value: 0.003 } as const;
    expect(twin.offerTogether([gauged, set])).toEqual(['onTime', 'onTime']);
    const later = make().twin;
    expect(later.restore(twin.save())).toBeUndefined();
    later.expect(twin.coming());
    expect(later.offerTogether([gauged, set])).toEqual(['duplicate', 'duplicate']);
    twin.advance(30);
    later.advance(30);
    expect(later.value('seen')).toBe(1);
    expect(later.hash()).toBe(twin.hash());
    expect(later.coming()).toEqual([]);
  });

  it('leaves going back, branching and what was before the start as they were', () => {
    const { twin } = make();
    twin.advance(20);
    const state = twin.hash();
    expect(twin.offer(0, 0, -1, 4)).toBe('dropped');
    const branch = twin.branch();
    expect(branch.offer(0, 0, 0, 4)).toBe('revised');
    expect(twin.hash()).toBe(state);
    twin.rewind(0);
    expect(twin.time()).toBe(0);
    twin.advance(20);
    expect(twin.hash()).toBe(state);
    // A state that was kept goes on from its own moment, and from nowhere before it.
    const later = make().twin;
    expect(later.restore(twin.save())).toBeUndefined();
    expect(later.offer(0, 0, 0, 4)).toBe('dropped');
  });
});
