import { describe, expect, it } from 'vitest';
import { build } from '../runtime/hand-written.ts';
import type { System } from '../runtime/hand-written.ts';
import { harness } from './harness.ts';

describe('commands', () => {
  const system: System = {
    name: 'oven',
    discretes: { start: 0, 'start.target': 0, heat: 20 },
    handlers: [
      {
        kind: 'when',
        name: 'on start',
        condition: (v) => v.start === 1,
        actions: { heat: (v) => v['start.target']! },
      },
    ],
    scenarios: [{ duration: 10, method: { name: 'rk4', step: 0.1 } }],
  };
  const withCommand = () => {
    const model = build(system);
    const at = (name: string): number => model.manifest.variables.findIndex((each) => each.name === name);
    const event = {
      name: 'start',
      dims: [],
      command: true,
      count: at('start'),
      parameters: [{ name: 'target', variable: at('start.target') }],
      doc: '',
      source: model.manifest.variables[0]!.source,
    };
    return { ...model, manifest: { ...model.manifest, events: [event] } };
  };

  it('are offered, called and logged, and refused in words', () => {
    const { session, of, pass } = harness({ playing: false });
    session.load(withCommand());
    session.receive({ type: 'ready' });
    expect(of('hello').at(-1)!.commands).toMatchObject([
      { id: 'start', command: 0, instance: 0, parameters: [{ name: 'target', base: 'number' }] },
    ]);
    session.receive({ type: 'call', id: 'start', values: [77] });
    pass(50);
    expect(session.twin()!.value('heat')).toBe(77);
    session.receive({ type: 'call', id: 'start', values: [] });
    session.receive({ type: 'call', id: 'stop', values: [] });
    pass(50);
    const said = of('events').flatMap(({ events }) => events.filter(({ kind }) => kind === 'command'));
    expect(said.map(({ text }) => text)).toEqual([
      'start(target = 77)',
      'start needs target.',
      'There is no command stop in this version.',
    ]);
  });
});
