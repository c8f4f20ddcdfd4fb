import { elementaryModule } from './index.ts';
import type { ElementaryName } from './index.ts';

type Binary = 'pow' | 'atan2' | 'hypot' | 'mod' | 'min' | 'max' | 'polygamma';

/** The elementary functions as plain functions of numbers, with the bits that emitted code computes. */
export type Elementary = Readonly<
  Record<Exclude<ElementaryName, Binary>, (x: number) => number> &
    Record<Binary, (x: number, y: number) => number>
>;

/** Compiles the module of `elementaryModule` at once (some 10 KB, a few milliseconds); keep the result. */
export function loadElementary(): Elementary {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(elementaryModule()));
  return instance.exports as unknown as Elementary;
}
