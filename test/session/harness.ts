/** A session on a clock that goes only when told to, and what it has sent. */
import { expect } from 'vitest';
import type { SessionOptions } from '../../live/session/contract.ts';
import { createSession } from '../../live/session/session.ts';
import type { ToPreview } from '../../preview/protocol.ts';
import { build } from '../runtime/hand-written.ts';
import type { System } from '../runtime/hand-written.ts';
import { tank } from '../runtime/systems.ts';

export const watched: System = { ...tank, probes: [{ text: 'level', value: (v) => v.level! }] };

/** `pass` lets so many ms go by: callbacks come in the order of their time. `of` is what was sent of a type. */
export function harness(options: Partial<SessionOptions> = {}, system: System = watched) {
  let clock = 1_000_000;
  let queue: { at: number; run: () => void }[] = [];
  const sent: ToPreview[] = [];
  const session = createSession({
    send: (message) => sent.push(structuredClone(message)),
    now: () => clock,
    schedule: (callback, ms) => {
      const item = { at: clock + Math.max(ms, 1), run: callback };
      queue.push(item);
      return () => {
        queue = queue.filter((other) => other !== item);
      };
    },
    ...options,
  });
  const pass = (ms: number): void => {
    const end = clock + ms;
    for (;;) {
      queue.sort((a, b) => a.at - b.at);
      if (queue.length === 0 || queue[0]!.at > end) break;
      const { at, run } = queue.shift()!;
      clock = at;
      run();
    }
    clock = end;
  };
  const of = <T extends ToPreview['type']>(type: T): Extract<ToPreview, { type: T }>[] =>
    sent.filter((message): message is Extract<ToPreview, { type: T }> => message.type === type);
  session.load(build(system));
  return { session, sent, of, pass, clock: () => clock };
}

/** The first number is the second, to `within`. */
export const close = (a: number | null | undefined, b: number, within: number): void =>
  expect(Math.abs((a ?? NaN) - b)).toBeLessThan(within);
