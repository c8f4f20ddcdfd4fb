/** A process that runs a million states by one method and prints, as JSON, what it has grown by: see memory.bench.ts. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { apart, large } from './models.ts';

const [name, kept = '0'] = process.argv.slice(2) as [ManifestMethod['name'], string?];
const method = (
  name === 'rk4' || name === 'euler' ? { name, step: 1 } : { name, tolerance: 1e-6 }
) as ManifestMethod;

/** States that are alike would be kept once. */
const textOf = kept === '0' ? large : apart;

/** MiB that the system has given this process: now, and at the most. */
function resident(): { now: number; most: number } {
  globalThis.gc?.();
  const status = readFileSync('/proc/self/status', 'utf8');
  const of = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)![1]) / 1024;
  return { now: of('VmRSS'), most: of('VmHWM') };
}

function run(states: number) {
  const { model, roots } = analyse([{ uri: 'file:///bench.twin', text: textOf(states) }], readLibraryFiles());
  const { artefact } = compile(model!, roots[0]!).value!;
  const settings = { method, checkpoints: { limit: Number(kept) } };
  const twin = createTwin({
    manifest: artefact.manifest,
    kernel: kernelFactory(artefact),
    scenario: 0,
    settings,
  });
  // Ends within steps of adaptive methods.
  for (let time = 2.3; time < 25; time += 2.3) twin.advance(time);
  if (twin.trouble()) throw new Error(twin.trouble()!.message);
  return twin;
}

// Whatever code this takes has been read and compiled then.
run(1000);
const before = resident().now;
const twin = run(1_000_000);
const after = resident();
const { savedBytes, pages } = twin.manifest.layout;
process.stdout.write(
  JSON.stringify({
    state: savedBytes / 2 ** 20,
    memory: (pages * 65536) / 2 ** 20,
    grew: after.now - before,
    most: after.most - before,
  }),
);
