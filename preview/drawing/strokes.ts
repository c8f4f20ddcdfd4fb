/**
 * What is drawn as a list of numbers, so that another thread can draw it: each stroke is its code and what belongs to it. Colours and
 * other words are named by their position in a list of texts.
 */
import type { Drawing } from './svg-pen.ts';

export interface Strokes {
  /** Coordinates are device pixels: single precision is enough. */
  numbers: Float32Array;
  texts: string[];
}

const code = {
  resize: 0,
  slide: 1,
  begin: 2,
  end: 3,
  globalAlpha: 4,
  strokeStyle: 5,
  fillStyle: 6,
  lineWidth: 7,
  lineJoin: 8,
  beginPath: 9,
  moveTo: 10,
  lineTo: 11,
  arc: 12,
  stroke: 13,
  fill: 14,
  fillRect: 15,
} as const;

/** What a canvas can be told besides being drawn on. */
export interface Sheet {
  resize(width: number, height: number): void;
  /** Moves the picture to the left by so many pixels. */
  slide(by: number): void;
  /** Clears the columns from one to before another; until `end` only they are drawn on. */
  begin(left: number, right: number): void;
  end(): void;
}

/** A pen that writes down what it is told. */
export class Recorder implements Drawing, Sheet {
  private numbers = new Float32Array(4096);
  private length = 0;
  private texts: string[] = [];

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** What was written since the last time. */
  take(): Strokes {
    const taken = { numbers: this.numbers.slice(0, this.length), texts: this.texts };
    this.length = 0;
    this.texts = [];
    return taken;
  }

  resize(width: number, height: number): void {
    // Nothing of before is left.
    this.length = 0;
    this.texts = [];
    this.write(code.resize, width, height);
  }
  slide(by: number): void {
    this.write(code.slide, by);
  }
  begin(left: number, right: number): void {
    this.write(code.begin, left, right);
  }
  end(): void {
    this.write(code.end);
  }
  set globalAlpha(value: number) {
    this.write(code.globalAlpha, value);
  }
  set strokeStyle(value: string | CanvasGradient | CanvasPattern) {
    this.write(code.strokeStyle, this.textAt(String(value)));
  }
  set fillStyle(value: string | CanvasGradient | CanvasPattern) {
    this.write(code.fillStyle, this.textAt(String(value)));
  }
  set lineWidth(value: number) {
    this.write(code.lineWidth, value);
  }
  set lineJoin(value: CanvasLineJoin) {
    this.write(code.lineJoin, this.textAt(value));
  }
  beginPath(): void {
    this.write(code.beginPath);
  }
  moveTo(x: number, y: number): void {
    this.write(code.moveTo, x, y);
  }
  lineTo(x: number, y: number): void {
    this.write(code.lineTo, x, y);
  }
  /** Full circles only. */
  arc(x: number, y: number, radius: number): void {
    this.write(code.arc, x, y, radius);
  }
  stroke(): void {
    this.write(code.stroke);
  }
  fill(): void {
    this.write(code.fill);
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    this.write(code.fillRect, x, y, width, height);
  }

  private textAt(text: string): number {
    const known = this.texts.indexOf(text);
    return known >= 0 ? known : this.texts.push(text) - 1;
  }

  private write(kind: number, a = 0, b = 0, c = 0, d = 0): void {
    if (this.length + 5 > this.numbers.length) {
      const longer = new Float32Array(2 * this.numbers.length);
      longer.set(this.numbers);
      this.numbers = longer;
    }
    const { numbers } = this;
    numbers[this.length++] = kind;
    const count = counts[kind]!;
    if (count > 0) numbers[this.length++] = a;
    if (count > 1) numbers[this.length++] = b;
    if (count > 2) numbers[this.length++] = c;
    if (count > 3) numbers[this.length++] = d;
  }
}

/** Numbers that belong to each stroke, by its code. */
const counts: readonly number[] = [2, 1, 2, 0, 1, 1, 1, 1, 1, 0, 2, 2, 3, 0, 0, 4];

/** Draws what was written down. */
export function replay({ numbers: n, texts }: Strokes, pen: Drawing, sheet: Sheet): void {
  for (let i = 0; i < n.length;) {
    const kind = n[i]!;
    const [a, b, c, d] = [i + 1, i + 2, i + 3, i + 4];
    switch (kind) {
      case code.lineTo:
        pen.lineTo(n[a]!, n[b]!);
        break;
      case code.moveTo:
        pen.moveTo(n[a]!, n[b]!);
        break;
      case code.arc:
        pen.arc(n[a]!, n[b]!, n[c]!, 0, 2 * Math.PI);
        break;
      case code.fillRect:
        pen.fillRect(n[a]!, n[b]!, n[c]!, n[d]!);
        break;
      case code.beginPath:
        pen.beginPath();
        break;
      case code.stroke:
        pen.stroke();
        break;
      case code.fill:
        pen.fill();
        break;
      case code.globalAlpha:
        pen.globalAlpha = n[a]!;
        break;
      case code.strokeStyle:
        pen.strokeStyle = texts[n[a]!]!;
        break;
      case code.fillStyle:
        pen.fillStyle = texts[n[a]!]!;
        break;
      case code.lineWidth:
        pen.lineWidth = n[a]!;
        break;
      case code.lineJoin:
        pen.lineJoin = texts[n[a]!] as CanvasLineJoin;
        break;
      case code.resize:
        sheet.resize(n[a]!, n[b]!);
        break;
      case code.slide:
        sheet.slide(n[a]!);
        break;
      case code.begin:
        sheet.begin(n[a]!, n[b]!);
        break;
      case code.end:
        sheet.end();
        break;
    }
    i += 1 + counts[kind]!;
  }
}
