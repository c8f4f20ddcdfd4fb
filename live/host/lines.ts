/** A running twin → what to write behind the lines of its text: values, the active mode, what fired last. */
import { lineValues } from '../../runtime/line-values.ts';
import { timeText } from '../../runtime/trouble.ts';
import type { Twin } from '../../runtime/twin.ts';
import type { ToPreview, TwinEvent } from '../../preview/protocol.ts';
import type { LineNote } from './protocol.ts';

/** Events that are remembered: what fired before that is old news. */
const MOST = 400;

export function createLines(tell: (time: number, lines: LineNote[]) => void) {
  let wanted: ReadonlySet<string> = new Set();
  let events: TwinEvent[] = [];
  let told = '';

  return {
    /** Of which files; none: nothing is told. */
    want: (uris: readonly string[]): void => {
      wanted = new Set(uris);
      told = '';
    },
    heard: (message: ToPreview): void => {
      if (message.type === 'hello') events = [];
      if (message.type !== 'events') return;
      events.push(...message.events.filter(({ source }) => source !== undefined));
      if (events.length > 2 * MOST) events.splice(0, events.length - MOST);
    },
    /** Tells what has changed since the last time. */
    look: (twin: Twin): void => {
      if (wanted.size === 0) return;
      const lines: LineNote[] = lineValues(twin.manifest, twin.machine.numbers, new Map(), wanted);
      const time = twin.time();
      // The run may have gone back, or over the same time again.
      const past = events.filter((event) => event.time <= time).toSorted((a, b) => a.time - b.time);
      const last = past.at(-1);
      const fired = new Map<string, LineNote>();
      for (const event of past) {
        const { uri, line } = event.source!;
        if (!wanted.has(uri)) continue;
        const isLast = last !== undefined && last.source!.uri === uri && last.source!.line === line;
        fired.set(`${uri} ${line}`, {
          uri,
          line,
          endLine: line,
          text: `${event.name.includes('[') ? `${event.name} ` : ''}fired at t = ${timeText(Number(event.time.toPrecision(6)))}`,
          fired: isLast ? 'now' : 'earlier',
        });
      }
      lines.push(...fired.values());
      const text = JSON.stringify(lines);
      if (text === told) return;
      told = text;
      tell(time, lines);
    },
  };
}
