/**
 * What is written down to be read again, however much it is: in memory while it is little, in a file that nobody else can open when it is
 * more. What was put aside goes away with the process.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** Bytes in memory. */
const ROOM = 1 << 20;

export class Spool {
  private waiting: Uint8Array<ArrayBuffer> = new Uint8Array(4096);
  private filled = 0;
  private written = 0;
  private file: { descriptor: number; remove: () => void } | undefined;

  get length(): number {
    return this.written + this.filled;
  }

  append(bytes: Uint8Array): void {
    if (this.filled + bytes.length > ROOM) this.flush();
    if (bytes.length > ROOM) {
      this.write(bytes);
      return;
    }
    if (this.filled + bytes.length > this.waiting.length) {
      const larger = new Uint8Array(Math.min(ROOM, 2 * (this.filled + bytes.length)));
      larger.set(this.waiting.subarray(0, this.filled));
      this.waiting = larger;
    }
    this.waiting.set(bytes, this.filled);
    this.filled += bytes.length;
  }

  /** Up to so many bytes from a place on; fewer at the end. Valid until the next call. */
  read(from: number, most: number): Uint8Array {
    const wanted = Math.max(0, Math.min(most, this.length - from));
    if (from >= this.written) return this.waiting.subarray(from - this.written, from - this.written + wanted);
    const bytes = new Uint8Array(wanted);
    const stored = Math.min(wanted, this.written - from);
    for (let at = 0; at < stored;) {
      const read = readSync(this.file!.descriptor, bytes, at, stored - at, from + at);
      if (read === 0) throw new Error('a file that was put aside is shorter than it was written');
      at += read;
    }
    bytes.set(this.waiting.subarray(0, wanted - stored), stored);
    return bytes;
  }

  /** Nothing can be read any more. */
  close(): void {
    this.file?.remove();
    this.file = undefined;
    this.written = this.filled = 0;
  }

  private flush(): void {
    this.write(this.waiting.subarray(0, this.filled));
    this.filled = 0;
  }

  private write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.file ??= withoutName();
    for (let at = 0; at < bytes.length;)
      at += writeSync(this.file.descriptor, bytes, at, bytes.length - at, this.written + at);
    this.written += bytes.length;
  }
}

/** A file that nobody else can open, and that goes away with the process. */
export function withoutName(): { descriptor: number; remove: () => void } {
  const path = join(tmpdir(), `pollux-${process.pid}-${randomBytes(8).toString('hex')}`);
  const descriptor = openSync(path, 'wx+', 0o600);
  try {
    unlinkSync(path);
    return { descriptor, remove: () => closeSync(descriptor) };
  } catch {
    // Windows lets nobody remove what is open.
    const remove = (): void => {
      process.off('exit', remove);
      closeSync(descriptor);
      unlinkSync(path);
    };
    process.on('exit', remove);
    return { descriptor, remove };
  }
}

/** Rows of so many numbers each. */
export class SpooledRows implements Iterable<number[]> {
  private readonly width: number;
  private readonly spool = new Spool();
  private readonly row: Float64Array<ArrayBuffer>;
  private readonly rowBytes: Uint8Array;

  constructor(width: number) {
    this.width = width;
    this.row = new Float64Array(width);
    this.rowBytes = new Uint8Array(this.row.buffer);
  }

  get count(): number {
    return this.spool.length / (8 * this.width);
  }

  take(row: ArrayLike<number>): void {
    this.row.set(row);
    this.spool.append(this.rowBytes);
  }

  *[Symbol.iterator](): Generator<number[]> {
    const rows = Math.max(1, Math.floor(65536 / (8 * this.width)));
    for (let first = 0; first < this.count; first += rows) yield* this.block(first, rows);
  }

  /** So many rows from one on; fewer at the end. */
  block(first: number, rows: number): number[][] {
    const { width } = this;
    const bytes = this.spool.read(8 * width * first, 8 * width * rows).slice();
    const numbers = new Float64Array(bytes.buffer);
    return Array.from({ length: numbers.length / width }, (_, n) => [
      ...numbers.subarray(width * n, width * (n + 1)),
    ]);
  }

  close(): void {
    this.spool.close();
  }
}
