/** Modes and events in the editor. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentSymbol, Hover, WorkspaceEdit } from 'vscode-languageserver';
import { position, type Client } from './client.ts';
import { serveTank, type Served } from './tank.ts';

let served: Served;
let client: Client;
beforeAll(async () => {
  served = await serveTank();
  client = served.client;
});
afterAll(() => served.stop());

describe('modes and events', () => {
  const MACHINE = `asset Machine {
  input start = false
  state speed = 0 m/s
  event jam(position: Length)
  command go(pace: Velocity)
  on jam(position) when position > 2 m -> set start = false
  when start -> emit jam(position = 3 m)

  /// How it is.
  modes operation {
    initial Idle { when start -> Running }
    /// It turns.
    Running {
      initial Slow { after 1 s -> Fast }
      Fast {}
      when not start -> Idle
    }
  }
  let fast = operation == Running.Fast
}
`;
  const machine = 'file:///nowhere/machine.twin';
  const inside = (part: string, move = 0, nth = 0) => ({
    textDocument: { uri: machine },
    position: position(MACHINE, part, move, nth),
  });

  it('offer modes after an arrow and beside ==, events after on and emit', async () => {
    const begun = (line: string) => `asset A {
  state speed = 0 m/s
  event jam
  modes m {
    initial Idle { ${line} }
    Running { after 1 s -> Idle }
  }
}`;
    expect(await served.labels(begun('after 2 s -> |'))).toEqual(expect.arrayContaining(['Idle', 'Running']));
    expect(await served.labels(begun('after 2 s -> R|'))).not.toContain('speed');
    expect((await served.labels(begun('when m == | -> Running')))[0]).toBe('Idle');
    const events = await served.labels(begun('on | -> Running'));
    expect(events).toContain('jam');
    expect(events).not.toContain('speed');
    const set = await served.labels(begun('after 2 s -> Running { set | }'));
    expect(set).toContain('speed');
    expect(set).not.toContain('jam');
  });

  it('offer modes that a scenario may begin in, alarms in modes, and final ones', async () => {
    const whole = (scenario: string, mode: string): string => `asset A {
  modes m {
    initial Idle { after 1 s -> Running }
    ${mode}
    Running { after 1 s -> Idle }
  }
}
scenario s for A {
  ${scenario}
  run 1 h
}`;
    const first = await served.labels(whole('m = |', ''));
    expect(first.slice(0, 2).toSorted()).toEqual(['Idle', 'Running']);
    expect(await served.labels(whole('', 'Other { al| }'))).toContain('alarm');
    expect(await served.labels(whole('', 'fi| '))).toContain('final');
    const uri = 'file:///nowhere/cold.twin';
    await client.open(
      uri,
      `asset A {
  modes m {
    initial Idle {
      alarm cold: warning "Cold" { raise when time > 1 h }
      after 1 s -> Busy
    }
    final Busy {}
  }
}`,
    );
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', {
      textDocument: { uri },
    });
    expect(JSON.stringify(symbols)).toContain('"cold"');
  });

  it('show modes in the outline, one within the other', async () => {
    await client.open(machine, MACHINE);
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', {
      textDocument: { uri: machine },
    });
    const names = (list: readonly DocumentSymbol[] = []): unknown[] =>
      list.map(({ name, children }) => (children === undefined ? name : [name, names(children)]));
    expect(names(symbols)).toEqual([
      [
        'Machine',
        ['start', 'speed', 'jam', 'go', ['operation', ['Idle', ['Running', ['Slow', 'Fast']]]], 'fast'],
      ],
    ]);
  });

  it('explain them, and rename modes and values of events everywhere', async () => {
    const hover = await client.request<Hover>('textDocument/hover', inside('Running.Fast', 1));
    expect(JSON.stringify(hover.contents)).toMatch(/It turns/);
    const changesOf = async (where: ReturnType<typeof inside>, newName: string) => {
      const edit = await client.request<WorkspaceEdit>('textDocument/rename', { ...where, newName });
      return edit.changes?.[machine]?.map(({ range }) => range.start) ?? [];
    };
    expect(await changesOf(inside('Running', 1), 'Turning')).toEqual([
      position(MACHINE, 'Running', 0, 0),
      position(MACHINE, 'Running', 0, 1),
      position(MACHINE, 'Running', 0, 2),
    ]);
    expect(await changesOf(inside('position', 1, 1), 'place')).toEqual([
      position(MACHINE, 'position', 0, 0),
      position(MACHINE, 'position', 0, 1),
      position(MACHINE, 'position', 0, 2),
      position(MACHINE, 'position', 0, 3),
    ]);
  });
});
