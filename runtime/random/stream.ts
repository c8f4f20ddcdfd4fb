import { philox4x32 } from './philox.ts';
import type { Block } from './philox.ts';

/** Bytes of a stream in memory; README.md has the layout. */
export const streamSize = 24;
const keyAt = 0;
const drawAt = 8;
const replicationAt = 16;
const attemptAt = 20;

const mask = 0xffffffffffffffffn;

/** FNV-1a over 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv). */
function fnv1a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & mask;
  return hash;
}

/** The finaliser of SplitMix64 (Steele, Lea, Flood 2014; variant 13 of Stafford): every bit of x reaches every bit. */
function mix(x: bigint): bigint {
  let z = x & mask;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
  return z ^ (z >> 31n);
}

/**
 * The key of the stream that belongs to a path (`line.press[2].repair`) in a run with this seed, low word first:
 * mix(fnv1a(UTF-8 of path) xor mix(seed + 0x9e3779b97f4a7c15)). The seed is taken modulo 2^64.
 * @throws RangeError if a seed given as a number is not a safe integer.
 */
export function streamKey(path: string, seed: bigint | number): [number, number] {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed))
    throw new RangeError(`a seed is a whole number up to 2^53, not ${seed}: give larger ones as a bigint`);
  const hash = fnv1a(new TextEncoder().encode(path));
  const key = mix(hash ^ mix(BigInt(seed) + 0x9e3779b97f4a7c15n));
  return [Number(key & 0xffffffffn), Number(key >> 32n)];
}

/** Writes a stream at its first draw. */
export function startStream(memory: DataView, address: number, path: string, seed: bigint | number): void {
  const [low, high] = streamKey(path, seed);
  memory.setUint32(address + keyAt, low, true);
  memory.setUint32(address + keyAt + 4, high, true);
  memory.setBigUint64(address + drawAt, 0n, true);
  memory.setUint32(address + replicationAt, 0, true);
  memory.setUint32(address + attemptAt, 0, true);
}

function block(memory: DataView, address: number, counter: bigint): Block {
  const word = (at: number): number => memory.getUint32(address + at, true);
  return philox4x32(
    [Number(counter & 0xffffffffn), Number(counter >> 32n), word(replicationAt), word(attemptAt)],
    [word(keyAt), word(keyAt + 4)],
  );
}

/** A number in (0, 1) of the present draw, half a block; it does not move on. */
export function presentUnit(memory: DataView, address: number): number {
  const draw = memory.getBigUint64(address + drawAt, true);
  const [w0, w1, w2, w3] = block(memory, address, draw >> 1n);
  return draw % 2n === 0n ? toUnit(w0, w1) : toUnit(w2, w3);
}

/** Two numbers in (0, 1) of an attempt of the present draw, a block of their own; attempts count from 1. */
export function presentPair(memory: DataView, address: number): [number, number] {
  const [w0, w1, w2, w3] = block(memory, address, memory.getBigUint64(address + drawAt, true));
  return [toUnit(w0, w1), toUnit(w2, w3)];
}

/** 0: between draws. */
export function setAttempt(memory: DataView, address: number, attempt: number): void {
  memory.setUint32(address + attemptAt, attempt, true);
}

/** To the next draw. */
export function advance(memory: DataView, address: number): void {
  memory.setBigUint64(address + drawAt, memory.getBigUint64(address + drawAt, true) + 1n, true);
  setAttempt(memory, address, 0);
}

/**
 * Two words to a number in (0, 1): an odd multiple of 2^-53, so that neither 0 nor 1 occurs, and 1 - u is exact
 * and as likely as u.
 */
const toUnit = (high: number, low: number): number => (high * 2 ** 21 + (low >>> 12) * 2 + 1) * 2 ** -53;
