/** A growable byte buffer with the encodings of the WebAssembly binary format (LEB128, IEEE 754, names). */
export class ByteWriter {
  length = 0;
  private bytes: Uint8Array;
  private readonly float = new Float64Array(1);
  private readonly floatBytes = new Uint8Array(this.float.buffer);

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** A copy of what was written. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytes.subarray(0, this.length));
  }

  clear(): void {
    this.length = 0;
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.grow(1);
    this.bytes[this.length++] = value;
  }

  fourBytes(a: number, b: number, c: number, d: number): void {
    if (this.length + 4 > this.bytes.length) this.grow(4);
    const { bytes, length } = this;
    bytes[length] = a;
    bytes[length + 1] = b;
    bytes[length + 2] = c;
    bytes[length + 3] = d;
    this.length = length + 4;
  }

  byteAndU32(first: number, value: number): void {
    this.byte(first);
    this.u32(value);
  }

  /** Unsigned LEB128 of an integer in 0..2^32-1. */
  u32(value: number): void {
    let rest = value >>> 0;
    if (this.length + 5 > this.bytes.length) this.grow(5);
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** Signed LEB128 of a 32-bit integer; 2^31..2^32-1 are taken as their two's complement. */
  s32(value: number): void {
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  /** Signed LEB128 of a 64-bit integer; 2^63..2^64-1 are taken as their two's complement. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (rest < -0x40n || rest > 0x3fn) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest & 0x7fn));
  }

  /** Eight bytes, little endian (as every host with typed arrays that matters is). */
  f64(value: number): void {
    const { bytes, floatBytes } = this;
    if (this.length + 8 > bytes.length) {
      this.grow(8);
      return this.f64(value);
    }
    this.float[0] = value;
    let at = this.length;
    for (let n = 0; n < 8; n++) bytes[at++] = floatBytes[n]!;
    this.length = at;
  }

  append(source: Uint8Array): void {
    if (this.length + source.length > this.bytes.length) this.grow(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** Another writer's content, without a copy in between. */
  appendWriter(source: ByteWriter): void {
    this.append(source.bytes.subarray(0, source.length));
  }

  /** A length-prefixed UTF-8 name. */
  name(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.u32(encoded.length);
    this.append(encoded);
  }

  private grow(needed: number): void {
    let capacity = this.bytes.length * 2;
    while (capacity < this.length + needed) capacity *= 2;
    const next = new Uint8Array(capacity);
    next.set(this.bytes.subarray(0, this.length));
    this.bytes = next;
  }
}
