/**
 * A ZIP archive of which every byte is settled by what is in it: one date, one mode, no comments, no gaps. So equal contents
 * are equal bytes, and an archive in which anything else was changed is told from one that was not.
 */
import { deflateSync, inflateSync } from 'fflate';

/** A file in an archive. */
export interface Entry {
  name: string;
  /** As it lies in the archive. */
  packed: Uint8Array;
  deflated: boolean;
  /** Unpacked. */
  size: number;
  /** CRC-32 of what is unpacked. */
  crc: number;
}

/** More than this, unpacked, is refused: a bundle's parts are small. */
export const MAXIMUM_BYTES = 256 * 1024 * 1024;
const MOST_ENTRIES = 64;
/** No deflate stream holds more than this for each of its bytes. */
const DENSEST = 1040;

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const VERSION = 20;
const MADE_BY_UNIX = 0x0314;
const DEFLATED = 8;
/** 1 January 1980, the oldest there is: no bundle depends on when it was made. */
const DATE = 0x0021;
const REGULAR_FILE = 0o100644;
const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/** An entry, with its CRC-32; deflated (level 9) when that is asked for. */
export function pack(name: string, content: Uint8Array, deflated: boolean): Entry {
  const packed = deflated ? deflateSync(content, { level: 9 }) : content;
  return { name, packed, deflated, size: content.length, crc: crc32(content) };
}

/** The content of an entry, or undefined when it is damaged. */
export function unpack({ packed, deflated, size, crc }: Entry): Uint8Array | undefined {
  if (!deflated) return packed.length === size && crc32(packed) === crc ? packed : undefined;
  // One byte more than is due, so that a stream that goes on is seen; it is given no more room than that.
  let content: Uint8Array;
  try {
    content = inflateSync(packed, { out: new Uint8Array(size + 1) });
  } catch {
    return undefined;
  }
  return content.length === size && crc32(content) === crc ? content : undefined;
}

/** The entries as a ZIP, in their order: the same entries are the same bytes. */
export function writeArchive(entries: readonly Entry[]): Uint8Array {
  const names = entries.map(({ name }) => new TextEncoder().encode(name));
  const length = entries.reduce(
    (total, { packed }, i) => total + LOCAL_BYTES + CENTRAL_BYTES + 2 * names[i]!.length + packed.length,
    END_BYTES,
  );
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const two = (value: number): void => {
    view.setUint16(at, value, true);
    at += 2;
  };
  const four = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const put = (part: Uint8Array): void => {
    bytes.set(part, at);
    at += part.length;
  };
  const common = ({ deflated, crc, packed, size }: Entry, name: Uint8Array): void => {
    two(VERSION);
    two(0);
    two(deflated ? DEFLATED : 0);
    two(0);
    two(DATE);
    four(crc);
    four(packed.length);
    four(size);
    two(name.length);
    two(0);
  };
  const starts: number[] = [];
  entries.forEach((entry, i) => {
    starts.push(at);
    four(LOCAL);
    common(entry, names[i]!);
    put(names[i]!);
    put(entry.packed);
  });
  const directory = at;
  entries.forEach((entry, i) => {
    four(CENTRAL);
    two(MADE_BY_UNIX);
    common(entry, names[i]!);
    two(0);
    two(0);
    two(0);
    four(REGULAR_FILE * 0x10000);
    four(starts[i]!);
    put(names[i]!);
  });
  const directoryBytes = at - directory;
  four(END);
  two(0);
  two(0);
  two(entries.length);
  two(entries.length);
  four(directoryBytes);
  four(directory);
  two(0);
  return bytes;
}

/** The entries of an archive that `writeArchive` wrote, packed as they are, or in words why it is none. */
export function readArchive(bytes: Uint8Array): Entry[] | { problem: string } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - END_BYTES;
  if (end < 0 || view.getUint32(0, true) !== LOCAL || view.getUint32(end, true) !== END)
    return { problem: 'it is no ZIP archive of pollux build, or it was cut off' };
  const count = view.getUint16(end + 10, true);
  if (count > MOST_ENTRIES) return { problem: `it has ${count} entries; ${MOST_ENTRIES} are the most` };
  const entries: Entry[] = [];
  const seen = new Set<string>();
  let total = 0;
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i += 1) {
    if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL)
      return { problem: 'its directory is damaged' };
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const packedBytes = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const nameBytes = view.getUint16(at + 28, true);
    const mode = view.getUint32(at + 38, true) >>> 16;
    const start = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes));
    const wrong = nameProblem(name);
    if (wrong !== undefined) return { problem: wrong };
    if (seen.has(name.toLowerCase())) return { problem: `it has two entries ${name}` };
    seen.add(name.toLowerCase());
    if ((mode & FILE_TYPE) === SYMBOLIC_LINK) return { problem: `its entry ${name} is a symbolic link` };
    if ((flags & 1) !== 0) return { problem: `its entry ${name} is encrypted` };
    if (method !== 0 && method !== DEFLATED)
      return { problem: `its entry ${name} is packed by a method that bundles do not use` };
    total += size;
    if (total > MAXIMUM_BYTES) return { problem: `it unpacks to more than ${MAXIMUM_BYTES} bytes` };
    if (size > packedBytes * DENSEST)
      return { problem: `its entry ${name} claims more bytes than can be packed into it` };
    const from = start + LOCAL_BYTES + nameBytes;
    if (from + packedBytes > end) return { problem: `its entry ${name} reaches beyond its end` };
    entries.push({
      name,
      packed: bytes.subarray(from, from + packedBytes),
      deflated: method === DEFLATED,
      size,
      crc: view.getUint32(at + 16, true),
    });
    at += CENTRAL_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  // Everything that was not looked at has one right value, so it is written anew and compared.
  const due = writeArchive(entries);
  const first = due.findIndex((byte, i) => byte !== bytes[i]);
  if (first >= 0 || due.length !== bytes.length)
    return {
      problem: `it was changed, or packed by another program: from byte ${first < 0 ? due.length : first} on it is not as pollux build writes it`,
    };
  return entries;
}

/** Names are shown, so what could not be is replaced. */
function nameProblem(name: string): string | undefined {
  const shown = `“${name.slice(0, 80).replaceAll(/[^\x20-\x7e]/g, '·')}”`;
  if (/(^|[\\/])\.\.([\\/]|$)|^[\\/]|^[a-zA-Z]:/.test(name))
    return `its entry ${shown} would lead out of its folder`;
  if (/[\\/]/.test(name)) return `its entry ${shown} lies in a folder; a bundle has none`;
  if (!/^[a-z][a-z0-9.-]{0,63}$/i.test(name)) return `its entry ${shown} has a name that no bundle uses`;
  return undefined;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The CRC-32 of ZIP. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
