/** So many numbers, read and written anywhere: in pages, of which the latest used are in memory, and the others in a file without a name. */
import { readSync, writeSync } from 'node:fs';
import { withoutName } from '../../live/recording/spool.ts';

/** Numbers in a page, and pages in memory: a megabyte. */
export const PAGE = 8192;
export const MOST_PAGES = 16;

interface Page {
  numbers: Float64Array<ArrayBuffer>;
  isChanged: boolean;
}

export class PagedNumbers {
  /** By position, those used longest ago first. */
  private readonly pages = new Map<number, Page>();
  /** Positions of pages that are in the file. */
  private readonly stored = new Set<number>();
  private file: ReturnType<typeof withoutName> | undefined;
  private at = -1;
  private latest: Page | undefined;

  get(index: number): number {
    return this.page(Math.floor(index / PAGE)).numbers[index % PAGE]!;
  }

  set(index: number, value: number): void {
    const page = this.page(Math.floor(index / PAGE));
    page.numbers[index % PAGE] = value;
    page.isChanged = true;
  }

  /** How many pages are in memory. */
  get held(): number {
    return this.pages.size;
  }

  /** Nothing can be read any more. */
  close(): void {
    this.file?.remove();
    this.file = undefined;
    this.pages.clear();
    this.stored.clear();
    this.latest = undefined;
    this.at = -1;
  }

  private page(at: number): Page {
    if (at === this.at) return this.latest!;
    let page = this.pages.get(at);
    if (page === undefined) page = this.load(at);
    else this.pages.delete(at);
    this.pages.set(at, page);
    this.at = at;
    this.latest = page;
    return page;
  }

  private load(at: number): Page {
    const page = this.pages.size < MOST_PAGES ? undefined : this.forget();
    const numbers = page?.numbers ?? new Float64Array(PAGE);
    if (this.stored.has(at)) whole(readSync, this.file!.descriptor, numbers, at);
    else if (page !== undefined) numbers.fill(0);
    return { numbers, isChanged: false };
  }

  /** Puts aside what was used longest ago. */
  private forget(): Page {
    const [[at, page]] = this.pages as unknown as [[number, Page]];
    this.pages.delete(at);
    if (page.isChanged) {
      this.file ??= withoutName();
      whole(writeSync, this.file.descriptor, page.numbers, at);
      this.stored.add(at);
    }
    return page;
  }
}

function whole(
  pass: (file: number, bytes: Uint8Array, offset: number, length: number, position: number) => number,
  file: number,
  numbers: Float64Array<ArrayBuffer>,
  page: number,
): void {
  const bytes = new Uint8Array(numbers.buffer);
  for (let done = 0; done < bytes.length;) {
    const passed = pass(file, bytes, done, bytes.length - done, page * bytes.length + done);
    if (passed === 0) throw new Error('a file that was put aside is shorter than it was written');
    done += passed;
  }
}
