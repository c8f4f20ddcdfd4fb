/** Whether a page of a state is the one that was kept before: as it is of most pages of most states. */
import { besideOf } from './contract/beside.ts';
import type { Machine } from './machine.ts';

export type Alike = (page: Uint8Array, kept: Uint8Array) => boolean;

/** By the kernel, where it can: it looks at many numbers at once, and is as fast as it is from the first time on. */
export function alikeIn({ kernel, bytes, manifest }: Machine): Alike {
  if (kernel.alike === undefined) return isAlike;
  const beside = besideOf(manifest.layout);
  return (page, kept) => {
    if (page.buffer !== bytes.buffer) return isAlike(page, kept);
    if (page.length !== kept.length || isPlainlyOther(page, kept)) return false;
    bytes.set(kept, beside);
    return kernel.alike!(page.byteOffset, page.length) === 1;
  };
}

/** States are whole numbers of eight bytes, and so are pages. */
const wordsOf = (page: Uint8Array): Int32Array =>
  new Int32Array(page.buffer, page.byteOffset, page.length / 4);

export function isAlike(page: Uint8Array, kept: Uint8Array): boolean {
  if (page.length !== kept.length) return false;
  const [a, b] = [wordsOf(page), wordsOf(kept)];
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** So many words of a page are looked at first: what changes at all mostly changes there too. */
const FEW = 16;

function isPlainlyOther(page: Uint8Array, kept: Uint8Array): boolean {
  const [a, b] = [wordsOf(page), wordsOf(kept)];
  // Odd: of numbers both halves.
  const step = Math.floor(a.length / FEW) | 1;
  for (let i = 0; i < a.length; i += step) if (a[i] !== b[i]) return true;
  return false;
}
