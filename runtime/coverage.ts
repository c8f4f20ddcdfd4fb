/**
 * What a run reaches of its model, seen from outside: a kernel whose calls are looked at, and a listener. Nothing that a run does depends on it, so
 * its bits are the same with and without.
 */
import type { Kernel } from './contract/kernel.ts';
import type { Manifest } from './contract/manifest.ts';
import type { ManifestTest } from './contract/studies.ts';
import type { KernelFactory } from './load.ts';
import { count } from './contract/elements.ts';
import type { Twin } from './twin.ts';

export interface Seen {
  /** By handler: how often it fired, and how often its condition became true, which for one with a duration is less. */
  fired: number[];
  armed: number[];
  /** By branch of `Manifest.coverage`. */
  thens: boolean[];
  elses: boolean[];
  /** By variable that says which mode is active: its values. */
  modes: Map<number, Set<number>>;
  /** By process and step. */
  passed: boolean[][];
  /** By requirement of the test: whether there was something to judge. */
  asked: boolean[];
}

export interface Watching {
  kernel: KernelFactory;
  /** Before the run. */
  prepare: (twin: Twin) => void;
  /** After it. */
  seen: () => Seen;
}

/** For one run of a test. Only the first kernel that is made is watched: others serve runs with other seeds. */
export function watchCoverage(manifest: Manifest, factory: KernelFactory, test: ManifestTest): Watching {
  const branches = manifest.coverage?.branches ?? [];
  const seen: Seen = {
    fired: manifest.handlers.map(() => 0),
    armed: manifest.handlers.map(() => 0),
    thens: branches.map(() => false),
    elses: branches.map(() => false),
    modes: new Map(
      manifest.variables.flatMap(({ labels }, id) => (labels === undefined ? [] : [[id, new Set<number>()]])),
    ),
    passed: [],
    asked: test.requirements.map(() => false),
  };
  let memory: ArrayBuffer | undefined;

  const look = (kernel: Kernel, branch: number, from: number, to: number): void => {
    for (let at = from; at < to && !(seen.thens[branch]! && seen.elses[branch]!); at += 1) {
      const side = kernel.probe(branches[branch]!.probe, at);
      if (side === 2) seen.thens[branch] = true;
      else if (side === 1) seen.elses[branch] = true;
    }
  };
  const sizes = branches.map(({ probe }) => count(manifest.probes[probe]!.dims));
  const ofHandler = new Map<number, number[]>();
  const always: number[] = [];
  branches.forEach(({ handler }, branch) => {
    if (handler === undefined) always.push(branch);
    else ofHandler.set(handler, [...(ofHandler.get(handler) ?? []), branch]);
  });
  const lookAtModes = (numbers: Float64Array): void => {
    for (const [variable, values] of seen.modes) {
      const { address, dims } = manifest.variables[variable]!;
      for (let element = 0; element < count(dims); element += 1) values.add(numbers[address / 8 + element]!);
    }
  };

  const watched = (kernel: Kernel): Kernel => {
    const queue = new Int32Array(kernel.memory, manifest.layout.queue.address);
    const numbers = new Float64Array(kernel.memory, 0, manifest.layout.savedBytes >> 3);
    return {
      ...kernel,
      detect: (learn) => {
        const changes = kernel.detect(learn);
        for (let i = 0; i < changes; i += 1)
          if ((queue[2 * i + 1]! & 1) === 1) seen.armed[queue[2 * i]!]! += 1;
        return changes;
      },
      fire: (handler, instance) => {
        seen.fired[handler]! += 1;
        for (const branch of ofHandler.get(handler) ?? []) {
          const each = sizes[branch]! / count(manifest.handlers[handler]!.dims);
          look(kernel, branch, instance * each, (instance + 1) * each);
        }
        kernel.fire(handler, instance);
      },
      commit: () => {
        const changed = kernel.commit();
        lookAtModes(numbers);
        return changed;
      },
    };
  };

  return {
    kernel: (morePages) => {
      const kernel = factory(morePages);
      if (memory !== undefined) return kernel;
      memory = kernel.memory;
      return watched(kernel);
    },
    prepare: (twin) => {
      const { kernel, numbers } = twin.machine;
      twin.listen({
        accepted: () => {
          lookAtModes(numbers);
          for (const branch of always) look(kernel, branch, 0, sizes[branch]!);
          test.requirements.forEach((requirement, at) => {
            if (requirement.kind !== 'response' || seen.asked[at]) return;
            const size = count(manifest.probes[requirement.trigger]!.dims);
            for (let element = 0; element < size && !seen.asked[at]; element += 1)
              seen.asked[at] = kernel.probe(requirement.trigger, element) !== 0;
          });
        },
      });
    },
    seen: () => {
      const region = manifest.coverage?.passed;
      if (region !== undefined && memory !== undefined) {
        const marks = new Int32Array(memory, region.address, region.count);
        seen.passed = (manifest.flow?.processes ?? []).map(({ firstCode, steps }) =>
          steps.map((_, at) => marks[firstCode + at] !== 0),
        );
      }
      return seen;
    },
  };
}
