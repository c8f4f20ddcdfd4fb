/** Bytes that come in pieces → lines. One that is too long is not held: as much of it as shows what it is. */

export interface Lines {
  take(bytes: Uint8Array): void;
  /** The last line may end without a line end. */
  end(): void;
}

const LINE_END = 10;

/** `line`: with its number, from 1. A line has at most one byte more than `longest`, by which it is seen to be too long. */
export function createLines(longest: number, line: (number: number, bytes: Uint8Array) => void): Lines {
  let number = 1;
  let held: Uint8Array[] = [];
  let length = 0;
  const add = (bytes: Uint8Array): void => {
    const room = longest + 1 - length;
    if (room <= 0 || bytes.length === 0) return;
    const part = bytes.subarray(0, room);
    held.push(part);
    length += part.length;
  };
  const finish = (): void => {
    const bytes = held.length === 1 ? held[0]! : Buffer.concat(held);
    held = [];
    length = 0;
    line(number, bytes);
    number += 1;
  };
  return {
    take: (bytes) => {
      let from = 0;
      for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
        add(bytes.subarray(from, end));
        finish();
        from = end + 1;
      }
      // What is held is a copy: a piece is large, and a line little.
      if (from < bytes.length) add(Uint8Array.from(bytes.subarray(from, from + longest + 1)));
    },
    end: () => {
      if (length > 0) finish();
    },
  };
}
