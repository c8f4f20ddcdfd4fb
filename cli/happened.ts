/** The events of a run: how many there were, the first of them, and all, put aside, for who asks. */
import { Spool } from '../live/recording/spool.ts';
import type { RunEvent, Twin } from '../runtime/twin.ts';

export interface Happened {
  readonly count: number;
  readonly first: readonly RunEvent[];
  /** As JSON, separated by commas, in pieces. */
  asJson(): Iterable<string>;
}

const BLOCK = 65536;

/** @param first how many are held @param all whether all of them are kept */
export function recordEvents(twin: Twin, first: number, all: boolean): Happened {
  const held: RunEvent[] = [];
  const spool = new Spool();
  let count = 0;
  twin.listen({
    event: (event) => {
      if (held.length < first) held.push(event);
      if (all) spool.append(Buffer.from(`${count === 0 ? '' : ','}${JSON.stringify(event)}`));
      count += 1;
    },
  });
  return {
    get count() {
      return count;
    },
    first: held,
    *asJson() {
      const decoder = new TextDecoder();
      for (let at = 0; at < spool.length; at += BLOCK)
        yield decoder.decode(spool.read(at, BLOCK), { stream: true });
    },
  };
}
