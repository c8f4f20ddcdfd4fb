/** What a session tells of modes, processes and runs with other seeds. */
import { describe, expect, it } from 'vitest';
import { diagramsOf } from '../../live/session/diagrams.ts';
import { itemsOf } from '../../live/session/items.ts';
import { createSamples } from '../../live/session/samples.ts';
import { namesNow } from '../../live/session/series.ts';
import type { Items } from '../../preview/protocol.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { compiled } from '../experiments/fixture.ts';

const desk = `
asset Desk {
  input open = true
  resource clerk[2]
  process caller {
    arrive every exponential(40 s)
    queue line[20] when full: balk
    use clerk for exponential(90 s)
  }
  modes hours {
    initial Closed { when open -> Open }
    Open { when not open -> Closed }
  }
  kpi waiting = mean(line.wait)
}
scenario morning for Desk { seed 5  run 1 h }
`;

describe('a model without a view', () => {
  it('has its processes and modes drawn', () => {
    const { manifest } = compiled(desk).artefact;
    const kinds = manifest.views[0]!.widgets.map(({ kind }) => kind);
    expect(manifest.views[0]!.derived).toBe(true);
    expect(kinds).toEqual(expect.arrayContaining(['process', 'modes']));
    const { charts, processes } = diagramsOf(manifest);
    expect(charts![0]).toMatchObject({
      label: 'hours',
      regions: [{ series: 'hours', modes: [{ name: 'Closed', initial: true }, { name: 'Open' }] }],
      transitions: [{ from: [0, 0], to: [0, 1], text: 'when open' }, { text: 'when not open' }],
    });
    expect(processes![0]).toMatchObject({
      label: 'caller',
      arrived: 'caller.arrived',
      inside: 'caller.inside',
    });
  });
});

it('names of active modes are told, and none that is private', () => {
  const { artefact } = compiled(desk);
  const twin = createTwin({
    manifest: artefact.manifest,
    kernel: kernelFactory(artefact),
    scenario: 'morning',
  });
  twin.advance(1);
  expect(namesNow(twin)).toEqual({ hours: 'Open' });
  for (const variable of artefact.manifest.variables) if (variable.name === 'hours') variable.private = true;
  expect(namesNow(twin)).toEqual({});
});

describe('items of a process', () => {
  it('are where the statistics say, at any time', () => {
    const { artefact } = compiled(desk);
    const { manifest } = artefact;
    const twin = createTwin({ manifest, kernel: kernelFactory(artefact), scenario: 'morning' });
    const value = (name: string): number =>
      twin.machine.numbers[manifest.variables.find((one) => one.name === name)!.address / 8]!;
    const { steps } = manifest.flow!.processes[0]!;
    const enter = steps.findIndex(({ kind }) => kind === 'enter');
    let most = 0;
    for (let time = 60; time <= 3600; time += 60) {
      twin.advance(time);
      const [flow] = itemsOf(twin)!.flows;
      expect(flow!.counts[enter]).toBe(value('line.length'));
      expect(flow!.counts.reduce((a, b) => a + b, 0)).toBe(value('caller.inside'));
      expect(new Set(flow!.ids).size).toBe(flow!.ids.length);
      most = Math.max(most, value('line.length'));
    }
    expect(most).toBeGreaterThan(2);
  });
});

describe('where an item is drawn', () => {
  /** At times (s), how many items stand in each line of the process, by its text. */
  const stood = (process: string, ...times: number[]): Record<string, number>[] => {
    const { artefact } = compiled(`asset Plant {\n${process}\n}\n`);
    const twin = createTwin({ ...artefact, kernel: kernelFactory(artefact) });
    const { steps } = artefact.manifest.flow!.processes[0]!;
    return times.map((time) => {
      twin.advance(time);
      const [{ counts, steps: each }] = itemsOf(twin)!.flows as [Items['flows'][number]];
      const where: Record<string, number> = {};
      counts.forEach((count, step) => {
        expect(each.filter((one) => one === step)).toHaveLength(count);
        if (count > 0) where[steps[step]!.text] = (where[steps[step]!.text] ?? 0) + count;
      });
      return where;
    });
  };
  it('is the wait that it is in, whatever comes behind it', () => {
    expect(
      stood(
        `resource clerk
         state done = 0
         process job {
           arrive at 0 s in groups of 2
           wait 10 s
           set done = done + 1
           use clerk for 10 s
           wait 10 s
           wait until done > 10
         }`,
        5,
        15,
        25,
        35,
      ),
    ).toEqual([
      { 'wait 10 s': 2 },
      { 'use clerk for 10 s': 2 },
      { 'use clerk for 10 s': 1, 'wait 10 s': 1 },
      { 'wait 10 s': 1, 'wait until done > 10': 1 },
    ]);
  });
  it('is the machine that it blocks, not the queue that has no room', () => {
    expect(
      stood(
        `resource mill
         resource lathe
         process job {
           arrive at 0 s in groups of 3
           use mill for 10 s
           queue between[1]
           use lathe for 100 s
         }`,
        25,
        35,
      ),
    ).toEqual([
      { 'use mill for 10 s': 1, 'queue between[1]': 1, 'use lathe for 100 s': 1 },
      { 'use mill for 10 s': 1, 'queue between[1]': 1, 'use lathe for 100 s': 1 },
    ]);
  });
  it('is where its batch is, and that of the batch', () => {
    expect(
      stood(
        `process job {
           arrive at 0 s in groups of 4
           wait 10 s
           batch 2
           wait 20 s
           batch 2
           wait 30 s
           unbatch
           wait 40 s
         }`,
        5,
        15,
        35,
        65,
      ),
    ).toEqual([{ 'wait 10 s': 4 }, { 'wait 20 s': 4 }, { 'wait 30 s': 4 }, { 'wait 40 s': 4 }]);
  });
  it('is the step in which it takes from a store, while that has too few', () => {
    const [early, late] = stood(
      `process job {
         arrive at 0 s
         wait 10 s
         take 2 of caps
         wait 20 s
       }
       process cap {
         arrive every 15 s at most 2
         store caps
       }`,
      15,
      35,
    );
    expect([early, late]).toEqual([{ 'take 2 of caps': 1 }, { 'wait 20 s': 1 }]);
  });
});

describe('runs for a histogram', () => {
  const samplesOf = (text: string) => {
    const { artefact } = compiled(text);
    const model = { manifest: artefact.manifest, kernel: kernelFactory(artefact) };
    const samples = createSamples(model, {
      scenario: 'morning',
      asked: undefined,
      seed: undefined,
      overrides: new Map(),
    });
    return { samples, artefact };
  };
  it('are as many as asked for, the first of them the one that is shown, and the same again', () => {
    const view = 'view Desk { histogram waiting over 12 runs as s }\n';
    const { samples, artefact } = samplesOf(`${desk}${view}`);
    let clock = 0;
    while (!samples!.done()) samples!.work(() => (clock += 1), 3);
    const { values, runs, first } = samples!.all();
    expect([first, runs, values[0]!.length]).toEqual([0, 12, 12]);
    const twin = createTwin({ ...artefact, kernel: kernelFactory(artefact), scenario: 'morning' });
    twin.advance(3600);
    expect(values[0]![0]).toBe(twin.probe(0, 0));
    expect(new Set(values[0]).size).toBe(12);
    const again = samplesOf(`${desk}${view}`).samples!;
    while (!again.done()) again.work(() => (clock += 1), 1000);
    expect(again.all().values).toEqual(values);
  });
  it('are none where no view wants them', () => {
    expect(samplesOf(desk).samples).toBeUndefined();
  });
});
