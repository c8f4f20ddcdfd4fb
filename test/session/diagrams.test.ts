/** What a session tells of modes, processes and runs with other seeds. */
import { describe, expect, it } from 'vitest';
import { diagramsOf } from '../../live/session/diagrams.ts';
import { itemsOf } from '../../live/session/items.ts';
import { createSamples } from '../../live/session/samples.ts';
import { namesNow } from '../../live/session/series.ts';
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
