/**
 * Who draws traces: a worker where the page has one, so that drawing holds up nothing else; else the page itself, a part of the
 * charts in each frame when there is much to do.
 */
import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { CanvasSheet } from './canvas-sheet.ts';
import { Recorder } from './strokes.ts';
import type { Sheet } from './strokes.ts';
import type { Drawing } from './svg-pen.ts';
import type { FromPage, FromWorker } from './messages.ts';

/** A canvas and how to draw on it. */
export interface Surface extends Sheet {
  readonly canvas: HTMLCanvasElement;
  readonly pen: Drawing;
  /** All of this frame was said. */
  show(): void;
  close(): void;
}

/** ms of drawing in a frame, where the page draws by itself. */
const budget = 20;
/** Pictures that may be under way to the worker. */
const mostUnderWay = 64;

export class Painter {
  private readonly helps = signal(false);
  /** Whether a worker draws; when that changes, surfaces are to be made anew. */
  readonly isHelped: ReadonlySignal<boolean> = this.helps;
  private worker: Worker | undefined;
  private next = 1;
  private underWay = 0;
  /** ms: the frame, when it began, and who drew in it. */
  private frame = NaN;
  private frameBegan = -Infinity;
  private turns = 0;
  /** Who had no turn in the last frame. */
  private readonly waiting = new Set<object>();

  /** `address` of the worker's script; none: there is no worker. */
  constructor(address: string | undefined) {
    const can =
      typeof Worker === 'function' &&
      typeof OffscreenCanvas === 'function' &&
      'transferControlToOffscreen' in HTMLCanvasElement.prototype;
    if (address !== undefined && can) void this.start(address);
  }

  private async start(address: string): Promise<void> {
    try {
      const url = new URL(address, window.location.href);
      // A webview's files are those of another origin, of which no worker may be made.
      const source =
        url.origin === window.location.origin
          ? url.href
          : URL.createObjectURL(await (await fetch(url)).blob());
      const worker = new Worker(source);
      const fail = () => this.fail(worker);
      worker.addEventListener('error', fail);
      worker.addEventListener('messageerror', fail);
      worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
        if (data.type === 'ready') {
          this.worker = worker;
          this.helps.value = true;
        } else this.underWay--;
      });
    } catch (error) {
      console.info('Charts are drawn by the page itself.', error);
    }
  }

  private fail(worker: Worker): void {
    worker.terminate();
    this.worker = undefined;
    this.underWay = 0;
    this.helps.value = false;
  }

  surface(): Surface {
    const canvas = document.createElement('canvas');
    canvas.className = 'traces';
    const { worker } = this;
    return worker ? this.farSurface(canvas, worker) : nearSurface(canvas);
  }

  private farSurface(canvas: HTMLCanvasElement, worker: Worker): Surface {
    const id = this.next++;
    const post = (message: FromPage, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
    const far = canvas.transferControlToOffscreen();
    post({ type: 'open', id, canvas: far }, [far]);
    const recorder = new Recorder();
    return {
      canvas,
      pen: recorder,
      resize: (width, height) => recorder.resize(width, height),
      slide: (by) => recorder.slide(by),
      begin: (left, right) => recorder.begin(left, right),
      end: () => recorder.end(),
      show: () => {
        if (recorder.isEmpty || this.worker !== worker) return;
        const strokes = recorder.take();
        this.underWay++;
        post({ type: 'draw', id, strokes }, [strokes.numbers.buffer]);
      },
      close: () => post({ type: 'close', id }),
    };
  }

  /** Whether it is this one's turn to draw in the frame of this time (ms); if not, it has to ask again in the next. */
  turn(who: object, frame: number): boolean {
    if (this.worker) return this.underWay < mostUnderWay;
    const now = performance.now();
    if (frame !== this.frame) {
      this.frame = frame;
      this.frameBegan = now;
      // Who waits may not be seen any more.
      if (this.turns === 0) this.waiting.clear();
      this.turns = 0;
    }
    const othersFirst = this.waiting.size > 0 && !this.waiting.has(who);
    if (othersFirst || now - this.frameBegan > budget) {
      this.waiting.add(who);
      return false;
    }
    this.waiting.delete(who);
    this.turns++;
    return true;
  }

  /** It does not draw any more. */
  leave(who: object): void {
    this.waiting.delete(who);
  }
}

function nearSurface(canvas: HTMLCanvasElement): Surface {
  const sheet = new CanvasSheet(canvas);
  return {
    canvas,
    pen: sheet.pen,
    resize: (width, height) => sheet.resize(width, height),
    slide: (by) => sheet.slide(by),
    begin: (left, right) => sheet.begin(left, right),
    end: () => sheet.end(),
    show: () => {},
    close: () => {},
  };
}
