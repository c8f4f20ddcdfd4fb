/**
 * 64-bit FNV-1a over the UTF-8 bytes of a value's JSON, as 16 hex digits. Tells layouts apart; it is no protection
 * against tampering (bundles have SHA-256 for that). Source: Fowler, Noll, Vo, draft-eastlake-fnv.
 */
export function fingerprint(value: unknown): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  for (let n = 0; n < bytes.length; n++) {
    low = (low ^ bytes[n]!) >>> 0;
    // times 2^40 + 0x1b3, in two 32-bit halves
    const product = low * 0x1b3;
    const carry = Math.floor(product / 2 ** 32);
    high = (Math.imul(high, 0x1b3) + carry + ((low << 8) >>> 0)) >>> 0;
    low = product >>> 0;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
