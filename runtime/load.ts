/** Artefact → kernels. Each kernel has a memory of its own; the code is compiled once. */
import type { Kernel } from './contract/kernel.ts';
import type { Artefact, Manifest } from './contract/manifest.ts';
import { CELLS } from './machine.ts';

/** Makes a fresh kernel: zeroed memory, nothing started. `morePages`: of memory, for replicas side by side. */
export type KernelFactory = (morePages?: number) => Kernel;

/** A compiled module may be passed where compiling on the main thread is not allowed (browsers, over 8 MB). */
export interface LoadableArtefact {
  manifest: Manifest;
  wasm: Uint8Array | WebAssembly.Module;
}

const METHODS = [
  'parameters',
  'start',
  'derivatives',
  'outputs',
  'project',
  'crossings',
  'detect',
  'fire',
  'commit',
  'interval',
  'phase',
  'limit',
  'remember',
  'samplePeriod',
  'predict',
  'noise',
  'probe',
  'rk4',
  'euler',
  'tsit5Try',
  'tsit5Interpolate',
  'tsit5Restore',
] as const satisfies readonly (keyof Kernel)[];

const OPTIONAL = [
  'sides',
  'sawBeyond',
  'poles',
  'sampleAll',
  'tickAll',
  'flowStart',
  'flowNext',
  'flowRun',
  'goRk4',
  'goEuler',
  'goTsit5',
  'replicasRk4',
  'replicasEuler',
  'goTime',
  'goRodas',
  'fastestRate',
  'rodasTry',
  'rodasInterpolate',
  'rodasRestore',
  'implicitEuler',
  'matrix',
  'factor',
  'solve',
  'alike',
] as const satisfies readonly (keyof Kernel)[];

/** Throws when the module is no artefact of this format: that is a damaged file, not a mistake in a model. */
export function kernelFactory(artefact: Artefact | LoadableArtefact): KernelFactory {
  const { manifest, wasm } = artefact;
  if (manifest.format !== 'pollux-twin' || manifest.formatVersion !== 1)
    throw new Error(
      `This artefact has format ${manifest.format} ${manifest.formatVersion}; this runtime runs pollux-twin 1.`,
    );
  const module =
    wasm instanceof WebAssembly.Module ? wasm : new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
  return (morePages = 0) => {
    const memory = new WebAssembly.Memory({ initial: manifest.layout.pages + morePages });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const kernel: Record<string, unknown> = {
      memory: memory.buffer,
      ...(manifest.used === undefined ? {} : { used: manifest.used }),
    };
    for (const method of METHODS) {
      const found = exports[method];
      if (typeof found !== 'function')
        throw new Error(`The artefact ${manifest.name} lacks the function ${method}.`);
      kernel[method] = found;
    }
    for (const method of OPTIONAL) if (exports[method] !== undefined) kernel[method] = exports[method];
    return kernel as unknown as Kernel;
  };
}

/** What an artefact lacks that this runtime needs, as one of another version may; undefined where it has all. */
export function lacks(manifest: Manifest, module: WebAssembly.Module): string | undefined {
  const { runtimeCells } = manifest.layout;
  if (runtimeCells < CELLS) return `${CELLS} cells of memory for the runtime; it has ${runtimeCells}`;
  const there = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  const missing = METHODS.find((method) => !there.has(method));
  return missing === undefined ? undefined : `the function ${missing}`;
}

/** One kernel with memory of its own. */
export const loadKernel = (artefact: Artefact | LoadableArtefact): Kernel => kernelFactory(artefact)();
