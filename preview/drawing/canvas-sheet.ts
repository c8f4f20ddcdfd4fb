/** A canvas that is drawn on in place, on whichever thread it is. */
import type { Sheet } from './strokes.ts';

type AnyCanvas = HTMLCanvasElement | OffscreenCanvas;

export class CanvasSheet<Canvas extends AnyCanvas> implements Sheet {
  readonly canvas: Canvas;
  readonly pen: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

  constructor(canvas: Canvas) {
    this.canvas = canvas;
    // Both kinds of canvas have it; together they have no common signature.
    this.pen = (canvas as HTMLCanvasElement).getContext('2d')!;
  }

  resize(width: number, height: number): void {
    this.canvas.width = width;
    this.canvas.height = height;
  }

  slide(by: number): void {
    this.pen.globalCompositeOperation = 'copy';
    this.pen.drawImage(this.canvas, -by, 0);
    this.pen.globalCompositeOperation = 'source-over';
  }

  begin(left: number, right: number): void {
    const { pen } = this;
    const { height } = this.canvas;
    pen.save();
    pen.beginPath();
    pen.rect(left, 0, right - left, height);
    pen.clip();
    pen.clearRect(left, 0, right - left, height);
  }

  end(): void {
    this.pen.restore();
  }
}
