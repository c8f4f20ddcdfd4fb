/** Draws what the page writes down, on canvases that the page has handed over. */
import { CanvasSheet } from './drawing/canvas-sheet.ts';
import type { FromPage, FromWorker } from './drawing/messages.ts';
import { replay } from './drawing/strokes.ts';

const sheets = new Map<number, CanvasSheet<OffscreenCanvas>>();
const say = (message: FromWorker): void => postMessage(message);

addEventListener('message', ({ data }: MessageEvent<FromPage>) => {
  switch (data.type) {
    case 'open':
      sheets.set(data.id, new CanvasSheet(data.canvas));
      return;
    case 'close':
      sheets.delete(data.id);
      return;
    case 'draw': {
      const sheet = sheets.get(data.id);
      if (sheet) replay(data.strokes, sheet.pen, sheet);
      say({ type: 'drawn' });
    }
  }
});
say({ type: 'ready' });
