/**
 * One session ↔ many pages. What a page asks for is answered to it alone; what happens is told to all; the session computes
 * the series that any page shows, and each page gets its own.
 */
import type { FromPreview, ToPreview } from '../../preview/protocol.ts';
import type { PageClient, PageSession } from './index.ts';

/** A session that speaks to one preview. */
export interface SinglePreview {
  receive(message: FromPreview): void;
  /** Sends what waits. */
  flush(): void;
  hidden(hidden: boolean): void;
}

interface Page {
  send: (message: ToPreview) => void;
  /** What it shows. */
  series: readonly string[];
  items: boolean;
  samples: boolean;
}

export interface Fan extends PageSession {
  /** What the session sends; give it to the session when it is made. */
  readonly send: (message: ToPreview) => void;
  /** The session there is. Nothing is received before. */
  connect(session: SinglePreview): void;
}

export function createFan(): Fan {
  const pages = new Set<Page>();
  let session: SinglePreview | undefined;
  /** While the session answers one page. */
  let asking: Page | undefined;

  const deliver = (page: Page, message: ToPreview): void => {
    if (message.type !== 'frame') page.send(message);
    else if (
      message.series.length === page.series.length &&
      message.series.every((id, i) => id === page.series[i])
    )
      page.send(message);
    else {
      const at = page.series.map((id) => message.series.indexOf(id));
      const known = at.filter((i) => i >= 0);
      page.send({
        ...message,
        series: known.map((i) => message.series[i]!),
        columns: known.map((i) => message.columns[i]!),
        now: known.map((i) => message.now[i]!),
      });
    }
  };
  const answer = (page: Page, message: FromPreview): void => {
    // What waits is for all pages, not only for the one that asks.
    if (message.type !== 'history') session?.flush();
    asking = page;
    try {
      session?.receive(message);
    } finally {
      asking = undefined;
    }
  };
  const union = (): string[] => [...new Set([...pages].flatMap(({ series }) => series))];

  const shown = (): FromPreview => ({
    type: 'show',
    items: [...pages].some(({ items }) => items),
    samples: [...pages].some(({ samples }) => samples),
  });

  return {
    send: (message) => {
      if (asking !== undefined) deliver(asking, message);
      else for (const page of pages) deliver(page, message);
    },
    connect: (made) => {
      session = made;
      session.hidden(pages.size === 0);
    },
    attach: (send): PageClient => {
      const page: Page = { send, series: [], items: false, samples: false };
      // Shows itself when the page says that it is ready, so nothing is told twice.
      if (pages.size === 0) session?.hidden(false);
      pages.add(page);
      return {
        receive: (message) => {
          if (message.type === 'ready' || message.type === 'history') answer(page, message);
          else if (message.type === 'subscribe') {
            page.series = message.series;
            answer(page, { type: 'subscribe', series: union() });
          } else if (message.type === 'show') {
            page.items = message.items;
            page.samples = message.samples;
            answer(page, shown());
          } else session?.receive(message);
        },
        detach: () => {
          pages.delete(page);
          session?.receive(shown());
          if (pages.size === 0) session?.hidden(true);
        },
      };
    },
  };
}
