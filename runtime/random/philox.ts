/** Four 32-bit words, unsigned. */
export type Block = readonly [number, number, number, number];

const multiplier0 = 0xd2511f53n;
const multiplier1 = 0xcd9e8d57n;
const weyl0 = 0x9e3779b9; // golden ratio
const weyl1 = 0xbb67ae85; // sqrt(3) - 1

/** Philox 4x32 with ten rounds: a bijection of counters for each key (Salmon et al. 2011). */
export function philox4x32(counter: Block, key: readonly [number, number]): Block {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const product0 = multiplier0 * BigInt(c0);
    const product1 = multiplier1 * BigInt(c2);
    const high0 = Number(product0 >> 32n);
    const high1 = Number(product1 >> 32n);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = Number(product1 & 0xffffffffn);
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = Number(product0 & 0xffffffffn);
    k0 = (k0 + weyl0) >>> 0;
    k1 = (k1 + weyl1) >>> 0;
  }
  return [c0, c1, c2, c3];
}
