/** A compiled twin as text → its state at the end: the same module for Node, for another process and for Chromium. */
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { kernelFactory } from '../../runtime/load.ts';
import type { KernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';

export interface Given {
  manifest: Manifest;
  /** base64, as is `state` */
  wasm: string;
  /** Position in the manifest. */
  scenario: number;
  seed: number;
  /** s; the scenario's own where it is absent. */
  duration?: number;
  state?: string;
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

export function twinOf(given: Given, kernel: KernelFactory = kernelOf(given)): Twin {
  const { manifest, scenario, seed, duration } = given;
  return createTwin({
    manifest,
    kernel,
    scenario,
    seed,
    ...(duration === undefined ? {} : { settings: { duration } }),
  });
}

const kernelOf = ({ manifest, wasm }: Given): KernelFactory =>
  kernelFactory({ manifest, wasm: bytesOf(wasm) });

/** Throws when the state does not fit or the run stops. */
export function finalHash(given: Given): string {
  const twin = twinOf(given);
  const wrong = given.state === undefined ? undefined : twin.restore(bytesOf(given.state));
  if (wrong !== undefined) throw new Error(wrong);
  twin.advance(twin.duration);
  const trouble = twin.trouble();
  if (trouble !== undefined) throw new Error(trouble.message);
  return twin.hash();
}
