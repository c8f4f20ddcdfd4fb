import { describe, expect, it } from 'vitest';
import { createLines } from '../../live/host/lines.ts';
import type { LineNote } from '../../live/host/protocol.ts';
import type { TwinEvent } from '../../preview/protocol.ts';
import { createTwin } from '../../runtime/twin.ts';
import { compiled } from '../debug/compiled.ts';

const TEXT = `asset Tank {
  private state secret = 7 m
  state level = 1 m
  let volume = level * 4 m2
  der(level) = 2 mm/s
  der(secret) = 0 m/s
  modes valve {
    initial Open { after 1 min -> Closed }
    Closed {}
  }
}
scenario fill for Tank { run 10 min }
`;

describe('what a host writes behind lines', () => {
  it('is the values at the cursor, the active mode and what fired, of the files that are asked for', () => {
    const { manifest, kernel, uri } = compiled(TEXT);
    const twin = createTwin({ manifest, kernel, scenario: 0 });
    let told: LineNote[] | undefined;
    const lines = createLines((_time, notes) => (told = notes));
    twin.listen({
      event: ({ kind, source, ...event }) =>
        lines.heard({ type: 'events', events: [{ ...event, kind, source } as TwinEvent] }),
    });
    twin.advance(50);
    lines.look(twin);
    expect(told).toBeUndefined();
    lines.want([uri]);
    lines.look(twin);
    expect(told).toMatchObject([
      { line: 3, text: '1.1 m' },
      { line: 4, text: '4.4 m³' },
      { line: 7, text: 'Open', mode: 'Open' },
    ]);
    twin.advance(100);
    lines.look(twin);
    expect(told).toContainEqual(expect.objectContaining({ line: 7, mode: 'Closed' }));
    expect(told).toContainEqual(
      expect.objectContaining({ line: 8, text: 'fired at t = 1 min', fired: 'now' }),
    );
    twin.rewind(50);
    lines.look(twin);
    expect(told).not.toContainEqual(expect.objectContaining({ line: 8 }));
    expect(JSON.stringify(told)).not.toContain('7 m');
    told = undefined;
    lines.look(twin);
    expect(told).toBeUndefined();
  });
});
