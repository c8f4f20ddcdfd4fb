/**
 * What a page knows of the events of a session. On a busy machine samples come for times that were passed: what was told of these is taken back by a
 * status that is computed no further, and told again.
 */
import type { ToPreview, TwinEvent } from '../../preview/protocol.ts';
import { addEvents, cutEvents } from '../../preview/session/reduce.ts';

export function createTold() {
  let events: readonly TwinEvent[] = [];
  return {
    hear: (message: ToPreview): void => {
      if (message.type === 'events') events = addEvents(events, message.events);
      if (message.type === 'status') events = cutEvents(events, message.status.computed);
    },
    events: (): readonly TwinEvent[] => events,
  };
}
