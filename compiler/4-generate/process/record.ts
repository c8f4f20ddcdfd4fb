import { i32 } from '../wasm/index.ts';
import type { I32 } from '../wasm/index.ts';

/** The record of a thing's instance. */
export const record = (base: number, size: number, instance: I32): I32 =>
  instance.kind === 'constant'
    ? i32.const(base + size * (instance.value as number))
    : i32.add(i32.mul(instance, size), base);
